ALTER TABLE order_sagas
  MODIFY COLUMN step VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what is to be done next',
  ADD COLUMN last_error VARCHAR(500) NULL COMMENT 'why the step was put off the last time'
