-- +goose Up
-- import_statistics tells the planner how tables have grown since it last looked. A
-- store's first import fills empty tables within a minute; until the autovacuum comes
-- by, statements are planned for what was there before and read whole tables. Only the
-- owner may ANALYZE, hence SECURITY DEFINER.
-- +goose StatementBegin
CREATE FUNCTION import_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    grown regclass;
BEGIN
    FOR grown IN SELECT c.oid FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname = ANY (ARRAY['customer', 'customer_phone', 'consent', 'vehicle',
                'vehicle_plate_history', 'ownership', 'merge_case', 'work_order', 'policy', 'renewal', 'sale_delivery', 'task', 'sms', 'letter',
                'import_row', 'import_change'])
            AND pg_relation_size(c.oid) > current_setting('block_size')::bigint * (c.relpages * 1.5 + 16)
        ORDER BY c.relname
    LOOP
        EXECUTE format('ANALYZE (SKIP_LOCKED) %s', grown);
    END LOOP;
END $$;
-- +goose StatementEnd
