ALTER TABLE payments ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rises by one with each attempt that came to an end'
