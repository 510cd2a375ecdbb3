CREATE SCHEMA public;

COMMENT ON SCHEMA public IS 'standard public schema';

CREATE FUNCTION public.first_ends(vehicles uuid[]) RETURNS void
    LANGUAGE sql
    AS $$
    UPDATE vehicle v SET policy_end = n.day
    FROM (SELECT k.id, (SELECT min(x.day) FROM (SELECT max(p.end_day) AS day FROM policy p WHERE p.vehicle_id = k.id GROUP BY p.kind) x) AS day
        FROM unnest(vehicles) k (id)) n
    WHERE v.id = n.id AND v.policy_end IS DISTINCT FROM n.day;
$$;

CREATE FUNCTION public.follow_merge() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
BEGIN
    IF EXISTS (SELECT FROM made m JOIN customer c ON c.id = m.customer_id WHERE c.merged_into IS NOT NULL) THEN
        EXECUTE format('UPDATE %1$I r SET customer_id = c.merged_into FROM made m JOIN customer c ON c.id = m.customer_id
            WHERE c.merged_into IS NOT NULL AND r.%2$I = m.%2$I AND r.store_id = m.store_id', TG_TABLE_NAME, TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $_$;

CREATE FUNCTION public.import_journal(tab text, key text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER import_made AFTER INSERT ON %I REFERENCING NEW TABLE AS made
        FOR EACH STATEMENT EXECUTE FUNCTION import_note_made(%L)', tab, key);
    EXECUTE format('CREATE TRIGGER import_changed AFTER UPDATE ON %I REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION import_note_changed(%L)', tab, key);
END $$;

CREATE FUNCTION public.import_note_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
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
END $_$;

CREATE FUNCTION public.import_note_made() RETURNS trigger
    LANGUAGE plpgsql
    AS $_$
DECLARE
    batch uuid := NULLIF(current_setting('app.import_batch', true), '')::uuid;
BEGIN
    IF batch IS NOT NULL THEN
        EXECUTE format('INSERT INTO import_change (batch_id, store_id, noun, row_id)
            SELECT $1, (SELECT store_id FROM import_batch WHERE id = $1), $2, %s FROM made r ON CONFLICT DO NOTHING', TG_ARGV[0])
            USING batch, TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $_$;

CREATE FUNCTION public.import_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public'
    SET default_statistics_target TO '25'
    AS $$
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

CREATE FUNCTION public.import_undo(batch uuid) RETURNS TABLE(noun text, removed bigint, restored bigint)
    LANGUAGE plpgsql
    AS $_$
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
END $_$;

CREATE FUNCTION public.last_visits(customers uuid[], vehicles uuid[]) RETURNS void
    LANGUAGE sql
    AS $$
    WITH n AS MATERIALIZED (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.customer_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(customers) k (id))
    UPDATE customer c SET last_visit_at = n.at FROM n WHERE c.id = n.id AND c.last_visit_at IS DISTINCT FROM n.at;
    WITH n AS MATERIALIZED (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.vehicle_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(vehicles) k (id))
    UPDATE vehicle v SET last_visit_at = n.at FROM n WHERE v.id = n.id AND v.last_visit_at IS DISTINCT FROM n.at;
$$;

CREATE FUNCTION public.policy_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM first_ends(array_agg(DISTINCT vehicle_id)) FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM first_ends(array_agg(DISTINCT vehicle_id)) FROM old_rows;
    ELSE
        PERFORM first_ends(array_agg(DISTINCT x.vehicle_id)) FROM (SELECT vehicle_id FROM new_rows UNION SELECT vehicle_id FROM old_rows) x;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.work_order_moved() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM last_visits(array_agg(DISTINCT customer_id), array_agg(DISTINCT vehicle_id)) FROM new_rows WHERE coalesce(delivered_at, settled_at) IS NOT NULL;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM last_visits(array_agg(DISTINCT customer_id), array_agg(DISTINCT vehicle_id)) FROM old_rows;
    ELSE
        PERFORM last_visits(array_agg(DISTINCT x.customer_id), array_agg(DISTINCT x.vehicle_id)) FROM (
            SELECT id, customer_id, vehicle_id, delivered_at, settled_at, state = 'voided' FROM new_rows
            EXCEPT SELECT id, customer_id, vehicle_id, delivered_at, settled_at, state = 'voided' FROM old_rows
            UNION (SELECT id, customer_id, vehicle_id, delivered_at, settled_at, state = 'voided' FROM old_rows
            EXCEPT SELECT id, customer_id, vehicle_id, delivered_at, settled_at, state = 'voided' FROM new_rows)) x;
    END IF;
    RETURN NULL;
END $$;

CREATE TABLE public.agent_session (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    node_id uuid NOT NULL,
    device text NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    since timestamp with time zone NOT NULL,
    before_lost text DEFAULT ''::text NOT NULL,
    wants text DEFAULT ''::text NOT NULL,
    wants_reason text DEFAULT ''::text NOT NULL,
    campaign_id uuid,
    task_id uuid,
    attempt_id uuid,
    muted boolean DEFAULT false NOT NULL,
    audio_up boolean DEFAULT false NOT NULL,
    signed_on_at timestamp with time zone NOT NULL,
    signed_off_at timestamp with time zone,
    page_node_id uuid,
    page_client text DEFAULT ''::text NOT NULL,
    CONSTRAINT agent_session_device_check CHECK ((device = ANY (ARRAY['browser'::text, 'phone'::text]))),
    CONSTRAINT agent_session_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'reserved'::text, 'preview'::text, 'dialing'::text, 'ringing'::text, 'talking'::text, 'holding'::text, 'consult'::text, 'wrapup'::text, 'paused'::text, 'lost'::text]))),
    CONSTRAINT agent_session_wants_check CHECK ((wants = ANY (ARRAY[''::text, 'paused'::text, 'offline'::text])))
);

ALTER TABLE ONLY public.agent_session FORCE ROW LEVEL SECURITY;

CREATE TABLE public.agent_state_log (
    id uuid NOT NULL,
    session_id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    attempt_id uuid,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone
);

ALTER TABLE ONLY public.agent_state_log FORCE ROW LEVEL SECURITY;

CREATE TABLE public.answer (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    response_id uuid NOT NULL,
    key text NOT NULL,
    repeat_no integer DEFAULT 1 NOT NULL,
    node text NOT NULL,
    dept text DEFAULT ''::text NOT NULL,
    factor text DEFAULT ''::text NOT NULL,
    value_num numeric,
    value_code text,
    value_codes text[],
    verbatim text,
    skipped text DEFAULT ''::text NOT NULL,
    seq integer NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    CONSTRAINT answer_skipped_check CHECK ((skipped = ANY (ARRAY[''::text, 'none'::text, 'na'::text, 'refused'::text, 'short'::text, 'not_applicable'::text])))
);

ALTER TABLE ONLY public.answer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.api_key (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    permissions text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by uuid,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone
);

ALTER TABLE ONLY public.api_key FORCE ROW LEVEL SECURITY;

CREATE TABLE public.app_user (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    login text NOT NULL,
    name_zh text NOT NULL,
    employee_no text DEFAULT ''::text NOT NULL,
    password_hash text NOT NULL,
    locale text DEFAULT 'zh-CN'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT app_user_locale_check CHECK ((locale = ANY (ARRAY['zh-CN'::text, 'en'::text])))
);

CREATE TABLE public.applied_command (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    result jsonb DEFAULT '{}'::jsonb NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.applied_command FORCE ROW LEVEL SECURITY;

CREATE TABLE public.appointment (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    vehicle_id uuid,
    slot_id uuid,
    starts_at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    items_zh text DEFAULT ''::text NOT NULL,
    source text NOT NULL,
    state text NOT NULL,
    late boolean DEFAULT false NOT NULL,
    advisor_name text DEFAULT ''::text NOT NULL,
    parts_ok boolean DEFAULT false NOT NULL,
    bay_ok boolean DEFAULT false NOT NULL,
    customer_ok boolean DEFAULT false NOT NULL,
    arrived_at timestamp with time zone,
    work_order_id uuid,
    closed_reason text DEFAULT ''::text NOT NULL,
    from_task_id uuid,
    replaces_id uuid,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT appointment_source_check CHECK ((source = ANY (ARRAY['in'::text, 'out'::text, 'advisor'::text, 'online'::text, 'rework'::text]))),
    CONSTRAINT appointment_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'booked'::text, 'confirmed'::text, 'arrived'::text, 'completed'::text, 'no_show'::text, 'rescheduled'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.appointment FORCE ROW LEVEL SECURITY;

CREATE TABLE public.appointment_slot (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone NOT NULL,
    capacity integer NOT NULL,
    used integer DEFAULT 0 NOT NULL,
    CONSTRAINT appointment_slot_check CHECK (((used >= 0) AND (used <= capacity)))
);

ALTER TABLE ONLY public.appointment_slot FORCE ROW LEVEL SECURITY;

CREATE TABLE public.attempt (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    campaign_id uuid,
    task_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    phone_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    called_last4 text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    epoch bigint DEFAULT 0 NOT NULL,
    node_id uuid,
    agent_id uuid,
    trunk_id uuid,
    caller_number text DEFAULT ''::text NOT NULL,
    planned_at timestamp with time zone NOT NULL,
    business_at timestamp with time zone NOT NULL,
    dialed_at timestamp with time zone,
    ringing_at timestamp with time zone,
    answered_at timestamp with time zone,
    bridged_at timestamp with time zone,
    ended_at timestamp with time zone,
    wrapped_at timestamp with time zone,
    line_result text DEFAULT ''::text NOT NULL,
    sip_code integer DEFAULT 0 NOT NULL,
    sip_reason text DEFAULT ''::text NOT NULL,
    hangup_by text DEFAULT ''::text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    disposition text DEFAULT ''::text NOT NULL,
    price double precision DEFAULT 0 NOT NULL,
    cancel_at timestamp with time zone,
    hangup_at timestamp with time zone,
    keys text DEFAULT ''::text NOT NULL,
    CONSTRAINT attempt_hangup_by_check CHECK ((hangup_by = ANY (ARRAY[''::text, 'customer'::text, 'agent'::text, 'system'::text, 'network'::text]))),
    CONSTRAINT attempt_mode_check CHECK ((mode = ANY (ARRAY['manual'::text, 'preview'::text, 'progressive'::text, 'predictive'::text]))),
    CONSTRAINT attempt_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text, 'wrap'::text, 'wrap_overdue'::text, 'done'::text, 'void'::text, 'refused'::text, 'failed'::text, 'abandoned'::text, 'machine'::text, 'unknown'::text])))
)
WITH (autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='10000');

