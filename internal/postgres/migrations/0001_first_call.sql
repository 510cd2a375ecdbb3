-- +goose Up
-- Every table with store_id is under row-level security, but for those the
-- design names (session, outbox, node-wide leases). Ids are UUIDv7 made in Go.

-- internal/clock: business time = real time + offset.
CREATE TABLE business_clock (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    offset_us bigint NOT NULL
);

-- crm/dealer ------------------------------------------------------------------
CREATE TABLE store_group (
    id         uuid PRIMARY KEY,
    name       text NOT NULL UNIQUE,
    code       text NOT NULL UNIQUE,
    settings   jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);

CREATE TABLE store (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL REFERENCES store_group,
    code          text NOT NULL,
    name_zh       text NOT NULL,
    short_name_zh text NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('car_4s', 'ebike', 'repair_station')),
    hotline       text NOT NULL,
    area_code     text NOT NULL DEFAULT '',
    city          text NOT NULL DEFAULT '',
    address_zh    text NOT NULL DEFAULT '',
    call_windows  jsonb NOT NULL, -- [{"from":"10:00","to":"12:00"},{"from":"15:00","to":"18:00"}], spec D-04
    call_days     integer[] NOT NULL DEFAULT '{0,1,2,3,4,5,6}', -- weekdays, 0 = Sunday
    day_mode      text NOT NULL DEFAULT 'workday' CHECK (day_mode IN ('workday', 'natural')),
    is_synthetic  boolean NOT NULL DEFAULT false,
    settings      jsonb NOT NULL DEFAULT '{}',
    created_at    timestamptz NOT NULL,
    UNIQUE (group_id, code)
);

-- Days that differ from the plain week (spec 2.2.40): holidays, make-up working
-- days, quiet days. A year is known when work_year has it.
CREATE TABLE work_year (year integer PRIMARY KEY);
CREATE TABLE work_day (
    day        date PRIMARY KEY,
    is_workday boolean, -- null: as the weekday says
    is_quiet   boolean NOT NULL DEFAULT false,
    name       text NOT NULL
);

CREATE TABLE staff (
    id          uuid PRIMARY KEY,
    group_id    uuid NOT NULL REFERENCES store_group,
    store_id    uuid NOT NULL REFERENCES store,
    employee_no text NOT NULL,
    name_zh     text NOT NULL,
    position    text NOT NULL DEFAULT '',
    department  text NOT NULL DEFAULT '',
    mobile_enc  bytea,
    mobile_last4 text NOT NULL DEFAULT '',
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL,
    UNIQUE (store_id, employee_no)
);
CREATE TABLE number_staff ( -- group-wide fact about a number
    group_id   uuid NOT NULL REFERENCES store_group,
    phone_hash bytea NOT NULL,
    staff_id   uuid NOT NULL,
    since      timestamptz NOT NULL,
    PRIMARY KEY (group_id, phone_hash)
);

