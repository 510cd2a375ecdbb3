-- +goose Up
-- Promises: what the task rules, renewals, appointments, messages and letters need.

-- crm/task --------------------------------------------------------------------
ALTER TABLE task
    ADD COLUMN channel          text NOT NULL DEFAULT 'call' CHECK (channel IN ('call', 'form', 'data')),
    ADD COLUMN dial_mode        text NOT NULL DEFAULT '' CHECK (dial_mode IN ('', 'preview')), -- empty: as the campaign dials
    ADD COLUMN pool             text NOT NULL DEFAULT '', -- whose work it is when nobody is named: a role of spec 2.7
    ADD COLUMN wish             text NOT NULL DEFAULT '', -- when the customer wants the call, in their words
    ADD COLUMN window_days      integer[] NOT NULL DEFAULT '{}', -- weekdays of the wish, 0 = Sunday; none: every day
    ADD COLUMN window_from      time, -- hours of the wish, store's zone
    ADD COLUMN window_to        time,
    ADD COLUMN callback_user_id uuid, -- who agreed on callback_at: called first for 15 minutes
    ADD COLUMN heals_at         timestamptz, -- when a block ends by itself
    ADD COLUMN renewal_id       uuid,
    ADD COLUMN appointment_id   uuid,
    ADD COLUMN phone_fix_id     uuid REFERENCES customer_phone, -- TR-80: the number to correct
    ADD COLUMN note             text NOT NULL DEFAULT '',
    ADD COLUMN tried_at         timestamptz[] NOT NULL DEFAULT '{}'; -- business times of the counted attempts
CREATE INDEX task_renewal ON task (renewal_id) WHERE renewal_id IS NOT NULL;
CREATE INDEX task_appointment ON task (appointment_id) WHERE appointment_id IS NOT NULL;
CREATE INDEX task_vehicle ON task (vehicle_id, kind) WHERE vehicle_id IS NOT NULL;
CREATE INDEX task_subject ON task (store_id, subject_key);
CREATE INDEX task_blocked ON task (store_id, due_at) WHERE state = 'blocked';
ALTER TABLE customer
    ADD COLUMN cs_agent_id      uuid REFERENCES app_user, -- the customer's own agents (分配客户)
    ADD COLUMN renewal_agent_id uuid REFERENCES app_user;

-- crm/workorder: maintenance plans (spec 2.2.14) --------------------------------
CREATE TABLE maintenance_plan (
    id            uuid PRIMARY KEY,
    store_id      uuid NOT NULL REFERENCES store,
    vehicle_kind  text NOT NULL CHECK (vehicle_kind IN ('car', 'ebike')),
    model         text NOT NULL DEFAULT '', -- part of the model's name; empty: every model of the kind
    first_months  integer NOT NULL CHECK (first_months BETWEEN 1 AND 60),
    first_km      integer NOT NULL CHECK (first_km > 0),
    period_months integer NOT NULL CHECK (period_months BETWEEN 1 AND 60),
    period_km     integer NOT NULL CHECK (period_km > 0),
    stop_after_days integer NOT NULL DEFAULT 90 CHECK (stop_after_days > 0),
    updated_at    timestamptz NOT NULL,
    UNIQUE (store_id, vehicle_kind, model)
);

-- crm/satisfaction: signs that a customer may leave (D-11, TR-61) ---------------
CREATE TABLE churn_signal (
    id          uuid PRIMARY KEY,
    store_id    uuid NOT NULL REFERENCES store,
    customer_id uuid NOT NULL REFERENCES customer,
    vehicle_id  uuid REFERENCES vehicle,
    task_id     uuid REFERENCES task,
    reason      text NOT NULL, -- disposition or rule
    at          timestamptz NOT NULL,
    UNIQUE (task_id, reason)
);
CREATE INDEX churn_signal_customer ON churn_signal (customer_id, at);

