ALTER TABLE sessions
  ADD KEY sessions_created (created_at)
