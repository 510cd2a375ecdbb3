-- +goose Up
-- dialer, desk: the call in an agent's hand and the results owed are looked for
-- every second, and are few among all calls ever made.
CREATE INDEX attempt_in_hand ON attempt (agent_id, planned_at)
    WHERE state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue');
CREATE INDEX attempt_wrap ON attempt (state) WHERE state IN ('wrap','wrap_overdue');

-- report: the list of tasks by when they were made.
CREATE INDEX task_made ON task (store_id, created_at, id);
