CREATE TABLE orders (
  id             CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  buyer_id       CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status         VARCHAR(20) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  currency       CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null until the stock is held',
  total_minor    BIGINT        NULL,
  ship_to        JSON          NOT NULL,
  bill_to        JSON          NULL,
  note           VARCHAR(2000) NULL,
  rejection      JSON          NULL,
  cancel_reason  VARCHAR(200)  NULL,
  payment_due_at DATETIME(3)   NOT NULL,
  version        INT UNSIGNED  NOT NULL DEFAULT 1,
  field_versions JSON          NOT NULL COMMENT 'for each field that ever changed, the version that changed it last',
  created_at     DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  updated_at     DATETIME(3)   NOT NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3),
  KEY orders_buyer (buyer_id, id),
  KEY orders_status (status, id),
  CONSTRAINT orders_status CHECK (status IN (
    'pending', 'awaiting_payment', 'paying', 'paid', 'partially_shipped', 'shipped', 'delivered',
    'rejected', 'cancelled', 'payment_failed', 'refunding', 'refunded'))
) ENGINE = InnoDB
