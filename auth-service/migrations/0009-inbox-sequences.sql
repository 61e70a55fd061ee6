CREATE TABLE inbox_sequences (
  source         VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject        VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  applied        INT UNSIGNED NOT NULL COMMENT 'how many events of this thing took effect here',
  first_sequence INT UNSIGNED NOT NULL,
  last_sequence  INT UNSIGNED NOT NULL,
  PRIMARY KEY (source, subject)
) ENGINE = InnoDB COMMENT 'applied = last - first + 1 when none is missing and none took effect twice'
