-- +goose Up
-- dialer: what somebody asked about a campaign (the what-if page), and what
-- simulating it gave.
CREATE TABLE campaign_whatif (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    campaign_id uuid NOT NULL REFERENCES campaign,
    asked_by    uuid,
    asked_at    timestamptz NOT NULL,
    question    jsonb NOT NULL,
    state       text NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'failed')),
    progress    smallint NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100), -- per cent
    beat_at     timestamptz NOT NULL, -- real time at which its node last worked on it
    seen_at     timestamptz NOT NULL, -- real time at which somebody last asked how far it is
    took_ms     integer NOT NULL DEFAULT 0,
    result      jsonb
);
CREATE UNIQUE INDEX campaign_whatif_one ON campaign_whatif (store_id) WHERE state = 'running'; -- one at a time in a store
CREATE INDEX campaign_whatif_newest ON campaign_whatif (campaign_id, asked_at);
ALTER TABLE campaign_whatif ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_whatif FORCE ROW LEVEL SECURITY;
CREATE POLICY by_store ON campaign_whatif
    USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
    WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]));

-- Who was signed in at a time: agents' hours of a campaign.
CREATE INDEX agent_state_log_user ON agent_state_log (user_id, from_at);
