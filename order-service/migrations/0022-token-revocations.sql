CREATE TABLE token_revocations (
  account_id  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  valid_after BIGINT UNSIGNED NOT NULL COMMENT 'in seconds since 1970: access tokens of the account count only with a later iat',
  noted_at    DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'the row goes when every token from before has expired',
  KEY token_revocations_noted (noted_at)
) ENGINE = InnoDB
