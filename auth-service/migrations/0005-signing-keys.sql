CREATE TABLE signing_keys (
  generation  INT UNSIGNED NOT NULL PRIMARY KEY COMMENT 'the newest signs; being the key of the table, each is made once',
  kid         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  private_jwk JSON        NOT NULL,
  created_at  DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE KEY signing_keys_kid (kid)
) ENGINE = InnoDB
