ALTER TABLE signing_keys
  ADD COLUMN signs_from DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3) COMMENT 'published before, so that every service knows it by then'
