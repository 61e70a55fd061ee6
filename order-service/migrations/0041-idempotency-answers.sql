CREATE TABLE idempotency_answers (
  resource_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'of the claim; a UUIDv7, so rows lie in the order of their arrival',
  status      SMALLINT UNSIGNED NOT NULL,
  headers     VARCHAR(1000) NOT NULL COMMENT 'JSON',
  body        MEDIUMTEXT    NOT NULL,
  created_at  DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB COMMENT 'only inserted; erasure is the one change'
