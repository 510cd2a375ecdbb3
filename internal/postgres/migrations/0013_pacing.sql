-- +goose Up
-- Predictive dialing: the campaign's window, what its calls were dialed at, and
-- who vanished (PACING.md 2).

ALTER TABLE campaign DROP CONSTRAINT campaign_mode_check;
ALTER TABLE campaign ADD CONSTRAINT campaign_mode_check CHECK (mode IN ('preview', 'progressive', 'predictive'));
ALTER TABLE campaign ADD COLUMN window_from timestamptz; -- real time of its first start: windows of the cap are counted from there

ALTER TABLE attempt DROP CONSTRAINT attempt_mode_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_mode_check CHECK (mode IN ('manual', 'preview', 'progressive', 'predictive'));
ALTER TABLE attempt
    ADD COLUMN price     double precision NOT NULL DEFAULT 0, -- chance of finding nobody that was worth its line
    ADD COLUMN cancel_at timestamptz; -- real time at which its campaign took it back; its node hangs up

CREATE INDEX attempt_persons ON attempt (campaign_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX attempt_abandoned ON attempt (campaign_id, answered_at) WHERE state = 'abandoned';
CREATE INDEX attempt_cancel ON attempt (node_id) WHERE cancel_at IS NOT NULL AND state IN ('dialing', 'ringing');

-- dialer: agents on whom lines counted and who vanished: V of the bound.
CREATE TABLE campaign_vanished (
    id          uuid PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign,
    store_id    uuid NOT NULL REFERENCES store,
    user_id     uuid NOT NULL,
    at          timestamptz NOT NULL -- real time
);
CREATE INDEX campaign_vanished_at ON campaign_vanished (campaign_id, at);
ALTER TABLE campaign_vanished ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_vanished FORCE ROW LEVEL SECURITY;
CREATE POLICY by_store ON campaign_vanished
    USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
    WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]));
