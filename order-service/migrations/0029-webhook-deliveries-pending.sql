-- READ COMMITTED, so that no gap lock keeps the running services from inserting deliveries.
SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
-- Not only the first of each key: a worker of the previous version may end it meanwhile. The workers sort out the others.
UPDATE webhook_deliveries SET next_at = due_at WHERE status = 'pending' AND next_at = '9999-12-31 00:00:00.000'
