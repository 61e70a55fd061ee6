CREATE TABLE rate_limits (
  digest  CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'SHA-256 of the limit and of whom it counts; neither e-mail nor address is kept',
  hits    INT UNSIGNED NOT NULL,
  ends_at DATETIME(3)  NOT NULL COMMENT 'end of the window that the first hit began; from then on the row counts as absent',
  KEY rate_limits_ends_at (ends_at)
) ENGINE = InnoDB
