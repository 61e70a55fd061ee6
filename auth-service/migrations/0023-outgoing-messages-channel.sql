ALTER TABLE outgoing_messages
  ADD KEY outgoing_messages_channel (channel, due_at, expires_at),
  DROP KEY outgoing_messages_due
