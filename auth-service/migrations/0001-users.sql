CREATE TABLE users (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  email          VARCHAR(254) NOT NULL COMMENT 'in lower case',
  display_name   VARCHAR(200) NULL,
  phone          VARCHAR(20)  NULL,
  password_hash  CHAR(60) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email_verified BOOLEAN      NOT NULL DEFAULT FALSE,
  version        INT UNSIGNED NOT NULL DEFAULT 1,
  field_versions JSON         NOT NULL COMMENT 'for each field that ever changed, the version that changed it last',
  created_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  UNIQUE KEY users_email (email)
) ENGINE = InnoDB
