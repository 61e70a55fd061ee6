CREATE TABLE order_items (
  order_id          CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line              SMALLINT UNSIGNED NOT NULL COMMENT 'lines stay as they were sent; only the reservation sums them',
  product_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  quantity          INT UNSIGNED NOT NULL,
  expected_amount   BIGINT       NULL,
  expected_currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  seller_id         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'this and the next two are frozen by the reservation',
  name              VARCHAR(200) NULL,
  unit_price_minor  BIGINT       NULL,
  PRIMARY KEY (order_id, line),
  KEY order_items_seller (seller_id, order_id),
  CONSTRAINT order_items_order FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB
