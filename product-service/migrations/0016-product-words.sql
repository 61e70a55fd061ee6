CREATE TABLE product_words (
  product_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  version    INT UNSIGNED      NOT NULL COMMENT 'of the product whose texts these words are from',
  sample_key SMALLINT UNSIGNED NOT NULL COMMENT 'random: the rows with the lowest keys are a sample of all',
  name_text  VARCHAR(768) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'the normalised name',
  name_words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'tokens of the name, each between blanks',
  text_words MEDIUMTEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'tokens of name and description',
  KEY product_words_name (name_text),
  KEY product_words_sample (sample_key),
  FULLTEXT KEY product_words_text (name_words, text_words),
  CONSTRAINT product_words_product FOREIGN KEY (product_id) REFERENCES products (id)
) ENGINE = InnoDB