ALTER TABLE ONLY public.attempt FORCE ROW LEVEL SECURITY;

CREATE TABLE public.audit_log (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid,
    at timestamp with time zone NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    action text NOT NULL,
    object text DEFAULT ''::text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bay_plan (
    store_id uuid NOT NULL,
    kind text NOT NULL,
    opens integer NOT NULL,
    closes integer NOT NULL,
    capacity integer NOT NULL,
    CONSTRAINT bay_plan_capacity_check CHECK ((capacity >= 0)),
    CONSTRAINT bay_plan_check CHECK ((opens < closes)),
    CONSTRAINT bay_plan_closes_check CHECK (((closes >= 1) AND (closes <= 1440))),
    CONSTRAINT bay_plan_kind_check CHECK ((kind = ANY (ARRAY['fast'::text, 'general'::text, 'body'::text]))),
    CONSTRAINT bay_plan_opens_check CHECK (((opens >= 0) AND (opens <= 1439)))
);

ALTER TABLE ONLY public.bay_plan FORCE ROW LEVEL SECURITY;

CREATE TABLE public.business_clock (
    singleton boolean DEFAULT true NOT NULL,
    offset_us bigint NOT NULL,
    CONSTRAINT business_clock_singleton_check CHECK (singleton)
);

CREATE TABLE public.call (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    direction text NOT NULL,
    node_id uuid NOT NULL,
    agent_id uuid,
    trunk_id uuid,
    called_last4 text DEFAULT ''::text NOT NULL,
    caller_number text DEFAULT ''::text NOT NULL,
    began_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    bridged_at timestamp with time zone,
    ended_at timestamp with time zone,
    end_cause text DEFAULT ''::text NOT NULL,
    CONSTRAINT call_direction_check CHECK ((direction = ANY (ARRAY['out'::text, 'in'::text, 'internal'::text])))
);

ALTER TABLE ONLY public.call FORCE ROW LEVEL SECURITY;

CREATE TABLE public.call_event (
    call_id uuid NOT NULL,
    seq integer NOT NULL,
    store_id uuid NOT NULL,
    at_us bigint NOT NULL,
    kind text NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY public.call_event FORCE ROW LEVEL SECURITY;

CREATE TABLE public.call_outcome (
    attempt_id uuid NOT NULL,
    store_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    disposition text DEFAULT ''::text NOT NULL,
    notes text DEFAULT ''::text NOT NULL,
    callback_at timestamp with time zone,
    early_reason text DEFAULT ''::text NOT NULL,
    wrap_until timestamp with time zone,
    saved_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone
);

ALTER TABLE ONLY public.call_outcome FORCE ROW LEVEL SECURITY;

CREATE TABLE public.caller_number (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    trunk_id uuid NOT NULL,
    number text NOT NULL,
    classes text[] DEFAULT '{service,reminder,commercial,care}'::text[] NOT NULL,
    daily_cap integer DEFAULT 300 NOT NULL,
    state text DEFAULT 'ok'::text NOT NULL,
    cooling_until timestamp with time zone,
    CONSTRAINT caller_number_state_check CHECK ((state = ANY (ARRAY['ok'::text, 'cooling'::text, 'stopped'::text])))
);

ALTER TABLE ONLY public.caller_number FORCE ROW LEVEL SECURITY;

CREATE TABLE public.campaign (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    name text NOT NULL,
    task_kind text NOT NULL,
    mode text NOT NULL,
    state text NOT NULL,
    state_reason text DEFAULT ''::text NOT NULL,
    caller_number_id uuid,
    ring_seconds integer DEFAULT 30 NOT NULL,
    cap_bp integer DEFAULT 150 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    window_from timestamp with time zone,
    priority smallint DEFAULT 5 NOT NULL,
    weight smallint DEFAULT 10 NOT NULL,
    dry boolean DEFAULT false NOT NULL,
    CONSTRAINT campaign_cap_bp_check CHECK (((cap_bp >= 0) AND (cap_bp <= 300))),
    CONSTRAINT campaign_mode_check CHECK ((mode = ANY (ARRAY['preview'::text, 'progressive'::text, 'predictive'::text]))),
    CONSTRAINT campaign_priority_check CHECK (((priority >= 1) AND (priority <= 9))),
    CONSTRAINT campaign_ring_seconds_check CHECK (((ring_seconds >= 20) AND (ring_seconds <= 35))),
    CONSTRAINT campaign_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'running'::text, 'paused'::text, 'draining'::text, 'completed'::text, 'cancelled'::text]))),
    CONSTRAINT campaign_weight_check CHECK (((weight >= 1) AND (weight <= 100)))
);

ALTER TABLE ONLY public.campaign FORCE ROW LEVEL SECURITY;

CREATE TABLE public.campaign_agent (
    campaign_id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid NOT NULL
);

ALTER TABLE ONLY public.campaign_agent FORCE ROW LEVEL SECURITY;

CREATE TABLE public.campaign_lease (
    campaign_id uuid NOT NULL,
    node_id uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);

CREATE TABLE public.campaign_log (
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    store_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    user_id uuid,
    what text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE ONLY public.campaign_log FORCE ROW LEVEL SECURITY;

CREATE TABLE public.campaign_vanished (
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.campaign_vanished FORCE ROW LEVEL SECURITY;

CREATE TABLE public.campaign_whatif (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    asked_by uuid,
    asked_at timestamp with time zone NOT NULL,
    question jsonb NOT NULL,
    state text NOT NULL,
    progress smallint DEFAULT 0 NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    took_ms integer DEFAULT 0 NOT NULL,
    result jsonb,
    CONSTRAINT campaign_whatif_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT campaign_whatif_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.campaign_whatif FORCE ROW LEVEL SECURITY;

CREATE TABLE public.churn_signal (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    vehicle_id uuid,
    task_id uuid,
    reason text NOT NULL,
    at timestamp with time zone NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    words text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.churn_signal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.consent (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    channel text NOT NULL,
    evidence text DEFAULT ''::text NOT NULL,
    at timestamp with time zone NOT NULL,
    by_user uuid,
    CONSTRAINT consent_state_check CHECK ((state = ANY (ARRAY['given'::text, 'refused'::text, 'withdrawn'::text])))
);

ALTER TABLE ONLY public.consent FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text DEFAULT 'person'::text NOT NULL,
    name_zh text NOT NULL,
    surname_zh text DEFAULT ''::text NOT NULL,
    honorific text DEFAULT ''::text NOT NULL,
    id_no_enc bytea,
    id_no_hash bytea,
    birthday text DEFAULT ''::text NOT NULL,
    address_zh text DEFAULT ''::text NOT NULL,
    postcode text DEFAULT ''::text NOT NULL,
    email text DEFAULT ''::text NOT NULL,
    segment text DEFAULT ''::text NOT NULL,
    club_member boolean DEFAULT false NOT NULL,
    club_level text DEFAULT ''::text NOT NULL,
    is_vip boolean DEFAULT false NOT NULL,
    preferred_time text DEFAULT ''::text NOT NULL,
    preferred_from time without time zone,
    preferred_to time without time zone,
    advisor_name text DEFAULT ''::text NOT NULL,
    source text DEFAULT 'import'::text NOT NULL,
    bringer_only boolean DEFAULT false NOT NULL,
    no_phone boolean DEFAULT false NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    freeze_until timestamp with time zone,
    merged_into uuid,
    is_synthetic boolean DEFAULT false NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    club_no text DEFAULT ''::text NOT NULL,
    cs_agent_id uuid,
    renewal_agent_id uuid,
    deceased_at timestamp with time zone,
    legal_hold text DEFAULT ''::text NOT NULL,
    last_visit_at timestamp with time zone,
    CONSTRAINT customer_honorific_check CHECK ((honorific = ANY (ARRAY[''::text, '先生'::text, '女士'::text]))),
    CONSTRAINT customer_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'company'::text])))
);

ALTER TABLE ONLY public.customer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_external (
    store_id uuid NOT NULL,
    external_no text NOT NULL,
    customer_id uuid NOT NULL
);

ALTER TABLE ONLY public.customer_external FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_merge (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    merged_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    by_user uuid,
    undone_at timestamp with time zone,
    undone_by uuid,
    case_id uuid,
    note text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.customer_merge FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_merge_row (
    merge_id uuid NOT NULL,
    store_id uuid NOT NULL,
    noun text NOT NULL,
    row_id text NOT NULL,
    before jsonb,
    after jsonb
);

ALTER TABLE ONLY public.customer_merge_row FORCE ROW LEVEL SECURITY;

CREATE TABLE public.customer_phone (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    phone_enc bytea NOT NULL,
    phone_hash bytea NOT NULL,
    last4 text NOT NULL,
    kind text NOT NULL,
    ext text DEFAULT ''::text NOT NULL,
    role text DEFAULT 'owner'::text NOT NULL,
    priority integer DEFAULT 1 NOT NULL,
    status text DEFAULT 'ok'::text NOT NULL,
    verified_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT customer_phone_kind_check CHECK ((kind = ANY (ARRAY['mobile'::text, 'landline'::text]))),
    CONSTRAINT customer_phone_priority_check CHECK (((priority >= 1) AND (priority <= 9))),
    CONSTRAINT customer_phone_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'bringer'::text, 'family'::text, 'company'::text, 'emergency'::text, 'other'::text]))),
    CONSTRAINT customer_phone_status_check CHECK ((status = ANY (ARRAY['ok'::text, 'wrong'::text, 'empty'::text, 'suspended'::text, 'staff'::text, 'shared'::text, 'fake'::text, 'unknown'::text])))
);

ALTER TABLE ONLY public.customer_phone FORCE ROW LEVEL SECURITY;

CREATE TABLE public.extension (
    number text NOT NULL,
    group_id uuid NOT NULL,
    user_id uuid NOT NULL,
    ha1_md5_enc bytea NOT NULL,
    ha1_sha256_enc bytea NOT NULL
);

CREATE TABLE public.import_batch (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    file_name text NOT NULL,
    sha256 bytea NOT NULL,
    size_bytes bigint NOT NULL,
    kind text DEFAULT ''::text NOT NULL,
    encoding text DEFAULT ''::text NOT NULL,
    sheet text DEFAULT ''::text NOT NULL,
    header_row integer DEFAULT 0 NOT NULL,
    mapping jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text NOT NULL,
    error_code text DEFAULT ''::text NOT NULL,
    error_zh text DEFAULT ''::text NOT NULL,
    error_en text DEFAULT ''::text NOT NULL,
    data_rows integer DEFAULT 0 NOT NULL,
    rows_done integer DEFAULT 0 NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    created_by uuid,
    source text DEFAULT 'upload'::text NOT NULL,
    asks boolean DEFAULT false NOT NULL,
    notes jsonb DEFAULT '[]'::jsonb NOT NULL,
    commit_at timestamp with time zone,
    undone_at timestamp with time zone,
    undone_by uuid,
    CONSTRAINT import_batch_source_check CHECK ((source = ANY (ARRAY['upload'::text, 'command'::text, 'folder'::text, 'api'::text]))),
    CONSTRAINT import_batch_state_check CHECK ((state = ANY (ARRAY['uploaded'::text, 'parsed'::text, 'committing'::text, 'done'::text, 'failed'::text, 'undone'::text])))
);