-- crm/policy: renewals (spec 2.2.26) and quotes (2.2.27) ------------------------
CREATE TABLE renewal (
    id               uuid PRIMARY KEY,
    group_id         uuid NOT NULL REFERENCES store_group,
    store_id         uuid NOT NULL REFERENCES store,
    vehicle_id       uuid NOT NULL REFERENCES vehicle,
    customer_id      uuid NOT NULL REFERENCES customer,
    policy_ids       uuid[] NOT NULL DEFAULT '{}',
    expiry           date NOT NULL, -- last day of cover; commercial first, else compulsory
    year_index       integer NOT NULL DEFAULT 2, -- 1: first renewal after a new car (TR-36)
    stage            text NOT NULL CHECK (stage IN ('listed', 'confirmed', 'notified', 'contacting', 'interested', 'quoted',
        'following', 'committed', 'bound', 'lost', 'lapsed', 'invalid')),
    agent_id         uuid REFERENCES app_user,
    confirmed_at     timestamptz,
    next_contact_at  timestamptz,
    next_contact_way text NOT NULL DEFAULT '',
    last_contact_at  timestamptz,
    intention        text NOT NULL DEFAULT '',
    competitor       text NOT NULL DEFAULT '',
    competitor_price_fen bigint,
    lost_reason      text NOT NULL DEFAULT '',
    lost_words       text NOT NULL DEFAULT '',
    lost_at          timestamptz,
    lost_confirmed_at timestamptz, -- a lapse that became a loss wants its reason within 3 working days
    invalid_reason   text NOT NULL DEFAULT '',
    bound_policy_ids uuid[] NOT NULL DEFAULT '{}',
    bound_at         timestamptz,
    premium_before_fen bigint NOT NULL DEFAULT 0,
    premium_after_fen  bigint NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          integer NOT NULL DEFAULT 1,
    UNIQUE (store_id, vehicle_id, expiry)
);
CREATE UNIQUE INDEX renewal_one_open ON renewal (vehicle_id) WHERE stage NOT IN ('bound', 'lost', 'invalid');
CREATE INDEX renewal_expiry ON renewal (store_id, expiry) WHERE stage NOT IN ('bound', 'lost', 'invalid');
CREATE TABLE renewal_log ( -- 续保跟进: every move and contact, append only
    id         uuid PRIMARY KEY,
    store_id   uuid NOT NULL REFERENCES store,
    renewal_id uuid NOT NULL REFERENCES renewal,
    at         timestamptz NOT NULL,
    actor_id   uuid,
    way        text NOT NULL DEFAULT '', -- 电话, 短信, 邮件, 传真, 面谈
    from_stage text NOT NULL,
    to_stage   text NOT NULL,
    words      text NOT NULL DEFAULT ''
);
CREATE INDEX renewal_log_renewal ON renewal_log (renewal_id, at);
CREATE TABLE insurer ( -- the store's approved list (D-17)
    store_id uuid NOT NULL REFERENCES store,
    name     text NOT NULL,
    approved boolean NOT NULL DEFAULT true,
    PRIMARY KEY (store_id, name)
);
CREATE TABLE quote (
    id             uuid PRIMARY KEY,
    store_id       uuid NOT NULL REFERENCES store,
    renewal_id     uuid NOT NULL REFERENCES renewal,
    version        integer NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'sent', 'viewed', 'accepted', 'expired', 'replaced')),
    insurer        text NOT NULL DEFAULT '', -- empty while only asked for
    asked          text NOT NULL DEFAULT '', -- cover the customer asked about
    cover_zh       text NOT NULL DEFAULT '',
    compulsory_fen bigint NOT NULL DEFAULT 0 CHECK (compulsory_fen >= 0),
    tax_fen        bigint NOT NULL DEFAULT 0 CHECK (tax_fen >= 0),
    commercial_fen bigint NOT NULL DEFAULT 0 CHECK (commercial_fen >= 0),
    total_fen      bigint GENERATED ALWAYS AS (compulsory_fen + tax_fen + commercial_fen) STORED,
    valid_until    date,
    channel        text NOT NULL DEFAULT 'sms', -- sms, email, fax, wechat
    proposal       boolean NOT NULL DEFAULT false, -- 车辆保险建议书 asked for
    sms_id         uuid,
    sent_at        timestamptz, -- taken by the gateway
    created_by     uuid,
    created_at     timestamptz NOT NULL,
    UNIQUE (renewal_id, version)
);

