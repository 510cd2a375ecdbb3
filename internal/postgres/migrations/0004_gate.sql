-- +goose Up
-- The compliance gate whole (spec 2.6): what its rules look at.

-- crm/customer ----------------------------------------------------------------
CREATE TABLE number_survey ( -- group-wide: when a number's customer was surveyed (D-24)
    group_id   uuid NOT NULL REFERENCES store_group,
    phone_hash bytea NOT NULL,
    task_id    uuid NOT NULL,
    at         timestamptz NOT NULL, -- business time
    PRIMARY KEY (group_id, phone_hash, task_id)
);
CREATE INDEX number_dnc_number ON number_dnc (group_id, phone_hash);
ALTER TABLE customer
    ADD COLUMN deceased_at timestamptz, -- the family told us (C14): never called again
    ADD COLUMN legal_hold  text NOT NULL DEFAULT ''; -- why nobody may call: a case number, a lawyer's letter; empty: none

-- internal/auth: who can do what. A user of whom nothing is written may take every
-- task; a user with skills takes the tasks that ask for one of them (CG-13).
CREATE TABLE user_skill (
    user_id  uuid NOT NULL REFERENCES app_user,
    store_id uuid NOT NULL REFERENCES store,
    skill    text NOT NULL,
    level    integer NOT NULL DEFAULT 3 CHECK (level BETWEEN 1 AND 5),
    PRIMARY KEY (store_id, user_id, skill)
);
ALTER TABLE user_skill ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_skill FORCE ROW LEVEL SECURITY;
CREATE POLICY by_store ON user_skill
    USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
    WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]));

-- dialer ----------------------------------------------------------------------
ALTER TABLE number_attempt
    ADD COLUMN class  text NOT NULL DEFAULT '', -- of the call (CG-09)
    ADD COLUMN agreed boolean NOT NULL DEFAULT false; -- the customer had agreed to it: caps count it apart (CG-08)
ALTER TABLE caller_number
    ADD COLUMN cooling_until timestamptz; -- of state cooling: when it may be tried again; null: until somebody says so
CREATE INDEX attempt_caller ON attempt (store_id, caller_number, business_at);
ALTER TABLE refusal
    ADD COLUMN cause    text NOT NULL DEFAULT 'time' CHECK (cause IN ('time', 'file', 'house', 'agent', 'never')), -- whose matter it is
    ADD COLUMN ended_at timestamptz; -- when its cause was seen to have ended
CREATE INDEX refusal_newest ON refusal (store_id, last_at DESC);
CREATE INDEX refusal_held ON refusal (store_id, task_id) WHERE ended_at IS NULL AND cause IN ('file', 'house');