ALTER TABLE ONLY public.import_batch FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_change (
    batch_id uuid NOT NULL,
    store_id uuid NOT NULL,
    noun text NOT NULL,
    row_id text NOT NULL,
    before jsonb,
    after jsonb
);

ALTER TABLE ONLY public.import_change FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_mapping (
    store_id uuid NOT NULL,
    kind text NOT NULL,
    headings_hash bytea NOT NULL,
    columns jsonb NOT NULL,
    saved_at timestamp with time zone NOT NULL,
    saved_by uuid
);

ALTER TABLE ONLY public.import_mapping FORCE ROW LEVEL SECURITY;

CREATE TABLE public.import_row (
    batch_id uuid NOT NULL,
    store_id uuid NOT NULL,
    row_no integer NOT NULL,
    raw_enc bytea NOT NULL,
    codes text[] DEFAULT '{}'::text[] NOT NULL,
    outcome text NOT NULL,
    field text DEFAULT ''::text NOT NULL,
    reason_zh text DEFAULT ''::text NOT NULL,
    reason_en text DEFAULT ''::text NOT NULL,
    target_id uuid,
    CONSTRAINT import_row_outcome_check CHECK ((outcome = ANY (ARRAY['waiting'::text, 'new'::text, 'same'::text, 'updated'::text, 'superseded'::text, 'merged'::text, 'rejected'::text])))
);

ALTER TABLE ONLY public.import_row FORCE ROW LEVEL SECURITY;

CREATE TABLE public.insurer (
    store_id uuid NOT NULL,
    name text NOT NULL,
    approved boolean DEFAULT true NOT NULL
);

ALTER TABLE ONLY public.insurer FORCE ROW LEVEL SECURITY;

CREATE TABLE public.letter (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    template text NOT NULL,
    rule text DEFAULT ''::text NOT NULL,
    once_key text,
    fields jsonb DEFAULT '{}'::jsonb NOT NULL,
    postcode text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    subject jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    printed_at timestamp with time zone,
    mailed_at timestamp with time zone,
    CONSTRAINT letter_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'printed'::text, 'mailed'::text, 'returned'::text, 'dropped'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.letter FORCE ROW LEVEL SECURITY;

CREATE TABLE public.list_view (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    list text NOT NULL,
    owner_id uuid NOT NULL,
    name text NOT NULL,
    shared boolean DEFAULT false NOT NULL,
    filters text[] DEFAULT '{}'::text[] NOT NULL,
    sort text DEFAULT ''::text NOT NULL,
    columns text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT list_view_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY public.list_view FORCE ROW LEVEL SECURITY;

CREATE TABLE public.list_view_default (
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    list text NOT NULL,
    view_id uuid NOT NULL
);

ALTER TABLE ONLY public.list_view_default FORCE ROW LEVEL SECURITY;

CREATE TABLE public.login_throttle (
    key text NOT NULL,
    failures integer NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL
);

CREATE TABLE public.maintenance_plan (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    vehicle_kind text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    first_months integer NOT NULL,
    first_km integer NOT NULL,
    period_months integer NOT NULL,
    period_km integer NOT NULL,
    stop_after_days integer DEFAULT 90 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT maintenance_plan_first_km_check CHECK ((first_km > 0)),
    CONSTRAINT maintenance_plan_first_months_check CHECK (((first_months >= 1) AND (first_months <= 60))),
    CONSTRAINT maintenance_plan_period_km_check CHECK ((period_km > 0)),
    CONSTRAINT maintenance_plan_period_months_check CHECK (((period_months >= 1) AND (period_months <= 60))),
    CONSTRAINT maintenance_plan_stop_after_days_check CHECK ((stop_after_days > 0)),
    CONSTRAINT maintenance_plan_vehicle_kind_check CHECK ((vehicle_kind = ANY (ARRAY['car'::text, 'ebike'::text])))
);

ALTER TABLE ONLY public.maintenance_plan FORCE ROW LEVEL SECURITY;

CREATE TABLE public.merge_case (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text NOT NULL,
    customer_id uuid NOT NULL,
    other_id uuid,
    vehicle_id uuid,
    evidence jsonb DEFAULT '{}'::jsonb NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    closed_by uuid,
    proposed_by uuid,
    proposed_at timestamp with time zone,
    proposal text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT merge_case_kind_check CHECK ((kind = ANY (ARRAY['same_person'::text, 'ownership'::text, 'phone'::text, 'fill_blank'::text]))),
    CONSTRAINT merge_case_state_check CHECK ((state = ANY (ARRAY['open'::text, 'same'::text, 'different'::text, 'done'::text])))
);

ALTER TABLE ONLY public.merge_case FORCE ROW LEVEL SECURITY;

CREATE TABLE public.node (
    id uuid NOT NULL,
    name text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    heartbeat_at timestamp with time zone NOT NULL,
    stopped_at timestamp with time zone,
    sip_addr text DEFAULT ''::text NOT NULL,
    steady_at timestamp with time zone
);

CREATE TABLE public.notice (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    role text NOT NULL,
    urgency text DEFAULT ''::text NOT NULL,
    text_zh text NOT NULL,
    subject jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone,
    seen_by uuid
);

ALTER TABLE ONLY public.notice FORCE ROW LEVEL SECURITY;

CREATE TABLE public.number_attempt (
    group_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    attempt_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    answered boolean DEFAULT false NOT NULL,
    class text DEFAULT ''::text NOT NULL,
    agreed boolean DEFAULT false NOT NULL
);

CREATE TABLE public.number_dnc (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    last4 text NOT NULL,
    scope text NOT NULL,
    source text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone,
    evidence text DEFAULT ''::text NOT NULL,
    created_by uuid,
    merge_id uuid,
    CONSTRAINT number_dnc_scope_check CHECK ((scope = ANY (ARRAY['all'::text, 'survey'::text, 'commercial'::text, 'sms'::text]))),
    CONSTRAINT number_dnc_source_check CHECK ((source = ANY (ARRAY['customer'::text, 'agent'::text, 'sms_reply'::text, 'regulator'::text, 'import'::text, 'court'::text])))
);

CREATE TABLE public.number_staff (
    group_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    staff_id uuid NOT NULL,
    since timestamp with time zone NOT NULL
);

CREATE TABLE public.number_survey (
    group_id uuid NOT NULL,
    phone_hash bytea NOT NULL,
    task_id uuid NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE public.outbox (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    actor_id uuid,
    subject jsonb DEFAULT '{}'::jsonb NOT NULL,
    data jsonb DEFAULT '{}'::jsonb NOT NULL,
    relayed_at timestamp with time zone
);

ALTER TABLE public.outbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.outbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.ownership (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    role text NOT NULL,
    from_day date,
    to_day date,
    CONSTRAINT ownership_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'user'::text, 'bringer'::text])))
);

ALTER TABLE ONLY public.ownership FORCE ROW LEVEL SECURITY;

CREATE TABLE public.policy (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    policy_no text NOT NULL,
    kind text NOT NULL,
    insurer text NOT NULL,
    vehicle_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    insured_name text DEFAULT ''::text NOT NULL,
    applicant_name text DEFAULT ''::text NOT NULL,
    start_day date NOT NULL,
    end_day date NOT NULL,
    premium_fen bigint,
    vehicle_tax_fen bigint,
    commission_bp integer,
    commission_fen bigint,
    claims_count integer,
    underwriting text DEFAULT ''::text NOT NULL,
    underwriting_text text DEFAULT ''::text NOT NULL,
    sold_by text DEFAULT ''::text NOT NULL,
    sold_on date,
    previous_insurer text DEFAULT ''::text NOT NULL,
    channel text DEFAULT ''::text NOT NULL,
    source text NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_hash bytea NOT NULL,
    import_batch_id uuid,
    is_synthetic boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT policy_check CHECK ((start_day <= end_day)),
    CONSTRAINT policy_kind_check CHECK ((kind = ANY (ARRAY['compulsory'::text, 'commercial'::text]))),
    CONSTRAINT policy_source_check CHECK ((source = ANY (ARRAY['own'::text, 'imported'::text, 'heard'::text])))
);

ALTER TABLE ONLY public.policy FORCE ROW LEVEL SECURITY;

CREATE TABLE public.quick_form (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    no text NOT NULL,
    attempt_id uuid,
    response_id uuid,
    customer_id uuid NOT NULL,
    vehicle_id uuid,
    work_order_id uuid,
    verbatim text NOT NULL,
    categories text[] NOT NULL,
    level text NOT NULL,
    demand text DEFAULT ''::text NOT NULL,
    contact_time text DEFAULT ''::text NOT NULL,
    safe_to_drive text DEFAULT ''::text NOT NULL,
    departments text[] DEFAULT '{}'::text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.quick_form FORCE ROW LEVEL SECURITY;

CREATE TABLE public.quote (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    renewal_id uuid NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    insurer text DEFAULT ''::text NOT NULL,
    asked text DEFAULT ''::text NOT NULL,
    cover_zh text DEFAULT ''::text NOT NULL,
    compulsory_fen bigint DEFAULT 0 NOT NULL,
    tax_fen bigint DEFAULT 0 NOT NULL,
    commercial_fen bigint DEFAULT 0 NOT NULL,
    total_fen bigint GENERATED ALWAYS AS (((compulsory_fen + tax_fen) + commercial_fen)) STORED,
    valid_until date,
    channel text DEFAULT 'sms'::text NOT NULL,
    proposal boolean DEFAULT false NOT NULL,
    sms_id uuid,
    sent_at timestamp with time zone,
    created_by uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT quote_commercial_fen_check CHECK ((commercial_fen >= 0)),
    CONSTRAINT quote_compulsory_fen_check CHECK ((compulsory_fen >= 0)),
    CONSTRAINT quote_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'sent'::text, 'viewed'::text, 'accepted'::text, 'expired'::text, 'replaced'::text]))),
    CONSTRAINT quote_tax_fen_check CHECK ((tax_fen >= 0))
);

ALTER TABLE ONLY public.quote FORCE ROW LEVEL SECURITY;

CREATE TABLE public.refusal (
    task_id uuid NOT NULL,
    rule text NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    outcome text NOT NULL,
    until_at timestamp with time zone,
    figure jsonb DEFAULT '{}'::jsonb NOT NULL,
    reason_zh text NOT NULL,
    reason_en text NOT NULL,
    times integer DEFAULT 1 NOT NULL,
    first_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone NOT NULL,
    cause text DEFAULT 'time'::text NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT refusal_cause_check CHECK ((cause = ANY (ARRAY['time'::text, 'file'::text, 'house'::text, 'agent'::text, 'never'::text]))),
    CONSTRAINT refusal_outcome_check CHECK ((outcome = ANY (ARRAY['wait'::text, 'stop'::text])))
);

ALTER TABLE ONLY public.refusal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.renewal (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    policy_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    expiry date NOT NULL,
    year_index integer DEFAULT 2 NOT NULL,
    stage text NOT NULL,
    agent_id uuid,
    confirmed_at timestamp with time zone,
    next_contact_at timestamp with time zone,
    next_contact_way text DEFAULT ''::text NOT NULL,
    last_contact_at timestamp with time zone,
    intention text DEFAULT ''::text NOT NULL,
    competitor text DEFAULT ''::text NOT NULL,
    competitor_price_fen bigint,
    lost_reason text DEFAULT ''::text NOT NULL,
    lost_words text DEFAULT ''::text NOT NULL,
    lost_at timestamp with time zone,
    lost_confirmed_at timestamp with time zone,
    invalid_reason text DEFAULT ''::text NOT NULL,
    bound_policy_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    bound_at timestamp with time zone,
    premium_before_fen bigint DEFAULT 0 NOT NULL,
    premium_after_fen bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT renewal_stage_check CHECK ((stage = ANY (ARRAY['listed'::text, 'confirmed'::text, 'notified'::text, 'contacting'::text, 'interested'::text, 'quoted'::text, 'following'::text, 'committed'::text, 'bound'::text, 'lost'::text, 'lapsed'::text, 'invalid'::text])))
);

ALTER TABLE ONLY public.renewal FORCE ROW LEVEL SECURITY;

CREATE TABLE public.renewal_log (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    renewal_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_id uuid,
    way text DEFAULT ''::text NOT NULL,
    from_stage text NOT NULL,
    to_stage text NOT NULL,
    words text DEFAULT ''::text NOT NULL
);

ALTER TABLE ONLY public.renewal_log FORCE ROW LEVEL SECURITY;

CREATE TABLE public.response (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    task_id uuid NOT NULL,
    attempt_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    script_id text NOT NULL,
    script_version integer NOT NULL,
    variables jsonb DEFAULT '{}'::jsonb NOT NULL,
    node text NOT NULL,
    path jsonb DEFAULT '[]'::jsonb NOT NULL,
    identified boolean DEFAULT false NOT NULL,
    short boolean DEFAULT false NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    completed boolean DEFAULT false NOT NULL,
    outcome text DEFAULT ''::text NOT NULL,
    score_index integer,
    nps integer
);

ALTER TABLE ONLY public.response FORCE ROW LEVEL SECURITY;

CREATE TABLE public.rework (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    work_order_id uuid,
    customer_id uuid NOT NULL,
    response_id uuid,
    fault_text text NOT NULL,
    state text DEFAULT 'reported'::text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    cause text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    decided_words text DEFAULT ''::text NOT NULL,
    CONSTRAINT rework_cause_check CHECK ((cause = ANY (ARRAY[''::text, 'misdiagnosis'::text, 'workmanship'::text, 'part_defect'::text, 'wrong_part'::text, 'omission'::text, 'qc_escape'::text, 'paint_defect'::text, 'no_part'::text, 'intermittent'::text, 'same_fault'::text, 'customer_use'::text, 'other'::text])))
);

