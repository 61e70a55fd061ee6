CREATE TABLE refunds (
  id           CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'the id of the refund at the provider, too',
  order_id     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seller_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'who gives back for their own lines; null for an admin or a cancel',
  status       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_minor BIGINT       NOT NULL,
  currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason       VARCHAR(200) NOT NULL,
  created_at   DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY refunds_order (order_id, id),
  CONSTRAINT refunds_order FOREIGN KEY (order_id) REFERENCES orders (id),
  CONSTRAINT refunds_status CHECK (status IN ('pending', 'refunded', 'failed'))
) ENGINE = InnoDB
