CREATE TABLE idempotency_keys (
  scope       CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'SHA-256 of caller, method, path and key',
  caller_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  body_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  resource_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  status      SMALLINT UNSIGNED NULL COMMENT 'null until the answer is known',
  headers     JSON        NULL,
  body        MEDIUMTEXT  NULL,
  lease_until DATETIME(3) NOT NULL COMMENT 'after this a request without an answer counts as dead',
  created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY idempotency_keys_created (created_at)
) ENGINE = InnoDB
