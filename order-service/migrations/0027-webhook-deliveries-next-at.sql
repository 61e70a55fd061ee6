ALTER TABLE webhook_deliveries
  ADD COLUMN next_at DATETIME(3) NOT NULL DEFAULT '9999-12-31 00:00:00.000',
  ADD KEY webhook_deliveries_due (webhook_id, next_at)