-- internal/auth ---------------------------------------------------------------
CREATE TABLE app_user (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL REFERENCES store_group,
    login         text NOT NULL UNIQUE,
    name_zh       text NOT NULL,
    employee_no   text NOT NULL DEFAULT '',
    password_hash text NOT NULL,
    locale        text NOT NULL DEFAULT 'zh-CN' CHECK (locale IN ('zh-CN', 'en')),
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL
);
CREATE TABLE user_role (
    user_id  uuid NOT NULL REFERENCES app_user,
    store_id uuid NOT NULL REFERENCES store,
    role     text NOT NULL CHECK (role IN ('cs_agent', 'info_clerk', 'supervisor', 'cs_manager', 'admin')),
    PRIMARY KEY (user_id, store_id, role)
);
CREATE TABLE session (
    token_hash bytea PRIMARY KEY, -- SHA-256 of the cookie's value
    user_id    uuid NOT NULL REFERENCES app_user,
    store_id   uuid NOT NULL REFERENCES store, -- the one active store
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ip         text NOT NULL DEFAULT '',
    user_agent text NOT NULL DEFAULT ''
);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE login_throttle ( -- by login and by source address
    key          text PRIMARY KEY,
    failures     integer NOT NULL,
    blocked_until timestamptz NOT NULL,
    last_at      timestamptz NOT NULL
);
CREATE TABLE audit_log (
    id        uuid PRIMARY KEY,
    group_id  uuid NOT NULL,
    store_id  uuid NOT NULL,
    user_id   uuid,
    at        timestamptz NOT NULL,
    ip        text NOT NULL DEFAULT '',
    action    text NOT NULL,
    object    text NOT NULL DEFAULT '',
    detail    jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_log_at ON audit_log (store_id, at);

-- internal/events -------------------------------------------------------------
CREATE TABLE outbox (
    seq        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid NOT NULL UNIQUE,
    group_id   uuid NOT NULL,
    store_id   uuid NOT NULL,
    at         timestamptz NOT NULL,
    kind       text NOT NULL,
    actor_id   uuid,
    subject    jsonb NOT NULL DEFAULT '{}', -- ids by noun
    data       jsonb NOT NULL DEFAULT '{}', -- no personal data beyond last four digits
    relayed_at timestamptz
);
CREATE INDEX outbox_waiting ON outbox (seq) WHERE relayed_at IS NULL;

-- telephony -------------------------------------------------------------------
CREATE TABLE node (
    id           uuid PRIMARY KEY,
    name         text NOT NULL,
    started_at   timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL, -- real time
    stopped_at   timestamptz
);
CREATE TABLE trunk (
    id           uuid PRIMARY KEY,
    group_id     uuid NOT NULL REFERENCES store_group,
    name         text NOT NULL,
    address      text NOT NULL, -- host:port
    transport    text NOT NULL DEFAULT 'udp' CHECK (transport IN ('udp', 'tcp')),
    username     text NOT NULL DEFAULT '',
    password_enc bytea,
    max_cps      integer NOT NULL DEFAULT 5 CHECK (max_cps > 0),
    max_channels integer NOT NULL DEFAULT 30 CHECK (max_channels > 0),
    is_simulator boolean NOT NULL DEFAULT false,
    active       boolean NOT NULL DEFAULT true,
    UNIQUE (group_id, name)
);
CREATE TABLE caller_number (
    id        uuid PRIMARY KEY,
    group_id  uuid NOT NULL REFERENCES store_group,
    store_id  uuid NOT NULL REFERENCES store,
    trunk_id  uuid NOT NULL REFERENCES trunk,
    number    text NOT NULL,
    classes   text[] NOT NULL DEFAULT '{service,reminder,commercial,care}',
    daily_cap integer NOT NULL DEFAULT 300,
    state     text NOT NULL DEFAULT 'ok' CHECK (state IN ('ok', 'cooling', 'stopped')),
    UNIQUE (store_id, number)
);
CREATE TABLE extension (
    number      text PRIMARY KEY,
    group_id    uuid NOT NULL REFERENCES store_group,
    user_id     uuid NOT NULL UNIQUE REFERENCES app_user,
    ha1_md5_enc    bytea NOT NULL, -- sealed HA1 of realm "ringback", RFC 7616
    ha1_sha256_enc bytea NOT NULL
);
CREATE TABLE call (
    id          uuid PRIMARY KEY, -- the attempt's id when outbound
    group_id    uuid NOT NULL,
    store_id    uuid NOT NULL,
    direction   text NOT NULL CHECK (direction IN ('out', 'in', 'internal')),
    node_id     uuid NOT NULL,
    agent_id    uuid,
    trunk_id    uuid,
    called_last4 text NOT NULL DEFAULT '',
    caller_number text NOT NULL DEFAULT '',
    began_at    timestamptz NOT NULL, -- real time
    answered_at timestamptz,
    bridged_at  timestamptz,
    ended_at    timestamptz,
    end_cause   text NOT NULL DEFAULT ''
);
CREATE INDEX call_began ON call (store_id, began_at);
CREATE TABLE call_event ( -- append only; the truth for figures
    call_id  uuid NOT NULL REFERENCES call,
    seq      integer NOT NULL,
    store_id uuid NOT NULL,
    at_us    bigint NOT NULL, -- microseconds since call.began_at
    kind     text NOT NULL,
    data     jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (call_id, seq)
);

-- telephony/acd ---------------------------------------------------------------
CREATE TABLE agent_session (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL,
    store_id      uuid NOT NULL REFERENCES store,
    user_id       uuid NOT NULL REFERENCES app_user,
    node_id       uuid NOT NULL,
    device        text NOT NULL CHECK (device IN ('browser', 'phone')),
    state         text NOT NULL CHECK (state IN ('ready','reserved','preview','dialing','ringing','talking','holding','consult','wrapup','paused','lost')),
    reason        text NOT NULL DEFAULT '', -- pause reason, or why lost
    since         timestamptz NOT NULL, -- real time of the last move
    before_lost   text NOT NULL DEFAULT '', -- state to come back to
    wants         text NOT NULL DEFAULT '' CHECK (wants IN ('', 'paused', 'offline')), -- asked to leave ready, not granted yet
    wants_reason  text NOT NULL DEFAULT '',
    campaign_id   uuid, -- the pledge
    task_id       uuid, -- the task in hand: preview, call and wrap-up
    attempt_id    uuid, -- the call in hand
    muted         boolean NOT NULL DEFAULT false,
    audio_up      boolean NOT NULL DEFAULT false,
    signed_on_at  timestamptz NOT NULL,
    signed_off_at timestamptz
);
CREATE UNIQUE INDEX agent_session_one ON agent_session (user_id) WHERE signed_off_at IS NULL;
CREATE INDEX agent_session_ready ON agent_session (campaign_id, since) WHERE signed_off_at IS NULL AND state = 'ready';
CREATE TABLE agent_state_log (
    id         uuid PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES agent_session,
    store_id   uuid NOT NULL,
    user_id    uuid NOT NULL,
    state      text NOT NULL,
    reason     text NOT NULL DEFAULT '',
    attempt_id uuid,
    from_at    timestamptz NOT NULL,
    to_at      timestamptz
);
CREATE INDEX agent_state_log_session ON agent_state_log (session_id, from_at);

-- crm/customer ----------------------------------------------------------------
CREATE TABLE customer (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL REFERENCES store_group,
    store_id       uuid NOT NULL REFERENCES store,
    kind           text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'company')),
    name_zh        text NOT NULL,
    surname_zh     text NOT NULL DEFAULT '',
    honorific      text NOT NULL DEFAULT '' CHECK (honorific IN ('', '先生', '女士')),
    id_no_enc      bytea,
    id_no_hash     bytea,
    birthday       text NOT NULL DEFAULT '', -- 1990-01-31, or 01-31 when the year is unknown
    address_zh     text NOT NULL DEFAULT '',
    postcode       text NOT NULL DEFAULT '',
    email          text NOT NULL DEFAULT '',
    segment        text NOT NULL DEFAULT '',
    club_member    boolean NOT NULL DEFAULT false,
    club_level     text NOT NULL DEFAULT '',
    is_vip         boolean NOT NULL DEFAULT false,
    preferred_time text NOT NULL DEFAULT '', -- in the customer's words
    preferred_from time, -- hours agreed for calls, store's zone
    preferred_to   time,
    advisor_name   text NOT NULL DEFAULT '',
    source         text NOT NULL DEFAULT 'import',
    bringer_only   boolean NOT NULL DEFAULT false, -- known only as bringer
    no_phone       boolean NOT NULL DEFAULT false,
    tags           text[] NOT NULL DEFAULT '{}',
    freeze_until   timestamptz,
    merged_into    uuid REFERENCES customer,
    is_synthetic   boolean NOT NULL DEFAULT false,
    extra          jsonb NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        integer NOT NULL DEFAULT 1
);
CREATE INDEX customer_name ON customer (store_id, name_zh text_pattern_ops);
CREATE INDEX customer_id_no ON customer (store_id, id_no_hash) WHERE id_no_hash IS NOT NULL;
CREATE TABLE customer_phone (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    customer_id uuid NOT NULL REFERENCES customer,
    phone_enc   bytea NOT NULL,
    phone_hash  bytea NOT NULL,
    last4       text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('mobile', 'landline')),
    ext         text NOT NULL DEFAULT '',
    role        text NOT NULL DEFAULT 'owner' CHECK (role IN ('owner', 'bringer', 'family', 'company', 'emergency', 'other')),
    priority    integer NOT NULL DEFAULT 1 CHECK (priority BETWEEN 1 AND 9),
    status      text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'wrong', 'empty', 'suspended', 'staff', 'shared', 'fake', 'unknown')),
    verified_at timestamptz,
    created_at  timestamptz NOT NULL,
    UNIQUE (customer_id, phone_hash)
);
CREATE INDEX customer_phone_hash ON customer_phone (store_id, phone_hash);
CREATE INDEX customer_phone_last4 ON customer_phone (store_id, last4);
CREATE TABLE number_dnc ( -- group-wide: holds across stores
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES store_group,
    phone_hash bytea NOT NULL,
    last4      text NOT NULL,
    scope      text NOT NULL CHECK (scope IN ('all', 'survey', 'commercial', 'sms')),
    source     text NOT NULL CHECK (source IN ('customer', 'agent', 'sms_reply', 'regulator', 'import', 'court')),
    from_at    timestamptz NOT NULL,
    to_at      timestamptz,
    evidence   text NOT NULL DEFAULT '',
    created_by uuid
);
CREATE UNIQUE INDEX number_dnc_one ON number_dnc (group_id, phone_hash, scope) WHERE to_at IS NULL;
CREATE TABLE consent ( -- append only, newest row per purpose wins
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    customer_id uuid NOT NULL REFERENCES customer,
    purpose     text NOT NULL,
    state       text NOT NULL CHECK (state IN ('given', 'refused', 'withdrawn')),
    channel     text NOT NULL,
    evidence    text NOT NULL DEFAULT '',
    at          timestamptz NOT NULL,
    by_user     uuid
);
CREATE INDEX consent_newest ON consent (customer_id, purpose, at DESC);
CREATE TABLE vehicle (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL REFERENCES store_group,
    store_id       uuid NOT NULL REFERENCES store,
    kind           text NOT NULL DEFAULT 'car' CHECK (kind IN ('car', 'ebike')),
    vin            text,
    vin_valid      boolean NOT NULL DEFAULT false,
    frame_no       text,
    plate          text NOT NULL DEFAULT '',
    brand          text NOT NULL DEFAULT '',
    series         text NOT NULL DEFAULT '',
    model          text NOT NULL DEFAULT '',
    energy         text NOT NULL DEFAULT '',
    sale_date      date,
    warranty_end_date date,
    warranty_end_km   integer,
    mileage_last   integer,
    mileage_at     date,
    next_due_date  date,
    next_due_km    integer,
    status         text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'sold', 'scrapped', 'idle', 'stolen')),
    is_synthetic   boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL
);
CREATE UNIQUE INDEX vehicle_vin ON vehicle (store_id, vin) WHERE vin IS NOT NULL;
CREATE UNIQUE INDEX vehicle_frame ON vehicle (store_id, frame_no) WHERE frame_no IS NOT NULL;
CREATE INDEX vehicle_plate ON vehicle (store_id, plate) WHERE plate <> '';
CREATE INDEX vehicle_vin8 ON vehicle (store_id, right(vin, 8)) WHERE vin IS NOT NULL;
CREATE TABLE vehicle_plate_history (
    id         uuid PRIMARY KEY,
    store_id   uuid NOT NULL REFERENCES store,
    vehicle_id uuid NOT NULL REFERENCES vehicle,
    plate      text NOT NULL,
    from_day   date,
    to_day     date
);
CREATE TABLE ownership (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    vehicle_id  uuid NOT NULL REFERENCES vehicle,
    customer_id uuid NOT NULL REFERENCES customer,
    role        text NOT NULL CHECK (role IN ('owner', 'user', 'bringer')),
    from_day    date,
    to_day      date,
    UNIQUE (vehicle_id, customer_id, role)
);
CREATE TABLE merge_case ( -- a question about a file that a clerk answers (spec 7.5), or an ownership review
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    kind        text NOT NULL CHECK (kind IN ('same_person', 'ownership', 'phone', 'fill_blank')),
    customer_id uuid NOT NULL REFERENCES customer,
    other_id    uuid REFERENCES customer,
    vehicle_id  uuid REFERENCES vehicle,
    evidence    jsonb NOT NULL DEFAULT '{}',
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'same', 'different', 'done')),
    created_at  timestamptz NOT NULL,
    closed_at   timestamptz,
    closed_by   uuid
);

-- crm/workorder ---------------------------------------------------------------
CREATE TABLE work_order (
    id              uuid PRIMARY KEY,
    group_id        uuid NOT NULL REFERENCES store_group,
    store_id        uuid NOT NULL REFERENCES store,
    ro_no           text NOT NULL,
    kind            text NOT NULL, -- spec 2.4.21
    kind_text       text NOT NULL DEFAULT '', -- as the dealer's file says
    state           text NOT NULL CHECK (state IN ('open', 'in_work', 'finished', 'settled', 'delivered', 'voided')),
    vehicle_id      uuid NOT NULL REFERENCES vehicle,
    customer_id     uuid NOT NULL REFERENCES customer, -- whom to call: the bringer, else the owner
    advisor_name    text NOT NULL DEFAULT '',
    technician      text NOT NULL DEFAULT '',
    opened_at       timestamptz,
    promised_at     timestamptz,
    inspected_at    timestamptz,
    settled_at      timestamptz,
    delivered_at    timestamptz,
    delivery_assumed boolean NOT NULL DEFAULT false, -- taken from settlement (T-B2)
    mileage_in      integer,
    parts_fen       bigint NOT NULL DEFAULT 0,
    labour_fen      bigint NOT NULL DEFAULT 0,
    other_fen       bigint NOT NULL DEFAULT 0,
    discount_fen    bigint NOT NULL DEFAULT 0,
    total_fen       bigint NOT NULL DEFAULT 0,
    paid_by         text NOT NULL DEFAULT '',
    is_paint_job    boolean NOT NULL DEFAULT false,
    fault_text      text NOT NULL DEFAULT '',
    items_text      text NOT NULL DEFAULT '',
    advice_text     text NOT NULL DEFAULT '',
    next_due_date   date,
    next_due_km     integer,
    preferred_call_time text NOT NULL DEFAULT '',
    note            text NOT NULL DEFAULT '',
    extra           jsonb NOT NULL DEFAULT '{}',
    content_hash    bytea NOT NULL, -- of the normalised content: equal content is not written again
    import_batch_id uuid,
    is_synthetic    boolean NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (store_id, ro_no)
);
CREATE INDEX work_order_customer ON work_order (customer_id, delivered_at);
CREATE INDEX work_order_vehicle ON work_order (vehicle_id, delivered_at);

