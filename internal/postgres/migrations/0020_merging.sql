-- +goose Up
-- Merging files (spec 7.5). Nothing merged before, so the journal takes its shape now: per
-- row what the merge changed, before and after; before is null where it made the row.
ALTER TABLE customer_merge DROP COLUMN before, ADD COLUMN case_id uuid REFERENCES merge_case, ADD COLUMN note text NOT NULL DEFAULT '';
CREATE INDEX customer_merge_survivor ON customer_merge (survivor_id, at);
CREATE INDEX customer_merge_at ON customer_merge (store_id, at);
ALTER TABLE customer_merge_row ALTER COLUMN row_id TYPE text, DROP COLUMN detail, ADD COLUMN before jsonb, ADD COLUMN after jsonb;

-- Who proposed to merge, and why; and what the person said who decided.
ALTER TABLE merge_case ADD COLUMN proposed_by uuid REFERENCES app_user, ADD COLUMN proposed_at timestamptz, ADD COLUMN proposal text NOT NULL DEFAULT '',
    ADD COLUMN note text NOT NULL DEFAULT '';

-- A do-not-call entry that a merge copied to the other file's numbers: an undo takes it away.
ALTER TABLE number_dnc ADD COLUMN merge_id uuid REFERENCES customer_merge;
CREATE INDEX number_dnc_merge ON number_dnc (merge_id) WHERE merge_id IS NOT NULL;

-- Nothing is written to a file that was merged away: whoever still holds its id (a page, a
-- call being planned) writes to the survivor. The foreign key's lock has waited for the merge.
-- +goose StatementBegin
CREATE FUNCTION follow_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM made m JOIN customer c ON c.id = m.customer_id WHERE c.merged_into IS NOT NULL) THEN
        EXECUTE format('UPDATE %1$I r SET customer_id = c.merged_into FROM made m JOIN customer c ON c.id = m.customer_id
            WHERE c.merged_into IS NOT NULL AND r.%2$I = m.%2$I AND r.store_id = m.store_id', TG_TABLE_NAME, TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['appointment', 'attempt', 'churn_signal', 'consent', 'customer_external', 'customer_phone', 'letter', 'merge_case', 'ownership',
        'policy', 'quick_form', 'renewal', 'response', 'rework', 'sale_delivery', 'sms', 'task', 'work_order'] LOOP
        EXECUTE format('CREATE TRIGGER merge_followed AFTER INSERT ON %I REFERENCING NEW TABLE AS made
            FOR EACH STATEMENT EXECUTE FUNCTION follow_merge(%L)', t, CASE t WHEN 'customer_external' THEN 'external_no' ELSE 'id' END);
    END LOOP;
END $$;
-- +goose StatementEnd
