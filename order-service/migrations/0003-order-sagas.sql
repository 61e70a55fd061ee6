CREATE TABLE order_sagas (
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  step       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'what is to be done next: reserve, release, or nothing',
  due_at     DATETIME(3)  NULL COMMENT 'when anybody may do it, by the clock of the database; while somebody does, the end of their lease',
  claimed_by CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  attempts   INT UNSIGNED NOT NULL DEFAULT 0,
  KEY order_sagas_due (due_at),
  KEY order_sagas_claimed (claimed_by),
  CONSTRAINT order_sagas_order FOREIGN KEY (order_id) REFERENCES orders (id)
) ENGINE = InnoDB
