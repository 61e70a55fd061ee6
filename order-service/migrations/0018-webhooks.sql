CREATE TABLE webhooks (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  url            VARCHAR(2000) NOT NULL,
  types          JSON NULL COMMENT 'which events it gets; null: all',
  secret         VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  old_secret     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'signs, too, until it ends',
  old_until      DATETIME(3) NULL,
  failing_since  DATETIME(3) NULL COMMENT 'the first failure after the last success',
  disabled_at    DATETIME(3) NULL,
  version        INT UNSIGNED NOT NULL DEFAULT 1 COMMENT 'rises with each edit; what deliveries note is none',
  field_versions JSON NOT NULL,
  created_at     DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB
