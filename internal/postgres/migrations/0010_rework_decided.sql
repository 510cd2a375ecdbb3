-- +goose Up
-- Rework: who decided about a report, when, and in which words.
ALTER TABLE rework ADD COLUMN decided_at timestamptz;
ALTER TABLE rework ADD COLUMN decided_by uuid REFERENCES app_user (id);
ALTER TABLE rework ADD COLUMN decided_words text NOT NULL DEFAULT '';
CREATE INDEX rework_state ON rework (store_id, state, reported_at);
