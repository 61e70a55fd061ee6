ALTER TABLE webhook_deliveries
  MODIFY COLUMN next_at DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
  COMMENT 'when a worker looks at it next; 9999: it has ended, or waits behind another of its key'
