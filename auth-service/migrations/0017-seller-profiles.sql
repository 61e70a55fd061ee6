CREATE TABLE seller_profiles (
  user_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  display_name   VARCHAR(200)  NULL COMMENT 'null when the seller has deleted their account',
  about          VARCHAR(2000) NULL,
  version        INT UNSIGNED  NOT NULL DEFAULT 1,
  field_versions JSON          NOT NULL COMMENT 'for each field that ever changed, the version that changed it last',
  created_at     DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  CONSTRAINT seller_profiles_user FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE = InnoDB COMMENT 'the row of a former seller stays: its version is what was told of it'
