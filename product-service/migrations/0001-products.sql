CREATE TABLE products (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  seller_id      CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name           VARCHAR(200)   NOT NULL,
  description    VARCHAR(10000) NOT NULL,
  price_minor    BIGINT         NOT NULL CHECK (price_minor >= 0),
  currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  category_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  version        INT UNSIGNED   NOT NULL DEFAULT 1 COMMENT 'rises by one with each edit, never with a sale',
  field_versions JSON           NOT NULL COMMENT 'for each field that ever changed, the version that changed it last',
  deleted_at     DATETIME(3)    NULL,
  created_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)    NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  KEY products_price (price_minor, id),
  KEY products_name (name, id),
  KEY products_seller (seller_id, id),
  KEY products_category (category_id, id),
  FULLTEXT KEY products_text (name, description)
) ENGINE = InnoDB