-- crm/appointment (spec 2.2.29) -------------------------------------------------
CREATE TABLE bay_plan ( -- a store's capacity; without rows the shipped one holds
    store_id uuid NOT NULL REFERENCES store,
    kind     text NOT NULL CHECK (kind IN ('fast', 'general', 'body')),
    opens    integer NOT NULL CHECK (opens BETWEEN 0 AND 1439), -- minutes of the day
    closes   integer NOT NULL CHECK (closes BETWEEN 1 AND 1440),
    capacity integer NOT NULL CHECK (capacity >= 0),
    PRIMARY KEY (store_id, kind),
    CHECK (opens < closes)
);
CREATE TABLE appointment_slot (
    id       uuid PRIMARY KEY,
    store_id uuid NOT NULL REFERENCES store,
    kind     text NOT NULL,
    from_at  timestamptz NOT NULL,
    to_at    timestamptz NOT NULL, -- half an hour
    capacity integer NOT NULL,
    used     integer NOT NULL DEFAULT 0,
    CHECK (used BETWEEN 0 AND capacity),
    UNIQUE (store_id, kind, from_at)
);
CREATE TABLE appointment (
    id            uuid PRIMARY KEY,
    group_id      uuid NOT NULL REFERENCES store_group,
    store_id      uuid NOT NULL REFERENCES store,
    customer_id   uuid NOT NULL REFERENCES customer,
    vehicle_id    uuid REFERENCES vehicle,
    slot_id       uuid REFERENCES appointment_slot, -- null while only asked for
    starts_at     timestamptz NOT NULL, -- the slot's start, or the time asked for
    kind          text NOT NULL, -- bay
    reason        text NOT NULL DEFAULT '', -- first, periodic, repair, …
    items_zh      text NOT NULL DEFAULT '',
    source        text NOT NULL CHECK (source IN ('in', 'out', 'advisor', 'online', 'rework')),
    state         text NOT NULL CHECK (state IN ('requested', 'booked', 'confirmed', 'arrived', 'completed', 'no_show', 'rescheduled', 'cancelled')),
    late          boolean NOT NULL DEFAULT false, -- arrived after the no-show
    advisor_name  text NOT NULL DEFAULT '',
    parts_ok      boolean NOT NULL DEFAULT false,
    bay_ok        boolean NOT NULL DEFAULT false,
    customer_ok   boolean NOT NULL DEFAULT false,
    arrived_at    timestamptz,
    work_order_id uuid REFERENCES work_order,
    closed_reason text NOT NULL DEFAULT '', -- why cancelled, or not come
    from_task_id  uuid REFERENCES task,
    replaces_id   uuid REFERENCES appointment,
    created_by    uuid,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       integer NOT NULL DEFAULT 1
);
CREATE INDEX appointment_day ON appointment (store_id, starts_at);
CREATE INDEX appointment_customer ON appointment (customer_id, starts_at);
CREATE UNIQUE INDEX appointment_one_ahead ON appointment (vehicle_id, reason) WHERE state IN ('requested', 'booked', 'confirmed');

