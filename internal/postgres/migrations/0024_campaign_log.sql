-- +goose Up
-- The newest entries of one campaign: its page reads them whenever something moves, and
-- a list that grows adds to its last one.
CREATE INDEX campaign_log_newest ON campaign_log (campaign_id, at);
