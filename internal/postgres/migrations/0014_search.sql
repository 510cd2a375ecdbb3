-- +goose Up
-- Search by the last six of a VIN, an agent's calls in order, agreed call-backs.
CREATE INDEX vehicle_vin6 ON vehicle (store_id, right(vin8, 6)) WHERE vin8 <> '';
CREATE INDEX attempt_agent ON attempt (agent_id, planned_at) WHERE agent_id IS NOT NULL;
CREATE INDEX task_callback ON task (store_id, callback_at) WHERE state = 'retry_wait';
