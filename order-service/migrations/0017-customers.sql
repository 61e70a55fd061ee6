CREATE TABLE customers (
  id                    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  display_name          VARCHAR(100) NULL,
  display_name_sequence INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'the event that told it: an older one changes nothing',
  email                 VARCHAR(320) NULL,
  email_sequence        INT UNSIGNED NOT NULL DEFAULT 0,
  deleted_sequence      INT UNSIGNED NULL COMMENT 'after this nothing personal is written again'
) ENGINE = InnoDB COMMENT 'what auth-service has told about people; no order depends on it'