-- crm/message: outbox of short messages (spec 3.5), letters (2.2.15) ------------
ALTER TABLE sms DROP CONSTRAINT sms_state_check;
ALTER TABLE sms
    ADD CONSTRAINT sms_state_check CHECK (state IN ('queued', 'sent', 'delivered', 'failed', 'blocked', 'cancelled')),
    ADD COLUMN group_id     uuid REFERENCES store_group,
    ADD COLUMN class        text NOT NULL DEFAULT 'service' CHECK (class IN ('service', 'reminder', 'commercial', 'care')),
    ADD COLUMN asked        boolean NOT NULL DEFAULT false, -- the customer asked for it in a call
    ADD COLUMN rule         text NOT NULL DEFAULT '', -- TR-05, TR-30, …
    ADD COLUMN once_key     text, -- a second message with the same key is not written
    ADD COLUMN not_before   timestamptz, -- business time
    ADD COLUMN useless_at   timestamptz, -- business time after which it is not worth sending
    ADD COLUMN segments     integer NOT NULL DEFAULT 1,
    ADD COLUMN subject      jsonb NOT NULL DEFAULT '{}', -- ids by noun
    ADD COLUMN gateway_id   text NOT NULL DEFAULT '',
    ADD COLUMN error_code   text NOT NULL DEFAULT '',
    ADD COLUMN tries        integer NOT NULL DEFAULT 0,
    ADD COLUMN next_try_at  timestamptz, -- real time
    ADD COLUMN leased_until timestamptz, -- real time: a node is handing it over
    ADD COLUMN receipt_at   timestamptz;
CREATE UNIQUE INDEX sms_once ON sms (store_id, once_key) WHERE once_key IS NOT NULL;
CREATE INDEX sms_waiting ON sms (not_before) WHERE state = 'queued';
CREATE INDEX sms_gateway ON sms (gateway_id) WHERE gateway_id <> '';
CREATE INDEX sms_customer ON sms (customer_id, created_at DESC);
CREATE TABLE sms_reply ( -- what customers write back; the words are theirs, the number is sealed
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES store_group,
    store_id   uuid NOT NULL REFERENCES store,
    sms_id     uuid REFERENCES sms, -- the newest message to this number
    gateway_id text NOT NULL,
    last4      text NOT NULL,
    text_zh    text NOT NULL,
    opt_out    boolean NOT NULL,
    at         timestamptz NOT NULL,
    UNIQUE (gateway_id)
);
CREATE TABLE letter (
    id          uuid PRIMARY KEY,
    group_id    uuid NOT NULL REFERENCES store_group,
    store_id    uuid NOT NULL REFERENCES store,
    customer_id uuid NOT NULL REFERENCES customer,
    template    text NOT NULL,
    rule        text NOT NULL DEFAULT '',
    once_key    text,
    fields      jsonb NOT NULL DEFAULT '{}', -- what is merged in
    postcode    text NOT NULL DEFAULT '', -- letters are sorted by it
    state       text NOT NULL CHECK (state IN ('waiting', 'printed', 'mailed', 'returned', 'dropped', 'cancelled')),
    reason      text NOT NULL DEFAULT '', -- why dropped: no_address
    subject     jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL,
    printed_at  timestamptz,
    mailed_at   timestamptz
);
CREATE UNIQUE INDEX letter_once ON letter (store_id, once_key) WHERE once_key IS NOT NULL;
CREATE INDEX letter_waiting ON letter (store_id, state, postcode);

-- Rows an import leads to go with it when it is undone.
SELECT import_journal(tab, 'r.id::text') FROM unnest(ARRAY['renewal', 'renewal_log', 'letter', 'churn_signal', 'appointment']) tab;

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['maintenance_plan', 'churn_signal', 'renewal', 'renewal_log', 'insurer', 'quote', 'bay_plan', 'appointment_slot',
        'appointment', 'sms_reply', 'letter']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format($p$CREATE POLICY by_store ON %I
            USING (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))
            WITH CHECK (store_id = ANY (NULLIF(current_setting('app.stores', true), '')::uuid[]))$p$, t);
    END LOOP;
END $$;
-- +goose StatementEnd
