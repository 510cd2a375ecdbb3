-- +goose Up
-- The journal of changes leaves out what the batch itself has made before it turns rows
-- into JSON: most rows that an import changes are rows that it has just written. The key
-- is a column of its own, else row security keeps its lookup from the primary key.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION import_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := NULLIF(current_setting('app.import_batch', true), '')::uuid;
BEGIN
    IF batch IS NOT NULL THEN
        EXECUTE format('WITH old AS MATERIALIZED (SELECT r AS whole, %1$s AS key FROM old_rows r),
                o AS MATERIALIZED (SELECT key, to_jsonb(whole) AS j FROM old
                    WHERE NOT EXISTS (SELECT FROM import_change m WHERE m.batch_id = $1 AND m.noun = $2 AND m.row_id = key AND m.before IS NULL)),
                n AS MATERIALIZED (SELECT %1$s AS key, to_jsonb(r) AS j FROM new_rows r WHERE %1$s IN (SELECT key FROM o))
            INSERT INTO import_change AS c (batch_id, store_id, noun, row_id, before, after)
            SELECT $1, (SELECT store_id FROM import_batch WHERE id = $1), $2, o.key,
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(o.j) e (k, v) WHERE n.j -> k IS DISTINCT FROM v),
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(n.j) e (k, v) WHERE o.j -> k IS DISTINCT FROM v)
            FROM o JOIN n USING (key)
            WHERE o.j <> n.j
            ON CONFLICT (batch_id, noun, row_id) DO UPDATE
                SET before = EXCLUDED.before || c.before, after = c.after || EXCLUDED.after WHERE c.before IS NOT NULL', TG_ARGV[0])
            USING batch, TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- The newest visit of each is looked up once, not once to compare and once to write.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION last_visits(customers uuid[], vehicles uuid[]) RETURNS void LANGUAGE sql AS $$
    WITH n AS MATERIALIZED (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.customer_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(customers) k (id))
    UPDATE customer c SET last_visit_at = n.at FROM n WHERE c.id = n.id AND c.last_visit_at IS DISTINCT FROM n.at;
    WITH n AS MATERIALIZED (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.vehicle_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(vehicles) k (id))
    UPDATE vehicle v SET last_visit_at = n.at FROM n WHERE v.id = n.id AND v.last_visit_at IS DISTINCT FROM n.at;
$$;
-- +goose StatementEnd

-- A quarter of the usual sample is enough to tell a grown table from an empty one.
ALTER FUNCTION import_statistics() SET default_statistics_target = 25;
