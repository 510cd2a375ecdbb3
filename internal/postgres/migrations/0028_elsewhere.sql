-- +goose Up
-- Keys that an agent has pressed whose page and audio are at other nodes than the
-- call; its node sends them and empties the column. Once more than the end of a call,
-- what a node is asked for is looked for by one index.
ALTER TABLE attempt ADD COLUMN keys text NOT NULL DEFAULT '';
DROP INDEX attempt_hangup;
CREATE INDEX attempt_asked ON attempt (node_id) WHERE (hangup_at IS NOT NULL OR keys <> '') AND state IN ('dialing', 'ringing', 'checking', 'answered', 'bridged');

-- The page that holds an agent's desk and the node it is at, which may be another one
-- than that of their audio (node_id); null: no page does. Only this node may say that
-- the page is gone.
ALTER TABLE agent_session ADD COLUMN page_node_id uuid;
ALTER TABLE agent_session ADD COLUMN page_client text NOT NULL DEFAULT '';
