CREATE TABLE inbox (
  event_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  delivery    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the transaction in which the event took effect',
  received_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY inbox_received (received_at)
) ENGINE = InnoDB
