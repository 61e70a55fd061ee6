CREATE TABLE addresses (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  user_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name           VARCHAR(200) NOT NULL,
  line1          VARCHAR(200) NOT NULL,
  line2          VARCHAR(200) NULL,
  city           VARCHAR(200) NOT NULL,
  region         VARCHAR(200) NULL,
  postal_code    VARCHAR(20)  NULL,
  country        CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  phone          VARCHAR(30)  NULL,
  version        INT UNSIGNED NOT NULL DEFAULT 1,
  field_versions JSON         NOT NULL COMMENT 'for each field that ever changed, the version that changed it last',
  created_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  KEY addresses_user (user_id, id),
  CONSTRAINT addresses_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB
