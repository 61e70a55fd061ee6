ALTER TABLE addresses
  ADD phone_e164 VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'international form, where it can be derived'
