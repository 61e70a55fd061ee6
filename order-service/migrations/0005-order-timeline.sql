CREATE TABLE order_timeline (
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version    INT UNSIGNED NOT NULL COMMENT 'of the order, after the move',
  status     VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (order_id, version),
  CONSTRAINT order_timeline_order FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB
