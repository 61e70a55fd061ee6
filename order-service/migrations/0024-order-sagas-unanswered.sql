ALTER TABLE order_sagas
  ADD COLUMN is_unanswered BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'whether the last try of the step got no answer; such steps have places of their own',
  ADD KEY order_sagas_lane (step, is_unanswered, due_at)
