-- +goose Up
-- Figures: what K-01 to K-15 are found by, a store and a span of days each.

CREATE INDEX response_finished ON response (store_id, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX rework_reported ON rework (store_id, reported_at);
CREATE INDEX policy_sold ON policy (store_id, sold_on) WHERE sold_on IS NOT NULL;
CREATE INDEX renewal_ends ON renewal (store_id, expiry);
CREATE INDEX quote_sent ON quote (store_id, sent_at) WHERE sent_at IS NOT NULL;

-- crm/complaint: why work was done again (spec 2.4.13); empty until somebody confirmed it.
ALTER TABLE rework ADD COLUMN cause text NOT NULL DEFAULT '' CHECK (cause IN ('', 'misdiagnosis', 'workmanship', 'part_defect', 'wrong_part', 'omission',
    'qc_escape', 'paint_defect', 'no_part', 'intermittent', 'same_fault', 'customer_use', 'other'));
