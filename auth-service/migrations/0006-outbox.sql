CREATE TABLE outbox (
  position   BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sink       VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic      VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event      MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL COMMENT 'CloudEvents 1.0, JSON',
  attempts   INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how often the sink has refused it',
  created_at DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY outbox_sink (sink, position)
) ENGINE = InnoDB COMMENT 'one row for each sink that has not taken an event yet'
