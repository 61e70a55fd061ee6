CREATE TABLE password_resets (
  token_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'SHA-256; the token itself is kept nowhere',
  user_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null: nobody has the address; no foreign key, whose check would take longer for those who exist',
  expires_at DATETIME(3) NOT NULL,
  used_at    DATETIME(3) NULL,
  KEY password_resets_user (user_id),
  KEY password_resets_expired (expires_at)
) ENGINE = InnoDB
