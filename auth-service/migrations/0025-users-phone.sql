ALTER TABLE users
  MODIFY phone VARCHAR(30) NULL COMMENT 'as its owner wrote it',
  ADD phone_e164 VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'international form, where it can be derived'
