ALTER TABLE webhooks
  ADD COLUMN deleted_at   DATETIME(3) NULL COMMENT 'the row goes when a worker has deleted its deliveries',
  ADD COLUMN clears_at    DATETIME(3) NULL COMMENT 'when a worker next ends or deletes a part of its deliveries; null: none are left',
  ADD COLUMN silences     INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'pauses in a row without an answer of the receiver',
  ADD COLUMN paused_until DATETIME(3) NULL COMMENT 'the receiver gave no answer; then one delivery is tried; null: no pause'
