CREATE TABLE charges (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY COMMENT 'chosen by the caller',
  order_id       CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null, as all of the payload, in a tombstone: closed before it was received',
  amount_minor   BIGINT       NULL,
  currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL,
  method         VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NULL,
  payload_digest CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'SHA-256 of what was sent; the token itself is not kept',
  status         VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  decline_code   VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NULL,
  sends          INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how often this payload was sent',
  refunded_minor BIGINT       NOT NULL DEFAULT 0,
  refund_count   INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rises with each refund, so that one of nothing changes the row, too',
  created_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)  NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  KEY charges_order (order_id),
  CONSTRAINT charges_status CHECK (status IN ('open', 'captured', 'declined')),
  CONSTRAINT charges_decline_code CHECK ((status = 'declined') = (decline_code IS NOT NULL)),
  CONSTRAINT charges_never_over_refunded CHECK (0 <= refunded_minor AND refunded_minor <= COALESCE(amount_minor, 0))
) ENGINE = InnoDB
