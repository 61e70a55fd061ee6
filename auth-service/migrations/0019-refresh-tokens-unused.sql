ALTER TABLE refresh_tokens
  ADD KEY refresh_tokens_unused (used_at, expires_at)
