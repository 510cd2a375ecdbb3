-- +goose Up
-- The journal of changes reads each row as JSON once, not once for every column, and
-- leaves alone what the batch itself has made: an undo removes that as a whole.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION import_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := NULLIF(current_setting('app.import_batch', true), '')::uuid;
BEGIN
    IF batch IS NOT NULL THEN
        EXECUTE format('WITH o AS MATERIALIZED (SELECT %1$s AS key, to_jsonb(r) AS j FROM old_rows r),
                n AS MATERIALIZED (SELECT %1$s AS key, to_jsonb(r) AS j FROM new_rows r)
            INSERT INTO import_change AS c (batch_id, store_id, noun, row_id, before, after)
            SELECT $1, (SELECT store_id FROM import_batch WHERE id = $1), $2, o.key,
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(o.j) e (k, v) WHERE n.j -> k IS DISTINCT FROM v),
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(n.j) e (k, v) WHERE o.j -> k IS DISTINCT FROM v)
            FROM o JOIN n USING (key)
            WHERE o.j <> n.j AND NOT EXISTS (SELECT FROM import_change m WHERE m.batch_id = $1 AND m.noun = $2 AND m.row_id = o.key AND m.before IS NULL)
            ON CONFLICT (batch_id, noun, row_id) DO UPDATE
                SET before = EXCLUDED.before || c.before, after = c.after || EXCLUDED.after WHERE c.before IS NOT NULL', TG_ARGV[0])
            USING batch, TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
