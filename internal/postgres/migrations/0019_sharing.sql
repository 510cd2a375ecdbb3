-- +goose Up
-- Campaigns share agents: who comes first, and who gets how many.

ALTER TABLE campaign
    ADD COLUMN priority smallint NOT NULL DEFAULT 5 CHECK (priority BETWEEN 1 AND 9),  -- 1 comes first
    ADD COLUMN weight   smallint NOT NULL DEFAULT 10 CHECK (weight BETWEEN 1 AND 100), -- share of the agents among equals
    ADD COLUMN dry      boolean  NOT NULL DEFAULT false; -- its leader has nothing to dial now: no task, no window, no line

-- A node that was itself cut off from the database judges nobody for a moment: the
-- others were, too.
ALTER TABLE node ADD COLUMN steady_at timestamptz; -- real time since which its heartbeats come without a gap; null: since its start
