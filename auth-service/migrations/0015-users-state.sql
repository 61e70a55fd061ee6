ALTER TABLE users
  ADD COLUMN disabled_at DATETIME(3) NULL COMMENT 'an admin keeps them from logging in',
  ADD COLUMN deleted_at  DATETIME(3) NULL COMMENT 'the person is gone; the row keeps their id and nothing about them'
