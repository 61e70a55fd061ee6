CREATE TABLE stock_ledger (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  product_id     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind           VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'initial, adjustment, hold, release, commit, return',
  on_hand_delta  BIGINT       NOT NULL,
  reserved_delta BIGINT       NOT NULL,
  reason         VARCHAR(200) NULL,
  order_id       CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY stock_ledger_product (product_id, id)
) ENGINE = InnoDB COMMENT 'no foreign key to products: each sale would lock the product, and wait for every edit of it'
