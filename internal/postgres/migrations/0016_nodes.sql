-- +goose Up
-- Where other nodes reach a node by SIP; empty: nowhere.
ALTER TABLE node ADD COLUMN sip_addr text NOT NULL DEFAULT '';
-- Real time at which an agent of another node asked for the end of the call; its node hangs up.
ALTER TABLE attempt ADD COLUMN hangup_at timestamptz;
CREATE INDEX attempt_hangup ON attempt (node_id) WHERE hangup_at IS NOT NULL AND state IN ('dialing', 'ringing', 'checking', 'answered', 'bridged');
