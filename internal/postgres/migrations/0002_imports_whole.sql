-- +goose Up
-- All kinds of dealer files: policies, deliveries, saved mappings, undo of a
-- batch, merging of customer files, API keys for nightly drops.

-- crm/policy ------------------------------------------------------------------
CREATE TABLE policy (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL REFERENCES store_group,
    store_id       uuid NOT NULL REFERENCES store,
    policy_no      text NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('compulsory', 'commercial')),
    insurer        text NOT NULL,
    vehicle_id     uuid NOT NULL REFERENCES vehicle,
    customer_id    uuid NOT NULL REFERENCES customer, -- the insured
    insured_name   text NOT NULL DEFAULT '',
    applicant_name text NOT NULL DEFAULT '',
    start_day      date NOT NULL,
    end_day        date NOT NULL, -- the last day of cover
    premium_fen    bigint NOT NULL DEFAULT 0, -- without vehicle tax
    vehicle_tax_fen bigint NOT NULL DEFAULT 0,
    commission_bp  integer, -- rate in 1/10,000
    commission_fen bigint NOT NULL DEFAULT 0,
    claims_count   integer,
    underwriting   text NOT NULL DEFAULT '', -- spec 2.4.16, empty when the file's word does not say which
    underwriting_text text NOT NULL DEFAULT '', -- as the dealer's file says
    sold_by        text NOT NULL DEFAULT '',
    sold_on        date,
    previous_insurer text NOT NULL DEFAULT '',
    channel        text NOT NULL DEFAULT '',
    source         text NOT NULL CHECK (source IN ('own', 'imported', 'heard')),
    extra          jsonb NOT NULL DEFAULT '{}',
    content_hash   bytea NOT NULL, -- of the normalised content: equal content is not written again
    import_batch_id uuid,
    is_synthetic   boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CHECK (start_day <= end_day),
    UNIQUE (store_id, policy_no)
);
CREATE INDEX policy_vehicle ON policy (vehicle_id, end_day);
CREATE INDEX policy_customer ON policy (customer_id);
CREATE INDEX policy_end ON policy (store_id, end_day);

-- crm/workorder ---------------------------------------------------------------
CREATE TABLE sale_delivery (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL REFERENCES store_group,
    store_id       uuid NOT NULL REFERENCES store,
    vehicle_id     uuid NOT NULL REFERENCES vehicle,
    customer_id    uuid NOT NULL REFERENCES customer,
    delivered_at   timestamptz NOT NULL,
    delivered_day  date NOT NULL, -- the same in the store's zone
    consultant_name text NOT NULL DEFAULT '',
    contract_no    text NOT NULL DEFAULT '',
    invoice_fen    bigint NOT NULL DEFAULT 0,
    first_service_until date, -- 首保到期
    insurer        text NOT NULL DEFAULT '',
    policy_no      text NOT NULL DEFAULT '',
    gifts          text NOT NULL DEFAULT '',
    documents      text NOT NULL DEFAULT '', -- 档案七项, as the dealer's file says
    note           text NOT NULL DEFAULT '',
    extra          jsonb NOT NULL DEFAULT '{}',
    content_hash   bytea NOT NULL,
    import_batch_id uuid,
    is_synthetic   boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    UNIQUE (store_id, vehicle_id, delivered_day, customer_id)
);
CREATE INDEX sale_delivery_day ON sale_delivery (store_id, delivered_day);
CREATE INDEX sale_delivery_customer ON sale_delivery (customer_id);

-- crm/customer ----------------------------------------------------------------
ALTER TABLE vehicle
    ADD COLUMN vin8 text NOT NULL DEFAULT '', -- last 8 of the VIN, also when only these are known (an expression's index is lost under the policy)
    ADD COLUMN engine_no text NOT NULL DEFAULT '',
    ADD COLUMN motor_no text NOT NULL DEFAULT '',
    ADD COLUMN colour text NOT NULL DEFAULT '',
    ADD COLUMN first_reg_date date,
    ADD COLUMN use_kind text NOT NULL DEFAULT '', -- as the dealer's file says: 非营运, 出租, …
    ADD COLUMN sale_store text NOT NULL DEFAULT '',
    ADD COLUMN purchase_card_no text NOT NULL DEFAULT '',
    ADD COLUMN extra jsonb NOT NULL DEFAULT '{}';
UPDATE vehicle SET vin8 = right(vin, 8) WHERE vin IS NOT NULL;
DROP INDEX vehicle_vin8;
CREATE INDEX vehicle_vin8 ON vehicle (store_id, vin8) WHERE vin8 <> '';
CREATE INDEX vehicle_card ON vehicle (store_id, purchase_card_no) WHERE purchase_card_no <> '';
CREATE INDEX vehicle_plate_history_vehicle ON vehicle_plate_history (vehicle_id);
CREATE INDEX vehicle_plate_history_plate ON vehicle_plate_history (store_id, plate);
ALTER TABLE customer ADD COLUMN club_no text NOT NULL DEFAULT '';
CREATE TABLE customer_external ( -- the dealer system's own number of a file (7.5 #1)
    store_id    uuid NOT NULL REFERENCES store,
    external_no text NOT NULL,
    customer_id uuid NOT NULL REFERENCES customer,
    PRIMARY KEY (store_id, external_no)
);
CREATE TABLE customer_merge ( -- two files made one; undone within 30 days
    id           uuid PRIMARY KEY,
    store_id     uuid NOT NULL REFERENCES store,
    survivor_id  uuid NOT NULL REFERENCES customer,
    merged_id    uuid NOT NULL REFERENCES customer,
    before       jsonb NOT NULL, -- both files as they were, without sealed fields
    at           timestamptz NOT NULL,
    by_user      uuid,
    undone_at    timestamptz,
    undone_by    uuid
);
CREATE UNIQUE INDEX customer_merge_one ON customer_merge (merged_id) WHERE undone_at IS NULL;
CREATE TABLE customer_merge_row ( -- what moved from the merged file, by any room: undo moves it back
    merge_id uuid NOT NULL REFERENCES customer_merge,
    store_id uuid NOT NULL REFERENCES store,
    noun     text NOT NULL,
    row_id   uuid NOT NULL,
    detail   jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (merge_id, noun, row_id)
);
CREATE INDEX merge_case_open ON merge_case (store_id, created_at) WHERE state = 'open';
CREATE INDEX merge_case_customer ON merge_case (customer_id);
CREATE INDEX ownership_customer ON ownership (customer_id);

-- internal/auth ---------------------------------------------------------------
CREATE TABLE api_key ( -- for machines: one store, few permissions
    id          uuid PRIMARY KEY,
    group_id    uuid NOT NULL REFERENCES store_group,
    store_id    uuid NOT NULL REFERENCES store,
    name        text NOT NULL,
    key_hash    bytea NOT NULL UNIQUE, -- SHA-256 of the key; the key itself is shown once
    permissions text[] NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    used_at     timestamptz,
    revoked_at  timestamptz
);

-- crm/importer ----------------------------------------------------------------
ALTER TABLE import_batch DROP CONSTRAINT import_batch_state_check;
ALTER TABLE import_batch
    ADD CONSTRAINT import_batch_state_check CHECK (state IN ('uploaded', 'parsed', 'committing', 'done', 'failed', 'undone')),
    ADD COLUMN source text NOT NULL DEFAULT 'upload' CHECK (source IN ('upload', 'command', 'folder', 'api')),
    ADD COLUMN asks boolean NOT NULL DEFAULT false, -- the store's header changed: a person looks before the commit
    ADD COLUMN notes jsonb NOT NULL DEFAULT '[]', -- what was noticed about the whole file
    ADD COLUMN commit_at timestamptz, -- business time of the commit, also of a resumed one
    ADD COLUMN undone_at timestamptz,
    ADD COLUMN undone_by uuid;
CREATE INDEX import_batch_going ON import_batch (store_id) WHERE state IN ('uploaded', 'committing');
CREATE INDEX import_row_waiting ON import_row (batch_id, row_no) WHERE outcome = 'waiting';
CREATE INDEX import_row_told ON import_row (batch_id, row_no) WHERE codes <> '{}';
CREATE TABLE import_mapping ( -- what a person or a full recognition said about a set of headings
    store_id  uuid NOT NULL REFERENCES store,
    kind      text NOT NULL,
    headings_hash bytea NOT NULL,
    columns   jsonb NOT NULL,
    saved_at  timestamptz NOT NULL,
    saved_by  uuid,
    PRIMARY KEY (store_id, headings_hash)
);
-- What a batch changed, for its undo; kept by the triggers below while the
-- transaction's setting app.import_batch names the batch. Rows made have no images,
-- rows changed have both, without what did not change.
CREATE TABLE import_change (
    batch_id uuid NOT NULL REFERENCES import_batch,
    store_id uuid NOT NULL REFERENCES store,
    noun     text NOT NULL,
    row_id   text NOT NULL,
    before   jsonb,
    after    jsonb,
    PRIMARY KEY (batch_id, noun, row_id)
);
CREATE INDEX import_change_row ON import_change (store_id, noun, row_id);

-- import_journal(table, key) gives a table the triggers of the undo journal; key is
-- an SQL expression over its row. A later table which rows of an import lead to
-- calls it too, else its rows stand in the way of an undo.
-- +goose StatementBegin
CREATE FUNCTION import_note_made() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := NULLIF(current_setting('app.import_batch', true), '')::uuid;
BEGIN
    IF batch IS NOT NULL THEN
        EXECUTE format('INSERT INTO import_change (batch_id, store_id, noun, row_id)
            SELECT $1, (SELECT store_id FROM import_batch WHERE id = $1), $2, %s FROM made r ON CONFLICT DO NOTHING', TG_ARGV[0])
            USING batch, TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION import_note_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch uuid := NULLIF(current_setting('app.import_batch', true), '')::uuid;
BEGIN
    IF batch IS NOT NULL THEN
        EXECUTE format('INSERT INTO import_change AS c (batch_id, store_id, noun, row_id, before, after)
            SELECT $1, (SELECT store_id FROM import_batch WHERE id = $1), $2, o.key,
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(o.j) e (k, v) WHERE n.j -> k IS DISTINCT FROM v),
                (SELECT jsonb_object_agg(k, v) FROM jsonb_each(n.j) e (k, v) WHERE o.j -> k IS DISTINCT FROM v)
            FROM (SELECT %1$s AS key, to_jsonb(r) AS j FROM old_rows r) o JOIN (SELECT %1$s AS key, to_jsonb(r) AS j FROM new_rows r) n USING (key)
            WHERE o.j <> n.j
            ON CONFLICT (batch_id, noun, row_id) DO UPDATE
                SET before = EXCLUDED.before || c.before, after = c.after || EXCLUDED.after WHERE c.before IS NOT NULL', TG_ARGV[0])
            USING batch, TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION import_journal(tab text, key text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER import_made AFTER INSERT ON %I REFERENCING NEW TABLE AS made
        FOR EACH STATEMENT EXECUTE FUNCTION import_note_made(%L)', tab, key);
    EXECUTE format('CREATE TRIGGER import_changed AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION import_note_changed(%L)', tab, key);
END $$;
-- +goose StatementEnd

-- import_undo takes back what a batch made and gives changed rows their former
-- values, column by column, except where somebody changed the value since. It fails
-- as a whole (SQLSTATE 23503) when something outside the batch needs a row it made.
-- +goose StatementBegin
CREATE FUNCTION import_undo(batch uuid) RETURNS TABLE (noun text, removed bigint, restored bigint) LANGUAGE plpgsql AS $$
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
    DELETE FROM import_change c WHERE c.batch_id = batch;
END $$;
-- +goose StatementEnd
SELECT import_journal(tab, 'r.id::text') FROM unnest(ARRAY['staff', 'customer', 'customer_phone', 'number_dnc', 'consent', 'vehicle',
    'vehicle_plate_history', 'ownership', 'merge_case', 'work_order', 'policy', 'sale_delivery', 'task', 'sms', 'notice']) tab;
SELECT import_journal('number_staff', 'r.group_id::text || encode(r.phone_hash, ''hex'')');
SELECT import_journal('customer_external', 'r.store_id::text || r.external_no');

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['policy', 'sale_delivery', 'customer_external', 'customer_merge', 'customer_merge_row', 'api_key', 'import_mapping', 'import_change']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY by_store ON %I
            USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
            WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))$p$, t);
    END LOOP;
END $$;
-- +goose StatementEnd