ALTER TABLE ONLY public.rework FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sale_delivery (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    delivered_at timestamp with time zone NOT NULL,
    delivered_day date NOT NULL,
    consultant_name text DEFAULT ''::text NOT NULL,
    contract_no text DEFAULT ''::text NOT NULL,
    invoice_fen bigint,
    first_service_until date,
    insurer text DEFAULT ''::text NOT NULL,
    policy_no text DEFAULT ''::text NOT NULL,
    gifts text DEFAULT ''::text NOT NULL,
    documents text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_hash bytea NOT NULL,
    import_batch_id uuid,
    is_synthetic boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.sale_delivery FORCE ROW LEVEL SECURITY;

CREATE TABLE public.script_effect (
    response_id uuid NOT NULL,
    node text NOT NULL,
    idx integer NOT NULL,
    store_id uuid NOT NULL,
    action text NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.script_effect FORCE ROW LEVEL SECURITY;

CREATE TABLE public.script_version (
    script_id text NOT NULL,
    version integer NOT NULL,
    title_zh text NOT NULL,
    title_en text NOT NULL,
    sha256 bytea NOT NULL,
    body text NOT NULL,
    published_at timestamp with time zone NOT NULL
);

CREATE TABLE public.session (
    token_hash bytea NOT NULL,
    user_id uuid NOT NULL,
    store_id uuid NOT NULL,
    csrf_token text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    ip text DEFAULT ''::text NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL
);

CREATE TABLE public.sms (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    phone_id uuid NOT NULL,
    template text NOT NULL,
    text_zh text NOT NULL,
    state text NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    group_id uuid,
    class text DEFAULT 'service'::text NOT NULL,
    asked boolean DEFAULT false NOT NULL,
    rule text DEFAULT ''::text NOT NULL,
    once_key text,
    not_before timestamp with time zone,
    useless_at timestamp with time zone,
    segments integer DEFAULT 1 NOT NULL,
    subject jsonb DEFAULT '{}'::jsonb NOT NULL,
    gateway_id text DEFAULT ''::text NOT NULL,
    error_code text DEFAULT ''::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone,
    leased_until timestamp with time zone,
    receipt_at timestamp with time zone,
    CONSTRAINT sms_class_check CHECK ((class = ANY (ARRAY['service'::text, 'reminder'::text, 'commercial'::text, 'care'::text]))),
    CONSTRAINT sms_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'blocked'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.sms FORCE ROW LEVEL SECURITY;

CREATE TABLE public.sms_reply (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    sms_id uuid,
    gateway_id text NOT NULL,
    last4 text NOT NULL,
    text_zh text NOT NULL,
    opt_out boolean NOT NULL,
    at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.sms_reply FORCE ROW LEVEL SECURITY;

CREATE TABLE public.staff (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    employee_no text NOT NULL,
    name_zh text NOT NULL,
    "position" text DEFAULT ''::text NOT NULL,
    department text DEFAULT ''::text NOT NULL,
    mobile_enc bytea,
    mobile_last4 text DEFAULT ''::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone NOT NULL
);

ALTER TABLE ONLY public.staff FORCE ROW LEVEL SECURITY;

CREATE TABLE public.store (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    code text NOT NULL,
    name_zh text NOT NULL,
    short_name_zh text NOT NULL,
    kind text NOT NULL,
    hotline text NOT NULL,
    area_code text DEFAULT ''::text NOT NULL,
    city text DEFAULT ''::text NOT NULL,
    address_zh text DEFAULT ''::text NOT NULL,
    call_windows jsonb NOT NULL,
    call_days integer[] DEFAULT '{0,1,2,3,4,5,6}'::integer[] NOT NULL,
    day_mode text DEFAULT 'workday'::text NOT NULL,
    is_synthetic boolean DEFAULT false NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT store_day_mode_check CHECK ((day_mode = ANY (ARRAY['workday'::text, 'natural'::text]))),
    CONSTRAINT store_kind_check CHECK ((kind = ANY (ARRAY['car_4s'::text, 'ebike'::text, 'repair_station'::text])))
);

CREATE TABLE public.store_group (
    id uuid NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    settings jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);

CREATE TABLE public.task (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text NOT NULL,
    class text NOT NULL,
    state text NOT NULL,
    customer_id uuid NOT NULL,
    vehicle_id uuid,
    work_order_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    subject_key text NOT NULL,
    reason text NOT NULL,
    campaign_id uuid,
    script_id text NOT NULL,
    script_version integer NOT NULL,
    priority integer NOT NULL,
    not_before timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    phone_id uuid,
    assignee_id uuid,
    not_user_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    skill text DEFAULT ''::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    max_attempts integer DEFAULT 4 NOT NULL,
    next_attempt_at timestamp with time zone,
    callback_at timestamp with time zone,
    last_line_result text DEFAULT ''::text NOT NULL,
    last_disposition text DEFAULT ''::text NOT NULL,
    blocked_reason text DEFAULT ''::text NOT NULL,
    completed_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    channel text DEFAULT 'call'::text NOT NULL,
    dial_mode text DEFAULT ''::text NOT NULL,
    pool text DEFAULT ''::text NOT NULL,
    wish text DEFAULT ''::text NOT NULL,
    window_days integer[] DEFAULT '{}'::integer[] NOT NULL,
    window_from time without time zone,
    window_to time without time zone,
    callback_user_id uuid,
    heals_at timestamp with time zone,
    renewal_id uuid,
    appointment_id uuid,
    phone_fix_id uuid,
    note text DEFAULT ''::text NOT NULL,
    tried_at timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[] NOT NULL,
    CONSTRAINT task_channel_check CHECK ((channel = ANY (ARRAY['call'::text, 'form'::text, 'data'::text]))),
    CONSTRAINT task_class_check CHECK ((class = ANY (ARRAY['service'::text, 'reminder'::text, 'commercial'::text, 'care'::text]))),
    CONSTRAINT task_dial_mode_check CHECK ((dial_mode = ANY (ARRAY[''::text, 'preview'::text]))),
    CONSTRAINT task_priority_check CHECK (((priority >= 0) AND (priority <= 100))),
    CONSTRAINT task_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'queued'::text, 'in_progress'::text, 'retry_wait'::text, 'blocked'::text, 'completed'::text, 'exhausted'::text, 'refused'::text, 'excluded'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.task FORCE ROW LEVEL SECURITY;

CREATE TABLE public.trunk (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    transport text DEFAULT 'udp'::text NOT NULL,
    username text DEFAULT ''::text NOT NULL,
    password_enc bytea,
    max_cps integer DEFAULT 5 NOT NULL,
    max_channels integer DEFAULT 30 NOT NULL,
    is_simulator boolean DEFAULT false NOT NULL,
    active boolean DEFAULT true NOT NULL,
    CONSTRAINT trunk_max_channels_check CHECK ((max_channels > 0)),
    CONSTRAINT trunk_max_cps_check CHECK ((max_cps > 0)),
    CONSTRAINT trunk_transport_check CHECK ((transport = ANY (ARRAY['udp'::text, 'tcp'::text])))
);

CREATE TABLE public.user_role (
    user_id uuid NOT NULL,
    store_id uuid NOT NULL,
    role text NOT NULL,
    CONSTRAINT user_role_role_check CHECK ((role = ANY (ARRAY['cs_agent'::text, 'info_clerk'::text, 'supervisor'::text, 'cs_manager'::text, 'admin'::text])))
);

ALTER TABLE ONLY public.user_role FORCE ROW LEVEL SECURITY;

CREATE TABLE public.user_skill (
    user_id uuid NOT NULL,
    store_id uuid NOT NULL,
    skill text NOT NULL,
    level integer DEFAULT 3 NOT NULL,
    CONSTRAINT user_skill_level_check CHECK (((level >= 1) AND (level <= 5)))
);

ALTER TABLE ONLY public.user_skill FORCE ROW LEVEL SECURITY;

CREATE TABLE public.vehicle (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    kind text DEFAULT 'car'::text NOT NULL,
    vin text,
    vin_valid boolean DEFAULT false NOT NULL,
    frame_no text,
    plate text DEFAULT ''::text NOT NULL,
    brand text DEFAULT ''::text NOT NULL,
    series text DEFAULT ''::text NOT NULL,
    model text DEFAULT ''::text NOT NULL,
    energy text DEFAULT ''::text NOT NULL,
    sale_date date,
    warranty_end_date date,
    warranty_end_km integer,
    mileage_last integer,
    mileage_at date,
    next_due_date date,
    next_due_km integer,
    status text DEFAULT 'active'::text NOT NULL,
    is_synthetic boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    vin8 text DEFAULT ''::text NOT NULL,
    engine_no text DEFAULT ''::text NOT NULL,
    motor_no text DEFAULT ''::text NOT NULL,
    colour text DEFAULT ''::text NOT NULL,
    first_reg_date date,
    use_kind text DEFAULT ''::text NOT NULL,
    sale_store text DEFAULT ''::text NOT NULL,
    purchase_card_no text DEFAULT ''::text NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    last_visit_at timestamp with time zone,
    policy_end date,
    vin6 text GENERATED ALWAYS AS ("right"(vin8, 6)) STORED,
    CONSTRAINT vehicle_kind_check CHECK ((kind = ANY (ARRAY['car'::text, 'ebike'::text]))),
    CONSTRAINT vehicle_status_check CHECK ((status = ANY (ARRAY['active'::text, 'sold'::text, 'scrapped'::text, 'idle'::text, 'stolen'::text])))
);

ALTER TABLE ONLY public.vehicle FORCE ROW LEVEL SECURITY;

CREATE TABLE public.vehicle_plate_history (
    id uuid NOT NULL,
    store_id uuid NOT NULL,
    vehicle_id uuid NOT NULL,
    plate text NOT NULL,
    from_day date,
    to_day date
);

ALTER TABLE ONLY public.vehicle_plate_history FORCE ROW LEVEL SECURITY;

CREATE TABLE public.work_day (
    day date NOT NULL,
    is_workday boolean,
    is_quiet boolean DEFAULT false NOT NULL,
    name text NOT NULL
);

CREATE TABLE public.work_order (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    store_id uuid NOT NULL,
    ro_no text NOT NULL,
    kind text NOT NULL,
    kind_text text DEFAULT ''::text NOT NULL,
    state text NOT NULL,
    vehicle_id uuid NOT NULL,
    customer_id uuid NOT NULL,
    advisor_name text DEFAULT ''::text NOT NULL,
    technician text DEFAULT ''::text NOT NULL,
    opened_at timestamp with time zone,
    promised_at timestamp with time zone,
    inspected_at timestamp with time zone,
    settled_at timestamp with time zone,
    delivered_at timestamp with time zone,
    delivery_assumed boolean DEFAULT false NOT NULL,
    mileage_in integer,
    parts_fen bigint,
    labour_fen bigint,
    other_fen bigint,
    discount_fen bigint,
    total_fen bigint,
    paid_by text DEFAULT ''::text NOT NULL,
    is_paint_job boolean DEFAULT false NOT NULL,
    fault_text text DEFAULT ''::text NOT NULL,
    items_text text DEFAULT ''::text NOT NULL,
    advice_text text DEFAULT ''::text NOT NULL,
    next_due_date date,
    next_due_km integer,
    preferred_call_time text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    extra jsonb DEFAULT '{}'::jsonb NOT NULL,
    content_hash bytea NOT NULL,
    import_batch_id uuid,
    is_synthetic boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    came_at timestamp with time zone GENERATED ALWAYS AS (COALESCE(delivered_at, settled_at, opened_at, created_at)) STORED,
    CONSTRAINT work_order_state_check CHECK ((state = ANY (ARRAY['open'::text, 'in_work'::text, 'finished'::text, 'settled'::text, 'delivered'::text, 'voided'::text])))
);

ALTER TABLE ONLY public.work_order FORCE ROW LEVEL SECURITY;

CREATE TABLE public.work_year (
    year integer NOT NULL
);

ALTER TABLE ONLY public.agent_session
    ADD CONSTRAINT agent_session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agent_state_log
    ADD CONSTRAINT agent_state_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT answer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT answer_response_id_key_repeat_no_key UNIQUE (response_id, key, repeat_no);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_key_hash_key UNIQUE (key_hash);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_login_key UNIQUE (login);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.applied_command
    ADD CONSTRAINT applied_command_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appointment_slot
    ADD CONSTRAINT appointment_slot_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.appointment_slot
    ADD CONSTRAINT appointment_slot_store_id_kind_from_at_key UNIQUE (store_id, kind, from_at);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bay_plan
    ADD CONSTRAINT bay_plan_pkey PRIMARY KEY (store_id, kind);

ALTER TABLE ONLY public.business_clock
    ADD CONSTRAINT business_clock_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY public.call_event
    ADD CONSTRAINT call_event_pkey PRIMARY KEY (call_id, seq);

ALTER TABLE ONLY public.call_outcome
    ADD CONSTRAINT call_outcome_pkey PRIMARY KEY (attempt_id);

ALTER TABLE ONLY public.call
    ADD CONSTRAINT call_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.caller_number
    ADD CONSTRAINT caller_number_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.caller_number
    ADD CONSTRAINT caller_number_store_id_number_key UNIQUE (store_id, number);

ALTER TABLE ONLY public.campaign_agent
    ADD CONSTRAINT campaign_agent_pkey PRIMARY KEY (campaign_id, user_id);

ALTER TABLE ONLY public.campaign_lease
    ADD CONSTRAINT campaign_lease_pkey PRIMARY KEY (campaign_id);

ALTER TABLE ONLY public.campaign_log
    ADD CONSTRAINT campaign_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_store_id_name_key UNIQUE (store_id, name);

ALTER TABLE ONLY public.campaign_vanished
    ADD CONSTRAINT campaign_vanished_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.campaign_whatif
    ADD CONSTRAINT campaign_whatif_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_task_id_reason_key UNIQUE (task_id, reason);

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_external
    ADD CONSTRAINT customer_external_pkey PRIMARY KEY (store_id, external_no);

ALTER TABLE ONLY public.customer_merge
    ADD CONSTRAINT customer_merge_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer_merge_row
    ADD CONSTRAINT customer_merge_row_pkey PRIMARY KEY (merge_id, noun, row_id);

ALTER TABLE ONLY public.customer_phone
    ADD CONSTRAINT customer_phone_customer_id_phone_hash_key UNIQUE (customer_id, phone_hash);

ALTER TABLE ONLY public.customer_phone
    ADD CONSTRAINT customer_phone_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.extension
    ADD CONSTRAINT extension_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.extension
    ADD CONSTRAINT extension_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT import_batch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.import_change
    ADD CONSTRAINT import_change_pkey PRIMARY KEY (batch_id, noun, row_id);

ALTER TABLE ONLY public.import_mapping
    ADD CONSTRAINT import_mapping_pkey PRIMARY KEY (store_id, headings_hash);

ALTER TABLE ONLY public.import_row
    ADD CONSTRAINT import_row_pkey PRIMARY KEY (batch_id, row_no);

ALTER TABLE ONLY public.insurer
    ADD CONSTRAINT insurer_pkey PRIMARY KEY (store_id, name);

ALTER TABLE ONLY public.letter
    ADD CONSTRAINT letter_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.list_view_default
    ADD CONSTRAINT list_view_default_pkey PRIMARY KEY (store_id, user_id, list);

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.maintenance_plan
    ADD CONSTRAINT maintenance_plan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.maintenance_plan
    ADD CONSTRAINT maintenance_plan_store_id_vehicle_kind_model_key UNIQUE (store_id, vehicle_kind, model);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.number_attempt
    ADD CONSTRAINT number_attempt_pkey PRIMARY KEY (group_id, phone_hash, at, attempt_id);

ALTER TABLE ONLY public.number_dnc
    ADD CONSTRAINT number_dnc_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.number_staff
    ADD CONSTRAINT number_staff_pkey PRIMARY KEY (group_id, phone_hash);

ALTER TABLE ONLY public.number_survey
    ADD CONSTRAINT number_survey_pkey PRIMARY KEY (group_id, phone_hash, task_id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_id_key UNIQUE (id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT ownership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT ownership_vehicle_id_customer_id_role_key UNIQUE (vehicle_id, customer_id, role);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_store_id_policy_no_key UNIQUE (store_id, policy_no);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_store_id_no_key UNIQUE (store_id, no);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_renewal_id_version_key UNIQUE (renewal_id, version);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_pkey PRIMARY KEY (task_id, rule);

ALTER TABLE ONLY public.renewal_log
    ADD CONSTRAINT renewal_log_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_store_id_vehicle_id_expiry_key UNIQUE (store_id, vehicle_id, expiry);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_attempt_id_key UNIQUE (attempt_id);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_store_id_vehicle_id_delivered_day_customer_id_key UNIQUE (store_id, vehicle_id, delivered_day, customer_id);

ALTER TABLE ONLY public.script_effect
    ADD CONSTRAINT script_effect_pkey PRIMARY KEY (response_id, node, idx);

ALTER TABLE ONLY public.script_version
    ADD CONSTRAINT script_version_pkey PRIMARY KEY (script_id, version);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (token_hash);

ALTER TABLE ONLY public.sms
    ADD CONSTRAINT sms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sms_reply
    ADD CONSTRAINT sms_reply_gateway_id_key UNIQUE (gateway_id);

ALTER TABLE ONLY public.sms_reply
    ADD CONSTRAINT sms_reply_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_store_id_employee_no_key UNIQUE (store_id, employee_no);

ALTER TABLE ONLY public.store_group
    ADD CONSTRAINT store_group_code_key UNIQUE (code);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_group_id_code_key UNIQUE (group_id, code);

ALTER TABLE ONLY public.store_group
    ADD CONSTRAINT store_group_name_key UNIQUE (name);

ALTER TABLE ONLY public.store_group
    ADD CONSTRAINT store_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.trunk
    ADD CONSTRAINT trunk_group_id_name_key UNIQUE (group_id, name);

ALTER TABLE ONLY public.trunk
    ADD CONSTRAINT trunk_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.user_role
    ADD CONSTRAINT user_role_pkey PRIMARY KEY (user_id, store_id, role);

ALTER TABLE ONLY public.user_skill
    ADD CONSTRAINT user_skill_pkey PRIMARY KEY (store_id, user_id, skill);

ALTER TABLE ONLY public.vehicle
    ADD CONSTRAINT vehicle_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.vehicle_plate_history
    ADD CONSTRAINT vehicle_plate_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.work_day
    ADD CONSTRAINT work_day_pkey PRIMARY KEY (day);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_store_id_ro_no_key UNIQUE (store_id, ro_no);

ALTER TABLE ONLY public.work_year
    ADD CONSTRAINT work_year_pkey PRIMARY KEY (year);

CREATE UNIQUE INDEX agent_session_one ON public.agent_session USING btree (user_id) WHERE (signed_off_at IS NULL);

CREATE INDEX agent_session_ready ON public.agent_session USING btree (campaign_id, since) WHERE ((signed_off_at IS NULL) AND (state = 'ready'::text));

CREATE INDEX agent_state_log_session ON public.agent_state_log USING btree (session_id, from_at);

CREATE INDEX agent_state_log_user ON public.agent_state_log USING btree (user_id, from_at);

CREATE INDEX answer_day ON public.answer USING btree (store_id, saved_at);

CREATE INDEX applied_command_at ON public.applied_command USING btree (at);

CREATE INDEX appointment_customer ON public.appointment USING btree (customer_id, starts_at);

CREATE INDEX appointment_day ON public.appointment USING btree (store_id, starts_at);

CREATE INDEX appointment_from_task ON public.appointment USING btree (from_task_id) WHERE (from_task_id IS NOT NULL);

CREATE UNIQUE INDEX appointment_one_ahead ON public.appointment USING btree (vehicle_id, reason) WHERE (state = ANY (ARRAY['requested'::text, 'booked'::text, 'confirmed'::text]));

CREATE INDEX appointment_order ON public.appointment USING btree (work_order_id) WHERE (work_order_id IS NOT NULL);

CREATE INDEX attempt_abandoned ON public.attempt USING btree (campaign_id, answered_at) WHERE (state = 'abandoned'::text);

CREATE INDEX attempt_agent ON public.attempt USING btree (agent_id, planned_at) WHERE (agent_id IS NOT NULL);

CREATE INDEX attempt_asked ON public.attempt USING btree (node_id) WHERE (((hangup_at IS NOT NULL) OR (keys <> ''::text)) AND (state = ANY (ARRAY['dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text])));

CREATE INDEX attempt_caller ON public.attempt USING btree (store_id, caller_number, business_at);

CREATE INDEX attempt_campaign ON public.attempt USING btree (campaign_id, planned_at);

CREATE INDEX attempt_cancel ON public.attempt USING btree (node_id) WHERE ((cancel_at IS NOT NULL) AND (state = ANY (ARRAY['dialing'::text, 'ringing'::text])));

CREATE INDEX attempt_channel ON public.attempt USING btree (store_id, trunk_id) WHERE (state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text]));

CREATE INDEX attempt_customer ON public.attempt USING btree (customer_id, business_at DESC);

CREATE INDEX attempt_customer_planned ON public.attempt USING btree (customer_id, planned_at);

CREATE INDEX attempt_day ON public.attempt USING btree (store_id, business_at);

CREATE INDEX attempt_dialed ON public.attempt USING btree (trunk_id, dialed_at) WHERE (dialed_at IS NOT NULL);

CREATE INDEX attempt_in_hand ON public.attempt USING btree (agent_id, planned_at) WHERE (state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text, 'wrap'::text, 'wrap_overdue'::text]));

CREATE INDEX attempt_live ON public.attempt USING btree (node_id) WHERE (state = ANY (ARRAY['dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text]));

CREATE INDEX attempt_next ON public.attempt USING btree (((agent_id IS NULL)), planned_at) WHERE (state = 'planned'::text);

CREATE UNIQUE INDEX attempt_one_per_number ON public.attempt USING btree (group_id, phone_hash) WHERE (state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text]));

CREATE UNIQUE INDEX attempt_one_per_task ON public.attempt USING btree (task_id) WHERE (state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text]));

CREATE INDEX attempt_open ON public.attempt USING btree (campaign_id) WHERE (state = ANY (ARRAY['planned'::text, 'dialing'::text, 'ringing'::text, 'checking'::text, 'answered'::text, 'bridged'::text, 'wrap'::text, 'wrap_overdue'::text]));

CREATE INDEX attempt_persons ON public.attempt USING btree (campaign_id, answered_at) WHERE (answered_at IS NOT NULL);

CREATE INDEX attempt_phone ON public.attempt USING btree (phone_id) WHERE (phone_id IS NOT NULL);

CREATE INDEX attempt_task ON public.attempt USING btree (task_id, planned_at);

CREATE INDEX attempt_wrap ON public.attempt USING btree (state) WHERE (state = ANY (ARRAY['wrap'::text, 'wrap_overdue'::text]));

CREATE INDEX audit_log_at ON public.audit_log USING btree (store_id, at);

CREATE INDEX call_began ON public.call USING btree (store_id, began_at);

CREATE INDEX campaign_log_newest ON public.campaign_log USING btree (campaign_id, at);

CREATE INDEX campaign_vanished_at ON public.campaign_vanished USING btree (campaign_id, at);

CREATE INDEX campaign_whatif_newest ON public.campaign_whatif USING btree (campaign_id, asked_at);

CREATE UNIQUE INDEX campaign_whatif_one ON public.campaign_whatif USING btree (store_id) WHERE (state = 'running'::text);

CREATE INDEX churn_signal_customer ON public.churn_signal USING btree (customer_id, at);

CREATE INDEX consent_newest ON public.consent USING btree (customer_id, purpose, at DESC);

CREATE INDEX consent_state ON public.consent USING btree (store_id, purpose, state, customer_id);

CREATE INDEX customer_created ON public.customer USING btree (store_id, created_at, id) WHERE (merged_into IS NULL);

CREATE INDEX customer_id_no ON public.customer USING btree (store_id, id_no_hash) WHERE (id_no_hash IS NOT NULL);

CREATE INDEX customer_merge_at ON public.customer_merge USING btree (store_id, at);

CREATE UNIQUE INDEX customer_merge_one ON public.customer_merge USING btree (merged_id) WHERE (undone_at IS NULL);

CREATE INDEX customer_merge_survivor ON public.customer_merge USING btree (survivor_id, at);

CREATE INDEX customer_merged_into ON public.customer USING btree (merged_into) WHERE (merged_into IS NOT NULL);

CREATE INDEX customer_name ON public.customer USING btree (store_id, name_zh text_pattern_ops);

CREATE INDEX customer_phone_hash ON public.customer_phone USING btree (store_id, phone_hash);

CREATE INDEX customer_phone_last4 ON public.customer_phone USING btree (store_id, last4);

CREATE INDEX customer_sorted ON public.customer USING btree (store_id, name_zh, id) WHERE (merged_into IS NULL);

CREATE INDEX customer_visit ON public.customer USING btree (store_id, last_visit_at, id) WHERE (merged_into IS NULL);

CREATE INDEX import_batch_going ON public.import_batch USING btree (store_id) WHERE (state = ANY (ARRAY['uploaded'::text, 'committing'::text]));

CREATE INDEX import_batch_newest ON public.import_batch USING btree (store_id, created_at DESC);

CREATE INDEX import_batch_sha ON public.import_batch USING btree (store_id, sha256);

CREATE INDEX import_change_row ON public.import_change USING btree (store_id, noun, row_id);

CREATE INDEX import_row_told ON public.import_row USING btree (batch_id, row_no) WHERE (codes <> '{}'::text[]);

CREATE INDEX import_row_waiting ON public.import_row USING btree (batch_id, row_no) WHERE (outcome = 'waiting'::text);

CREATE INDEX letter_customer ON public.letter USING btree (customer_id);

CREATE UNIQUE INDEX letter_once ON public.letter USING btree (store_id, once_key) WHERE (once_key IS NOT NULL);

CREATE INDEX letter_waiting ON public.letter USING btree (store_id, state, postcode);

CREATE INDEX list_view_default_view ON public.list_view_default USING btree (view_id);

CREATE UNIQUE INDEX list_view_own ON public.list_view USING btree (store_id, list, owner_id, name) WHERE (NOT shared);

CREATE UNIQUE INDEX list_view_shared ON public.list_view USING btree (store_id, list, name) WHERE shared;

CREATE INDEX merge_case_customer ON public.merge_case USING btree (customer_id);

CREATE INDEX merge_case_newest ON public.merge_case USING btree (store_id, state, created_at DESC);

CREATE INDEX merge_case_open ON public.merge_case USING btree (store_id, created_at) WHERE (state = 'open'::text);

CREATE INDEX merge_case_other ON public.merge_case USING btree (other_id) WHERE (other_id IS NOT NULL);

CREATE INDEX merge_case_vehicle ON public.merge_case USING btree (vehicle_id) WHERE (vehicle_id IS NOT NULL);

CREATE INDEX number_dnc_merge ON public.number_dnc USING btree (merge_id) WHERE (merge_id IS NOT NULL);

CREATE INDEX number_dnc_number ON public.number_dnc USING btree (group_id, phone_hash);

CREATE UNIQUE INDEX number_dnc_one ON public.number_dnc USING btree (group_id, phone_hash, scope) WHERE (to_at IS NULL);

CREATE INDEX outbox_waiting ON public.outbox USING btree (seq) WHERE (relayed_at IS NULL);

CREATE INDEX ownership_customer ON public.ownership USING btree (customer_id);

CREATE INDEX policy_customer ON public.policy USING btree (customer_id);

CREATE INDEX policy_end ON public.policy USING btree (store_id, end_day, id);

CREATE INDEX policy_no ON public.policy USING btree (store_id, policy_no text_pattern_ops);

CREATE INDEX policy_premium ON public.policy USING btree (store_id, premium_fen, id);

CREATE INDEX policy_sold ON public.policy USING btree (store_id, sold_on) WHERE (sold_on IS NOT NULL);

CREATE INDEX policy_vehicle ON public.policy USING btree (vehicle_id, end_day);

CREATE INDEX quick_form_customer ON public.quick_form USING btree (customer_id, created_at DESC);

CREATE INDEX quick_form_newest ON public.quick_form USING btree (store_id, created_at DESC, id);

CREATE INDEX quote_sent ON public.quote USING btree (store_id, sent_at) WHERE (sent_at IS NOT NULL);

CREATE INDEX refusal_held ON public.refusal USING btree (store_id, task_id) WHERE ((ended_at IS NULL) AND (cause = ANY (ARRAY['file'::text, 'house'::text])));

CREATE INDEX refusal_newest ON public.refusal USING btree (store_id, last_at DESC);

CREATE INDEX renewal_customer ON public.renewal USING btree (customer_id);

CREATE INDEX renewal_ends ON public.renewal USING btree (store_id, expiry);

CREATE INDEX renewal_expiry ON public.renewal USING btree (store_id, expiry) WHERE (stage <> ALL (ARRAY['bound'::text, 'lost'::text, 'invalid'::text]));

CREATE INDEX renewal_log_renewal ON public.renewal_log USING btree (renewal_id, at);

CREATE UNIQUE INDEX renewal_one_open ON public.renewal USING btree (vehicle_id) WHERE (stage <> ALL (ARRAY['bound'::text, 'lost'::text, 'invalid'::text]));

CREATE INDEX response_customer ON public.response USING btree (customer_id);

CREATE INDEX response_finished ON public.response USING btree (store_id, finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX response_task ON public.response USING btree (task_id, started_at);

CREATE INDEX rework_reported ON public.rework USING btree (store_id, reported_at);

CREATE INDEX rework_state ON public.rework USING btree (store_id, state, reported_at);

CREATE INDEX sale_delivery_customer ON public.sale_delivery USING btree (customer_id);

CREATE INDEX sale_delivery_day ON public.sale_delivery USING btree (store_id, delivered_day);

CREATE INDEX sale_delivery_vehicle ON public.sale_delivery USING btree (vehicle_id);

CREATE INDEX session_expiry ON public.session USING btree (expires_at);

CREATE INDEX sms_customer ON public.sms USING btree (customer_id, created_at DESC);

CREATE INDEX sms_gateway ON public.sms USING btree (gateway_id) WHERE (gateway_id <> ''::text);

CREATE UNIQUE INDEX sms_once ON public.sms USING btree (store_id, once_key) WHERE (once_key IS NOT NULL);

CREATE INDEX sms_phone ON public.sms USING btree (phone_id) WHERE (phone_id IS NOT NULL);

CREATE INDEX sms_waiting ON public.sms USING btree (not_before) WHERE (state = 'queued'::text);

CREATE INDEX task_agreed ON public.task USING btree (store_id, kind, callback_at) WHERE ((callback_at IS NOT NULL) AND (state = ANY (ARRAY['pending'::text, 'queued'::text, 'retry_wait'::text])));

CREATE INDEX task_appointment ON public.task USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);

CREATE INDEX task_assignee ON public.task USING btree (assignee_id, customer_id) WHERE (assignee_id IS NOT NULL);

CREATE INDEX task_blocked ON public.task USING btree (store_id, due_at) WHERE (state = 'blocked'::text);

CREATE INDEX task_callback ON public.task USING btree (store_id, callback_at) WHERE (state = 'retry_wait'::text);

CREATE INDEX task_customer ON public.task USING btree (customer_id);

CREATE INDEX task_due ON public.task USING btree (store_id, due_at, id);

CREATE INDEX task_in_hand ON public.task USING btree (store_id, customer_id) WHERE (state = 'in_progress'::text);

CREATE INDEX task_made ON public.task USING btree (store_id, created_at, id);

CREATE INDEX task_next ON public.task USING btree (store_id, kind, priority DESC, due_at, created_at, id) WHERE (state = ANY (ARRAY['pending'::text, 'queued'::text, 'retry_wait'::text]));

CREATE UNIQUE INDEX task_one_open ON public.task USING btree (store_id, kind, subject_key) WHERE (state = ANY (ARRAY['pending'::text, 'queued'::text, 'in_progress'::text, 'retry_wait'::text, 'blocked'::text]));

CREATE INDEX task_phone ON public.task USING btree (phone_id) WHERE (phone_id IS NOT NULL);

CREATE INDEX task_phone_fix ON public.task USING btree (phone_fix_id) WHERE (phone_fix_id IS NOT NULL);

CREATE INDEX task_renewal ON public.task USING btree (renewal_id) WHERE (renewal_id IS NOT NULL);

CREATE INDEX task_ripe ON public.task USING btree (store_id, kind, priority, not_before) WHERE (state = ANY (ARRAY['pending'::text, 'queued'::text, 'retry_wait'::text]));

CREATE INDEX task_subject ON public.task USING btree (store_id, subject_key);

CREATE INDEX task_vehicle ON public.task USING btree (vehicle_id, kind) WHERE (vehicle_id IS NOT NULL);

CREATE INDEX vehicle_card ON public.vehicle USING btree (store_id, purchase_card_no) WHERE (purchase_card_no <> ''::text);

CREATE INDEX vehicle_cover ON public.vehicle USING btree (store_id, policy_end, id);

CREATE INDEX vehicle_created ON public.vehicle USING btree (store_id, created_at, id);

CREATE INDEX vehicle_due ON public.vehicle USING btree (store_id, next_due_date, id);

CREATE UNIQUE INDEX vehicle_frame ON public.vehicle USING btree (store_id, frame_no) WHERE (frame_no IS NOT NULL);

CREATE INDEX vehicle_mileage ON public.vehicle USING btree (store_id, mileage_last, id);

CREATE INDEX vehicle_plate ON public.vehicle USING btree (store_id, plate) WHERE (plate <> ''::text);

CREATE INDEX vehicle_plate_history_plate ON public.vehicle_plate_history USING btree (store_id, plate);

CREATE INDEX vehicle_plate_history_vehicle ON public.vehicle_plate_history USING btree (vehicle_id);

CREATE INDEX vehicle_sold ON public.vehicle USING btree (store_id, sale_date, id);

CREATE UNIQUE INDEX vehicle_vin ON public.vehicle USING btree (store_id, vin) WHERE (vin IS NOT NULL);

CREATE INDEX vehicle_vin6 ON public.vehicle USING btree (store_id, vin6) WHERE (vin8 <> ''::text);

CREATE INDEX vehicle_vin8 ON public.vehicle USING btree (store_id, vin8) WHERE (vin8 <> ''::text);

CREATE INDEX vehicle_visit ON public.vehicle USING btree (store_id, last_visit_at, id);

CREATE INDEX work_order_amount ON public.work_order USING btree (store_id, total_fen, id);

CREATE INDEX work_order_came ON public.work_order USING btree (store_id, came_at, id);

CREATE INDEX work_order_customer ON public.work_order USING btree (customer_id, delivered_at);

CREATE INDEX work_order_delivered ON public.work_order USING btree (store_id, delivered_at DESC, id);

CREATE INDEX work_order_no ON public.work_order USING btree (store_id, ro_no text_pattern_ops);

CREATE INDEX work_order_opened ON public.work_order USING btree (store_id, opened_at DESC, id);

CREATE INDEX work_order_reading ON public.work_order USING btree (vehicle_id, opened_at DESC) WHERE (mileage_in IS NOT NULL);

CREATE INDEX work_order_vehicle ON public.work_order USING btree (vehicle_id, delivered_at);

CREATE INDEX work_order_visit ON public.work_order USING btree (vehicle_id, COALESCE(delivered_at, settled_at) DESC);

CREATE TRIGGER ends_changed AFTER UPDATE ON public.policy REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.policy_moved();

CREATE TRIGGER ends_gone AFTER DELETE ON public.policy REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.policy_moved();

CREATE TRIGGER ends_made AFTER INSERT ON public.policy REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.policy_moved();

CREATE TRIGGER import_changed AFTER UPDATE ON public.appointment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.churn_signal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.consent REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.customer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.customer_external REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.store_id::text || r.external_no');

CREATE TRIGGER import_changed AFTER UPDATE ON public.customer_phone REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.letter REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.merge_case REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.notice REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.number_dnc REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.number_staff REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.group_id::text || encode(r.phone_hash, ''hex'')');

CREATE TRIGGER import_changed AFTER UPDATE ON public.ownership REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.policy REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.quote REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.renewal REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.renewal_log REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.sale_delivery REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.sms REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.staff REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.task REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.vehicle REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.vehicle_plate_history REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_changed AFTER UPDATE ON public.work_order REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_changed('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.appointment REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.churn_signal REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.consent REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.customer REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.customer_external REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.store_id::text || r.external_no');

CREATE TRIGGER import_made AFTER INSERT ON public.customer_phone REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.letter REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.merge_case REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.notice REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.number_dnc REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.number_staff REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.group_id::text || encode(r.phone_hash, ''hex'')');

CREATE TRIGGER import_made AFTER INSERT ON public.ownership REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.policy REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.quote REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.renewal REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.renewal_log REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.sale_delivery REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.sms REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.staff REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.task REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.vehicle REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.vehicle_plate_history REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER import_made AFTER INSERT ON public.work_order REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.import_note_made('r.id::text');

CREATE TRIGGER merge_followed AFTER INSERT ON public.appointment REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.attempt REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.churn_signal REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.consent REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.customer_external REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('external_no');

CREATE TRIGGER merge_followed AFTER INSERT ON public.customer_phone REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.letter REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.merge_case REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.ownership REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.policy REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.quick_form REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.renewal REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.response REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.rework REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.sale_delivery REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.sms REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.task REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER merge_followed AFTER INSERT ON public.work_order REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION public.follow_merge('id');

CREATE TRIGGER visits_changed AFTER UPDATE ON public.work_order REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.work_order_moved();

CREATE TRIGGER visits_gone AFTER DELETE ON public.work_order REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.work_order_moved();

CREATE TRIGGER visits_made AFTER INSERT ON public.work_order REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.work_order_moved();

ALTER TABLE ONLY public.agent_session
    ADD CONSTRAINT agent_session_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.agent_session
    ADD CONSTRAINT agent_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.agent_state_log
    ADD CONSTRAINT agent_state_log_session_id_fkey FOREIGN KEY (session_id) REFERENCES public.agent_session(id);

ALTER TABLE ONLY public.answer
    ADD CONSTRAINT answer_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.response(id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.app_user
    ADD CONSTRAINT app_user_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_from_task_id_fkey FOREIGN KEY (from_task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_replaces_id_fkey FOREIGN KEY (replaces_id) REFERENCES public.appointment(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES public.appointment_slot(id);

ALTER TABLE ONLY public.appointment_slot
    ADD CONSTRAINT appointment_slot_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES public.work_order(id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.customer_phone(id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.attempt
    ADD CONSTRAINT attempt_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.bay_plan
    ADD CONSTRAINT bay_plan_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.call_event
    ADD CONSTRAINT call_event_call_id_fkey FOREIGN KEY (call_id) REFERENCES public.call(id);

ALTER TABLE ONLY public.call_outcome
    ADD CONSTRAINT call_outcome_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES public.attempt(id);

ALTER TABLE ONLY public.caller_number
    ADD CONSTRAINT caller_number_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.caller_number
    ADD CONSTRAINT caller_number_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.caller_number
    ADD CONSTRAINT caller_number_trunk_id_fkey FOREIGN KEY (trunk_id) REFERENCES public.trunk(id);

ALTER TABLE ONLY public.campaign_agent
    ADD CONSTRAINT campaign_agent_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.campaign_agent
    ADD CONSTRAINT campaign_agent_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_caller_number_id_fkey FOREIGN KEY (caller_number_id) REFERENCES public.caller_number(id);

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.campaign_lease
    ADD CONSTRAINT campaign_lease_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.campaign_log
    ADD CONSTRAINT campaign_log_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.campaign
    ADD CONSTRAINT campaign_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.campaign_vanished
    ADD CONSTRAINT campaign_vanished_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.campaign_vanished
    ADD CONSTRAINT campaign_vanished_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.campaign_whatif
    ADD CONSTRAINT campaign_whatif_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES public.campaign(id);

ALTER TABLE ONLY public.campaign_whatif
    ADD CONSTRAINT campaign_whatif_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.churn_signal
    ADD CONSTRAINT churn_signal_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.consent
    ADD CONSTRAINT consent_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_cs_agent_id_fkey FOREIGN KEY (cs_agent_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.customer_external
    ADD CONSTRAINT customer_external_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.customer_external
    ADD CONSTRAINT customer_external_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.customer_merge
    ADD CONSTRAINT customer_merge_case_id_fkey FOREIGN KEY (case_id) REFERENCES public.merge_case(id);

ALTER TABLE ONLY public.customer_merge
    ADD CONSTRAINT customer_merge_merged_id_fkey FOREIGN KEY (merged_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.customer_merge_row
    ADD CONSTRAINT customer_merge_row_merge_id_fkey FOREIGN KEY (merge_id) REFERENCES public.customer_merge(id);

ALTER TABLE ONLY public.customer_merge_row
    ADD CONSTRAINT customer_merge_row_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.customer_merge
    ADD CONSTRAINT customer_merge_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.customer_merge
    ADD CONSTRAINT customer_merge_survivor_id_fkey FOREIGN KEY (survivor_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES public.customer(id);

ALTER TABLE ONLY public.customer_phone
    ADD CONSTRAINT customer_phone_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.customer_phone
    ADD CONSTRAINT customer_phone_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_renewal_agent_id_fkey FOREIGN KEY (renewal_agent_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.extension
    ADD CONSTRAINT extension_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.extension
    ADD CONSTRAINT extension_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.import_batch
    ADD CONSTRAINT import_batch_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.import_change
    ADD CONSTRAINT import_change_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.import_batch(id);

ALTER TABLE ONLY public.import_change
    ADD CONSTRAINT import_change_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.import_mapping
    ADD CONSTRAINT import_mapping_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.import_row
    ADD CONSTRAINT import_row_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES public.import_batch(id);

ALTER TABLE ONLY public.insurer
    ADD CONSTRAINT insurer_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.letter
    ADD CONSTRAINT letter_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.letter
    ADD CONSTRAINT letter_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.letter
    ADD CONSTRAINT letter_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.list_view_default
    ADD CONSTRAINT list_view_default_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.list_view_default
    ADD CONSTRAINT list_view_default_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.list_view_default
    ADD CONSTRAINT list_view_default_view_id_fkey FOREIGN KEY (view_id) REFERENCES public.list_view(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.list_view
    ADD CONSTRAINT list_view_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.maintenance_plan
    ADD CONSTRAINT maintenance_plan_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_other_id_fkey FOREIGN KEY (other_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.merge_case
    ADD CONSTRAINT merge_case_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.number_attempt
    ADD CONSTRAINT number_attempt_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.number_dnc
    ADD CONSTRAINT number_dnc_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.number_dnc
    ADD CONSTRAINT number_dnc_merge_id_fkey FOREIGN KEY (merge_id) REFERENCES public.customer_merge(id);

ALTER TABLE ONLY public.number_staff
    ADD CONSTRAINT number_staff_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.number_survey
    ADD CONSTRAINT number_survey_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT ownership_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT ownership_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT ownership_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.policy
    ADD CONSTRAINT policy_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES public.attempt(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.response(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.quick_form
    ADD CONSTRAINT quick_form_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES public.work_order(id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_renewal_id_fkey FOREIGN KEY (renewal_id) REFERENCES public.renewal(id);

ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.refusal
    ADD CONSTRAINT refusal_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.renewal_log
    ADD CONSTRAINT renewal_log_renewal_id_fkey FOREIGN KEY (renewal_id) REFERENCES public.renewal(id);

ALTER TABLE ONLY public.renewal_log
    ADD CONSTRAINT renewal_log_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.renewal
    ADD CONSTRAINT renewal_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_attempt_id_fkey FOREIGN KEY (attempt_id) REFERENCES public.attempt(id);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.response
    ADD CONSTRAINT response_task_id_fkey FOREIGN KEY (task_id) REFERENCES public.task(id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.response(id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.rework
    ADD CONSTRAINT rework_work_order_id_fkey FOREIGN KEY (work_order_id) REFERENCES public.work_order(id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.sale_delivery
    ADD CONSTRAINT sale_delivery_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.script_effect
    ADD CONSTRAINT script_effect_response_id_fkey FOREIGN KEY (response_id) REFERENCES public.response(id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.sms
    ADD CONSTRAINT sms_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.sms
    ADD CONSTRAINT sms_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.sms
    ADD CONSTRAINT sms_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.customer_phone(id);

ALTER TABLE ONLY public.sms_reply
    ADD CONSTRAINT sms_reply_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.sms_reply
    ADD CONSTRAINT sms_reply_sms_id_fkey FOREIGN KEY (sms_id) REFERENCES public.sms(id);

ALTER TABLE ONLY public.sms_reply
    ADD CONSTRAINT sms_reply_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.sms
    ADD CONSTRAINT sms_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.staff
    ADD CONSTRAINT staff_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.store
    ADD CONSTRAINT store_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_phone_fix_id_fkey FOREIGN KEY (phone_fix_id) REFERENCES public.customer_phone(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_phone_id_fkey FOREIGN KEY (phone_id) REFERENCES public.customer_phone(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.task
    ADD CONSTRAINT task_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.trunk
    ADD CONSTRAINT trunk_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.user_role
    ADD CONSTRAINT user_role_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.user_role
    ADD CONSTRAINT user_role_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.user_skill
    ADD CONSTRAINT user_skill_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.user_skill
    ADD CONSTRAINT user_skill_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.app_user(id);

ALTER TABLE ONLY public.vehicle
    ADD CONSTRAINT vehicle_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.vehicle_plate_history
    ADD CONSTRAINT vehicle_plate_history_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.vehicle_plate_history
    ADD CONSTRAINT vehicle_plate_history_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE ONLY public.vehicle
    ADD CONSTRAINT vehicle_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.store_group(id);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_store_id_fkey FOREIGN KEY (store_id) REFERENCES public.store(id);

ALTER TABLE ONLY public.work_order
    ADD CONSTRAINT work_order_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicle(id);

ALTER TABLE public.agent_session ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent_state_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.answer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.api_key ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.applied_command ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.appointment ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.appointment_slot ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.attempt ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bay_plan ENABLE ROW LEVEL SECURITY;

CREATE POLICY by_store ON public.agent_session USING ((store_id = ANY (( SELECT (NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))) WITH CHECK ((store_id = ANY (( SELECT (NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));

CREATE POLICY by_store ON public.agent_state_log USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.answer USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.api_key USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.applied_command USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.appointment USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.appointment_slot USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.attempt USING ((store_id = ANY (( SELECT (NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[] AS "nullif")::uuid[]))) WITH CHECK ((store_id = ANY (( SELECT (NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[] AS "nullif")::uuid[])));

CREATE POLICY by_store ON public.audit_log USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.bay_plan USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.call USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.call_event USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.call_outcome USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.caller_number USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.campaign USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.campaign_agent USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.campaign_log USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.campaign_vanished USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.campaign_whatif USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.churn_signal USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.consent USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.customer USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.customer_external USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.customer_merge USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.customer_merge_row USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.customer_phone USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.import_batch USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.import_change USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.import_mapping USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.import_row USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.insurer USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.letter USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.list_view USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.list_view_default USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.maintenance_plan USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.merge_case USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.notice USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.ownership USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.policy USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.quick_form USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.quote USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.refusal USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.renewal USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.renewal_log USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.response USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.rework USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.sale_delivery USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.script_effect USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.sms USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.sms_reply USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.staff USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.task USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.user_role USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.user_skill USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.vehicle USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.vehicle_plate_history USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

CREATE POLICY by_store ON public.work_order USING ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[]))) WITH CHECK ((store_id = ANY ((NULLIF(current_setting('app.stores'::text, true), ''::text))::uuid[])));

ALTER TABLE public.call ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.call_event ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.call_outcome ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.caller_number ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_agent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_vanished ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_whatif ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.churn_signal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.consent ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_external ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_merge ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_merge_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.customer_phone ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_batch ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_change ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_mapping ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.import_row ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.insurer ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.letter ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.list_view ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.list_view_default ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.maintenance_plan ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.merge_case ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.ownership ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.policy ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quick_form ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.quote ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.refusal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.renewal ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.renewal_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.response ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.rework ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sale_delivery ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.script_effect ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.sms_reply ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.staff ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.task ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_role ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.user_skill ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.vehicle ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.vehicle_plate_history ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.work_order ENABLE ROW LEVEL SECURITY;
