CREATE TABLE reservation_items (
  order_id          CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  product_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  seller_id         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name              VARCHAR(200) NOT NULL,
  quantity          BIGINT       NOT NULL,
  unit_price_minor  BIGINT       NOT NULL,
  currency          CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  returned_quantity BIGINT       NOT NULL DEFAULT 0,
  PRIMARY KEY (order_id, product_id),
  KEY reservation_items_product (product_id),
  CONSTRAINT reservation_items_reservation FOREIGN KEY (order_id) REFERENCES reservations (order_id),
  CONSTRAINT reservation_items_returned CHECK (0 <= returned_quantity AND returned_quantity <= quantity)
) ENGINE = InnoDB
