CREATE TABLE idempotency_claims (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'rows lie in the order of their arrival: an insert reads no random page',
  scope       BINARY(32)  NOT NULL COMMENT 'SHA-256 of caller, method, path and key',
  body_digest BINARY(32)  NOT NULL COMMENT 'SHA-256 of the body',
  resource_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what the request makes; a refusal without a resource has an id of its own',
  lease_until DATETIME(3) NOT NULL COMMENT 'after this a request without an answer counts as dead',
  UNIQUE KEY idempotency_claims_scope (scope)
) ENGINE = InnoDB COMMENT 'replaces idempotency_keys, which the previous version still writes; the next release drops it'
