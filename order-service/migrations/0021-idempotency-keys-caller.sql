ALTER TABLE idempotency_keys ADD KEY idempotency_keys_caller (caller_id)