-- crm/importer ----------------------------------------------------------------
CREATE TABLE import_batch (
    id          uuid PRIMARY KEY,
    group_id    uuid NOT NULL,
    store_id    uuid NOT NULL REFERENCES store,
    file_name   text NOT NULL,
    sha256      bytea NOT NULL,
    size_bytes  bigint NOT NULL,
    kind        text NOT NULL DEFAULT '',
    encoding    text NOT NULL DEFAULT '',
    sheet       text NOT NULL DEFAULT '',
    header_row  integer NOT NULL DEFAULT 0,
    mapping     jsonb NOT NULL DEFAULT '{}', -- column heading -> field
    state       text NOT NULL CHECK (state IN ('uploaded', 'parsed', 'committing', 'done', 'failed')),
    error_code  text NOT NULL DEFAULT '',
    error_zh    text NOT NULL DEFAULT '',
    error_en    text NOT NULL DEFAULT '',
    data_rows   integer NOT NULL DEFAULT 0,
    rows_done   integer NOT NULL DEFAULT 0,
    counts      jsonb NOT NULL DEFAULT '{}', -- outcome -> rows, code -> rows
    created_at  timestamptz NOT NULL,
    finished_at timestamptz,
    created_by  uuid
);
CREATE INDEX import_batch_newest ON import_batch (store_id, created_at DESC);
CREATE INDEX import_batch_sha ON import_batch (store_id, sha256);
CREATE TABLE import_row (
    batch_id  uuid NOT NULL REFERENCES import_batch,
    store_id  uuid NOT NULL,
    row_no    integer NOT NULL, -- sheet row or text line, from 1
    raw_enc   bytea NOT NULL,   -- original cells, sealed
    codes     text[] NOT NULL DEFAULT '{}',
    outcome   text NOT NULL CHECK (outcome IN ('waiting', 'new', 'same', 'updated', 'superseded', 'merged', 'rejected')),
    field     text NOT NULL DEFAULT '', -- the column at fault
    reason_zh text NOT NULL DEFAULT '',
    reason_en text NOT NULL DEFAULT '',
    target_id uuid,
    PRIMARY KEY (batch_id, row_no)
);

