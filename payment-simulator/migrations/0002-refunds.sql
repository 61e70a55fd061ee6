CREATE TABLE refunds (
  id           CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'chosen by the caller',
  charge_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_minor BIGINT      NOT NULL CHECK (amount_minor >= 0),
  currency     CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status       VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'open only inside the transaction that decides',
  decline_code VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at   DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  KEY refunds_charge (charge_id),
  CONSTRAINT refunds_status CHECK (status IN ('open', 'refunded', 'declined')),
  CONSTRAINT refunds_decline_code CHECK ((status = 'declined') = (decline_code IS NOT NULL))
) ENGINE = InnoDB COMMENT 'no foreign key to charges: the refund of a charge that nobody knows is declined, and stays so'
