CREATE TABLE reservations (
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  buyer_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null in a tombstone: released before it was held',
  status     VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  review_at  DATETIME(3) NULL COMMENT 'when to ask order-service about a hold; nothing is released by the clock',
  created_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY reservations_review (status, review_at),
  CONSTRAINT reservations_status CHECK (status IN ('held', 'committed', 'released'))
) ENGINE = InnoDB
