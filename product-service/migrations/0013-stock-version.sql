ALTER TABLE stock ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rises by one with each entry of the ledger'
