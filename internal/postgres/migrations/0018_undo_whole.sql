-- +goose Up
-- A policy that binds a renewal accepts its quote: the undo takes that back too.
SELECT import_journal('quote', 'r.id::text');

-- As before; and a later batch's journal no longer goes back to what an undone one wrote.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION import_undo(batch uuid) RETURNS TABLE(noun text, removed bigint, restored bigint)
    LANGUAGE plpgsql
    AS $$
DECLARE
    waiting text[] := ARRAY(SELECT DISTINCT c.noun FROM import_change c WHERE c.batch_id = batch);
    left_over text[];
    key text;
    cols text;
    vals text;
BEGIN
    PERFORM set_config('app.import_batch', '', true);
    WHILE cardinality(waiting) > 0 LOOP
        left_over := '{}';
        FOREACH noun IN ARRAY waiting LOOP
            SELECT convert_from(substring(t.tgargs FROM 1 FOR length(t.tgargs) - 1), 'UTF8') INTO STRICT key
                FROM pg_trigger t WHERE t.tgrelid = to_regclass(noun) AND t.tgname = 'import_made';
            SELECT string_agg(format('%I', a.attname), ', '), string_agg(format('p.%I', a.attname), ', ') INTO cols, vals
                FROM pg_attribute a WHERE a.attrelid = to_regclass(noun) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
            BEGIN
                EXECUTE format('DELETE FROM %I r USING import_change c
                    WHERE c.batch_id = $1 AND c.noun = $2 AND c.before IS NULL AND %s = c.row_id', noun, key) USING batch, noun;
                GET DIAGNOSTICS removed = ROW_COUNT;
                EXECUTE format('UPDATE %1$I r SET (%2$s) = (SELECT %3$s FROM jsonb_populate_record(r, (
                        SELECT coalesce(jsonb_object_agg(k, v), ''{}'') FROM jsonb_each(c.before) e (k, v) WHERE to_jsonb(r) -> k = c.after -> k)) p)
                    FROM import_change c WHERE c.batch_id = $1 AND c.noun = $2 AND c.before IS NOT NULL AND %4$s = c.row_id', noun, cols, vals, key)
                    USING batch, noun;
                GET DIAGNOSTICS restored = ROW_COUNT;
                RETURN NEXT;
            EXCEPTION WHEN foreign_key_violation THEN
                left_over := left_over || noun;
            END;
        END LOOP;
        IF cardinality(left_over) = cardinality(waiting) THEN
            RAISE EXCEPTION 'rows of the batch are in use: %', left_over USING ERRCODE = 'foreign_key_violation';
        END IF;
        waiting := left_over;
    END LOOP;
    -- What a later batch would go back to is not what this one wrote, but what stood there before.
    UPDATE import_change o SET before = o.before || n.was
    FROM (SELECT l.batch_id, l.noun, l.row_id, jsonb_object_agg(k, m.before -> k) AS was
        FROM import_change m JOIN import_change l ON l.store_id = m.store_id AND l.noun = m.noun AND l.row_id = m.row_id AND l.batch_id <> m.batch_id
        CROSS JOIN LATERAL jsonb_object_keys(m.before) k
        WHERE m.batch_id = batch AND m.before IS NOT NULL AND l.before -> k = m.after -> k GROUP BY 1, 2, 3) n
    WHERE o.batch_id = n.batch_id AND o.noun = n.noun AND o.row_id = n.row_id;
    DELETE FROM import_change c WHERE c.batch_id = batch;
END $$;
-- +goose StatementEnd
