ALTER TABLE orders
  ADD COLUMN remembered_payment JSON NULL COMMENT 'a payment that came with the order, made once its stock is held',
  ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0 COMMENT 'sum of its refunds, open ones included',
  ADD CONSTRAINT orders_refunded CHECK (refunded_minor BETWEEN 0 AND COALESCE(total_minor, 0))
