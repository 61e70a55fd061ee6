CREATE TABLE dead_letters (
  id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  event_id  CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sink      VARCHAR(50) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'who refused it; empty: it could not be applied here',
  topic     VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  type      VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event     MEDIUMTEXT CHARACTER SET utf8mb4 NOT NULL,
  error     VARCHAR(500) NOT NULL,
  attempts  INT UNSIGNED NOT NULL,
  parked_at DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  UNIQUE KEY dead_letters_event (event_id, sink)
) ENGINE = InnoDB
