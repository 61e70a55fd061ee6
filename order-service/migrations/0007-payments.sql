CREATE TABLE payments (
  id            CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'the id of the charge at the provider, too',
  order_id      CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status        VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_minor  BIGINT       NOT NULL,
  currency      CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  method        VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token         VARCHAR(255) NULL COMMENT 'what is to be charged; forgotten when the payment rests',
  decline_code  VARCHAR(100) NULL,
  attempts      INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sends that came to an end, whichever',
  created_at    DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at    DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  live_order_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'the order, while the payment is open, and when it is captured',
  KEY payments_order (order_id, id),
  UNIQUE KEY payments_one_live (live_order_id),
  CONSTRAINT payments_order FOREIGN KEY (order_id) REFERENCES orders (id),
  CONSTRAINT payments_status CHECK (status IN ('processing', 'captured', 'declined', 'failed'))
) ENGINE = InnoDB COMMENT 'at most one payment of an order is open or captured: the last defence against a second charge'
