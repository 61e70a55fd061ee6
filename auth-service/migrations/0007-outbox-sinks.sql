CREATE TABLE outbox_sinks (
  name          VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  holder        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the relay that sends; one at a time keeps the order',
  lease_until   DATETIME(3) NOT NULL DEFAULT '2000-01-01 00:00:00',
  batches       INT UNSIGNED NOT NULL DEFAULT 0,
  registered_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB
