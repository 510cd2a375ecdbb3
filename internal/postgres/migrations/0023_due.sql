-- +goose Up
-- What a dialer asks every few seconds of a long list: the next of one priority, by
-- due date or by how long they wait, agreed call-backs, and who is on the line.
CREATE INDEX task_next ON task (store_id, kind, priority DESC, due_at, created_at, id) WHERE state IN ('pending', 'queued', 'retry_wait');
DROP INDEX task_open;
CREATE INDEX task_ripe ON task (store_id, kind, priority, not_before) WHERE state IN ('pending', 'queued', 'retry_wait');
CREATE INDEX task_agreed ON task (store_id, kind, callback_at) WHERE callback_at IS NOT NULL AND state IN ('pending', 'queued', 'retry_wait');
CREATE INDEX task_in_hand ON task (store_id, customer_id) WHERE state = 'in_progress';