-- crm/script ------------------------------------------------------------------
CREATE TABLE script_version (
    script_id    text NOT NULL,
    version      integer NOT NULL,
    title_zh     text NOT NULL,
    title_en     text NOT NULL,
    sha256       bytea NOT NULL,
    body         text NOT NULL, -- the YAML as published; immutable
    published_at timestamptz NOT NULL,
    PRIMARY KEY (script_id, version)
);

-- crm/task --------------------------------------------------------------------
CREATE TABLE task (
    id              uuid PRIMARY KEY,
    group_id        uuid NOT NULL REFERENCES store_group,
    store_id        uuid NOT NULL REFERENCES store,
    kind            text NOT NULL, -- spec 2.4.4
    class           text NOT NULL CHECK (class IN ('service', 'reminder', 'commercial', 'care')),
    state           text NOT NULL CHECK (state IN ('pending','queued','in_progress','retry_wait','blocked','completed','exhausted','refused','excluded','cancelled')),
    customer_id     uuid NOT NULL REFERENCES customer,
    vehicle_id      uuid REFERENCES vehicle,
    work_order_ids  uuid[] NOT NULL DEFAULT '{}',
    subject_key     text NOT NULL, -- at most one open task per kind and subject
    reason          text NOT NULL, -- rule id, e.g. TR-01
    campaign_id     uuid,
    script_id       text NOT NULL,
    script_version  integer NOT NULL,
    priority        integer NOT NULL CHECK (priority BETWEEN 0 AND 100),
    not_before      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    phone_id        uuid REFERENCES customer_phone,
    assignee_id     uuid,
    not_user_ids    uuid[] NOT NULL DEFAULT '{}', -- CG-13
    skill           text NOT NULL DEFAULT '',
    attempts        integer NOT NULL DEFAULT 0,
    max_attempts    integer NOT NULL DEFAULT 4,
    next_attempt_at timestamptz,
    callback_at     timestamptz, -- agreed with the customer
    last_line_result text NOT NULL DEFAULT '',
    last_disposition text NOT NULL DEFAULT '',
    blocked_reason  text NOT NULL DEFAULT '',
    completed_at    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX task_one_open ON task (store_id, kind, subject_key)
    WHERE state IN ('pending','queued','in_progress','retry_wait','blocked');
CREATE INDEX task_open ON task (store_id, kind, priority DESC, due_at)
    WHERE state IN ('pending','queued','retry_wait');
CREATE INDEX task_customer ON task (customer_id);

-- dialer ----------------------------------------------------------------------
CREATE TABLE campaign (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL REFERENCES store_group,
    store_id      uuid NOT NULL REFERENCES store,
    name          text NOT NULL,
    task_kind     text NOT NULL,
    mode          text NOT NULL CHECK (mode IN ('preview', 'progressive')),
    state         text NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'draining', 'completed', 'cancelled')),
    state_reason  text NOT NULL DEFAULT '',
    caller_number_id uuid REFERENCES caller_number,
    ring_seconds  integer NOT NULL DEFAULT 30 CHECK (ring_seconds BETWEEN 20 AND 35),
    cap_bp        integer NOT NULL DEFAULT 150 CHECK (cap_bp BETWEEN 0 AND 300),
    version       integer NOT NULL DEFAULT 1,
    created_by    uuid,
    created_at    timestamptz NOT NULL,
    started_at    timestamptz,
    ended_at      timestamptz,
    UNIQUE (store_id, name)
);
CREATE TABLE campaign_agent (
    campaign_id uuid NOT NULL REFERENCES campaign,
    store_id    uuid NOT NULL,
    user_id     uuid NOT NULL REFERENCES app_user,
    PRIMARY KEY (campaign_id, user_id)
);
CREATE TABLE campaign_log (
    id          uuid PRIMARY KEY,
    campaign_id uuid NOT NULL REFERENCES campaign,
    store_id    uuid NOT NULL,
    at          timestamptz NOT NULL,
    user_id     uuid,
    what        text NOT NULL,
    detail      jsonb NOT NULL DEFAULT '{}'
);
CREATE TABLE campaign_lease ( -- leadership; real time
    campaign_id uuid PRIMARY KEY REFERENCES campaign,
    node_id     uuid NOT NULL,
    epoch       bigint NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE TABLE attempt (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL,
    store_id      uuid NOT NULL REFERENCES store,
    campaign_id   uuid REFERENCES campaign,
    task_id       uuid NOT NULL REFERENCES task,
    customer_id   uuid NOT NULL REFERENCES customer,
    phone_id      uuid NOT NULL REFERENCES customer_phone,
    phone_hash    bytea NOT NULL,
    called_last4  text NOT NULL,
    mode          text NOT NULL CHECK (mode IN ('manual', 'preview', 'progressive')),
    state         text NOT NULL CHECK (state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue','done','void','refused','failed','abandoned','machine','unknown')),
    epoch         bigint NOT NULL DEFAULT 0, -- of the campaign's lease when planned
    node_id       uuid,
    agent_id      uuid, -- chosen before the dial (preview, manual) or at the answer
    trunk_id      uuid,
    caller_number text NOT NULL DEFAULT '',
    planned_at    timestamptz NOT NULL, -- real time, as all times of a call
    business_at   timestamptz NOT NULL, -- business time of planning: caps, windows and reports count by it
    dialed_at     timestamptz,
    ringing_at    timestamptz,
    answered_at   timestamptz,
    bridged_at    timestamptz,
    ended_at      timestamptz,
    wrapped_at    timestamptz,
    line_result   text NOT NULL DEFAULT '',
    sip_code      integer NOT NULL DEFAULT 0,
    sip_reason    text NOT NULL DEFAULT '',
    hangup_by     text NOT NULL DEFAULT '' CHECK (hangup_by IN ('', 'customer', 'agent', 'system', 'network')),
    detail        text NOT NULL DEFAULT '',
    disposition   text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX attempt_one_per_task ON attempt (task_id)
    WHERE state IN ('planned','dialing','ringing','checking','answered','bridged');
CREATE UNIQUE INDEX attempt_one_per_number ON attempt (group_id, phone_hash)
    WHERE state IN ('planned','dialing','ringing','checking','answered','bridged');
CREATE INDEX attempt_planned ON attempt (planned_at) WHERE state = 'planned';
CREATE INDEX attempt_live ON attempt (node_id) WHERE state IN ('dialing','ringing','checking','answered','bridged');
CREATE INDEX attempt_day ON attempt (store_id, business_at);
CREATE INDEX attempt_campaign ON attempt (campaign_id, planned_at);
CREATE INDEX attempt_task ON attempt (task_id, planned_at);
CREATE TABLE number_attempt ( -- group-wide: what a number has been through (CG-08)
    group_id   uuid NOT NULL REFERENCES store_group,
    phone_hash bytea NOT NULL,
    attempt_id uuid NOT NULL,
    at         timestamptz NOT NULL, -- business time
    answered   boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, phone_hash, at, attempt_id)
);
CREATE TABLE refusal ( -- one row per task and rule (spec 2.6)
    task_id    uuid NOT NULL REFERENCES task,
    rule       text NOT NULL,
    group_id   uuid NOT NULL,
    store_id   uuid NOT NULL,
    outcome    text NOT NULL CHECK (outcome IN ('wait', 'stop')),
    until_at   timestamptz, -- when a wait ends; null for a stop
    figure     jsonb NOT NULL DEFAULT '{}',
    reason_zh  text NOT NULL,
    reason_en  text NOT NULL,
    times      integer NOT NULL DEFAULT 1,
    first_at   timestamptz NOT NULL,
    last_at    timestamptz NOT NULL,
    PRIMARY KEY (task_id, rule)
);

-- crm/script: answers ---------------------------------------------------------
CREATE TABLE response (
    id             uuid PRIMARY KEY,
    group_id       uuid NOT NULL,
    store_id       uuid NOT NULL REFERENCES store,
    task_id        uuid NOT NULL REFERENCES task,
    attempt_id     uuid NOT NULL REFERENCES attempt,
    customer_id    uuid NOT NULL REFERENCES customer,
    script_id      text NOT NULL,
    script_version integer NOT NULL,
    variables      jsonb NOT NULL DEFAULT '{}', -- as they were when the call began
    node           text NOT NULL,  -- where the agent stands, "quick/what" inside a subscript
    path           jsonb NOT NULL DEFAULT '[]', -- nodes walked, oldest first
    identified     boolean NOT NULL DEFAULT false, -- who speaks is confirmed (3.2.9)
    short          boolean NOT NULL DEFAULT false,
    started_at     timestamptz NOT NULL,
    finished_at    timestamptz,
    completed      boolean NOT NULL DEFAULT false,
    outcome        text NOT NULL DEFAULT '', -- proposed disposition
    score_index    integer, -- 0–1000
    nps            integer,
    UNIQUE (attempt_id)
);
CREATE INDEX response_task ON response (task_id, started_at);
CREATE TABLE answer (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL,
    response_id uuid NOT NULL REFERENCES response,
    key         text NOT NULL, -- inside a subscript "quick.verbatim"
    repeat_no   integer NOT NULL DEFAULT 1,
    node        text NOT NULL,
    dept        text NOT NULL DEFAULT '',
    factor      text NOT NULL DEFAULT '',
    value_num   numeric,
    value_code  text,
    value_codes text[],
    verbatim    text,
    skipped     text NOT NULL DEFAULT '' CHECK (skipped IN ('', 'none', 'na', 'refused', 'short', 'not_applicable')),
    seq         integer NOT NULL,
    saved_at    timestamptz NOT NULL, -- business time
    UNIQUE (response_id, key, repeat_no)
);
CREATE INDEX answer_day ON answer (store_id, saved_at);
CREATE TABLE script_effect ( -- an effect is run once (3.2.4)
    response_id uuid NOT NULL REFERENCES response,
    node        text NOT NULL,
    idx         integer NOT NULL,
    store_id    uuid NOT NULL,
    action      text NOT NULL,
    at          timestamptz NOT NULL,
    PRIMARY KEY (response_id, node, idx)
);

-- crm/complaint ---------------------------------------------------------------
CREATE TABLE quick_form (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL,
    store_id      uuid NOT NULL REFERENCES store,
    no            text NOT NULL, -- KS + store + yyyymmdd + 3 digits
    attempt_id    uuid REFERENCES attempt,
    response_id   uuid REFERENCES response,
    customer_id   uuid NOT NULL REFERENCES customer,
    vehicle_id    uuid REFERENCES vehicle,
    work_order_id uuid REFERENCES work_order,
    verbatim      text NOT NULL,
    categories    text[] NOT NULL,
    level         text NOT NULL,
    demand        text NOT NULL DEFAULT '',
    contact_time  text NOT NULL DEFAULT '',
    safe_to_drive text NOT NULL DEFAULT '',
    departments   text[] NOT NULL DEFAULT '{}', -- from the failing items
    created_by    uuid NOT NULL,
    created_at    timestamptz NOT NULL,
    UNIQUE (store_id, no)
);
CREATE TABLE rework (
    id            uuid PRIMARY KEY,
    store_id      uuid NOT NULL REFERENCES store,
    work_order_id uuid REFERENCES work_order,
    customer_id   uuid NOT NULL REFERENCES customer,
    response_id   uuid REFERENCES response,
    fault_text    text NOT NULL,
    state         text NOT NULL DEFAULT 'reported',
    reported_at   timestamptz NOT NULL
);

-- crm/message -----------------------------------------------------------------
CREATE TABLE sms (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    customer_id uuid NOT NULL REFERENCES customer,
    phone_id    uuid NOT NULL REFERENCES customer_phone,
    template    text NOT NULL,
    text_zh     text NOT NULL,
    state       text NOT NULL CHECK (state IN ('queued', 'sent', 'delivered', 'failed', 'blocked')),
    reason      text NOT NULL DEFAULT '',
    created_at  timestamptz NOT NULL,
    sent_at     timestamptz
);
CREATE TABLE notice ( -- to a role in the store, e.g. 车辆不安全 to the service manager
    id         uuid PRIMARY KEY,
    store_id   uuid NOT NULL REFERENCES store,
    role       text NOT NULL,
    urgency    text NOT NULL DEFAULT '',
    text_zh    text NOT NULL,
    subject    jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    seen_at    timestamptz,
    seen_by    uuid
);

-- internal/desk ---------------------------------------------------------------
CREATE TABLE call_outcome (
    attempt_id  uuid PRIMARY KEY REFERENCES attempt,
    store_id    uuid NOT NULL,
    agent_id    uuid NOT NULL,
    disposition text NOT NULL DEFAULT '',
    notes       text NOT NULL DEFAULT '',
    callback_at timestamptz,
    early_reason text NOT NULL DEFAULT '', -- why hung up before the closing (D-15)
    wrap_until  timestamptz, -- real time
    saved_at    timestamptz NOT NULL,
    closed_at   timestamptz
);
CREATE TABLE applied_command ( -- a repeated command id is answered, not done again
    id       uuid PRIMARY KEY,
    store_id uuid NOT NULL,
    user_id  uuid NOT NULL,
    kind     text NOT NULL,
    result   jsonb NOT NULL DEFAULT '{}',
    at       timestamptz NOT NULL
);
CREATE INDEX applied_command_at ON applied_command (at);

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOR t IN
        SELECT c.table_name FROM information_schema.columns c
        WHERE c.table_schema = 'public' AND c.column_name = 'store_id'
          AND c.table_name NOT IN ('session', 'outbox')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY by_store ON %I
            USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
            WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))$p$, t);
    END LOOP;
END $$;
-- +goose StatementEnd
