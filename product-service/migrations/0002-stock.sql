CREATE TABLE stock (
  product_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  on_hand    BIGINT NOT NULL,
  reserved   BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT stock_product FOREIGN KEY (product_id) REFERENCES products (id),
  CONSTRAINT stock_never_oversold CHECK (0 <= reserved AND reserved <= on_hand)
) ENGINE = InnoDB
