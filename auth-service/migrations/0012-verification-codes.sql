CREATE TABLE verification_codes (
  user_id     CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'one code each: a new one takes the place of the older',
  channel     VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code_hmac   CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'HMAC-SHA-256; the code itself is kept nowhere',
  wrong_tries TINYINT UNSIGNED NOT NULL DEFAULT 0,
  expires_at  DATETIME(3) NOT NULL,
  used_at     DATETIME(3) NULL,
  KEY verification_codes_expired (expires_at),
  CONSTRAINT verification_codes_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB
