-- +goose Up
-- Lists of customers, vehicles, orders and policies: what they sort by stands in the row,
-- with an index that a page of any depth is read from; and the views people keep.

-- When a customer or a vehicle was last served, and when a vehicle's first cover ends:
-- kept by the database, whoever writes, moves or takes back an order or a policy.
ALTER TABLE customer ADD COLUMN last_visit_at timestamptz;
ALTER TABLE vehicle ADD COLUMN last_visit_at timestamptz, ADD COLUMN policy_end date;
-- The moment an order is told by: delivered, else settled, opened, entered.
ALTER TABLE work_order ADD COLUMN came_at timestamptz GENERATED ALWAYS AS (coalesce(delivered_at, settled_at, opened_at, created_at)) STORED;

-- +goose StatementBegin
CREATE FUNCTION last_visits(customers uuid[], vehicles uuid[]) RETURNS void LANGUAGE sql AS $$
    UPDATE customer c SET last_visit_at = n.at
    FROM (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.customer_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(customers) k (id)) n
    WHERE c.id = n.id AND c.last_visit_at IS DISTINCT FROM n.at;
    UPDATE vehicle v SET last_visit_at = n.at
    FROM (SELECT k.id, (SELECT max(coalesce(w.delivered_at, w.settled_at)) FROM work_order w WHERE w.vehicle_id = k.id AND w.state <> 'voided') AS at
        FROM unnest(vehicles) k (id)) n
    WHERE v.id = n.id AND v.last_visit_at IS DISTINCT FROM n.at;
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION first_ends(vehicles uuid[]) RETURNS void LANGUAGE sql AS $$
    UPDATE vehicle v SET policy_end = n.day
    FROM (SELECT k.id, (SELECT min(x.day) FROM (SELECT max(p.end_day) AS day FROM policy p WHERE p.vehicle_id = k.id GROUP BY p.kind) x) AS day
        FROM unnest(vehicles) k (id)) n
    WHERE v.id = n.id AND v.policy_end IS DISTINCT FROM n.day;
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION work_order_moved() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION policy_moved() RETURNS trigger LANGUAGE plpgsql AS $$
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
-- +goose StatementEnd

CREATE TRIGGER visits_made AFTER INSERT ON work_order REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION work_order_moved();
CREATE TRIGGER visits_changed AFTER UPDATE ON work_order REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION work_order_moved();
CREATE TRIGGER visits_gone AFTER DELETE ON work_order REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION work_order_moved();
CREATE TRIGGER ends_made AFTER INSERT ON policy REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION policy_moved();
CREATE TRIGGER ends_changed AFTER UPDATE ON policy REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION policy_moved();
CREATE TRIGGER ends_gone AFTER DELETE ON policy REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION policy_moved();

-- What is there already; the owner, too, sees only the stores that are set.
SELECT set_config('app.stores', (SELECT coalesce(array_agg(id), '{}')::text FROM store), true);
SELECT last_visits((SELECT array_agg(DISTINCT customer_id) FROM work_order), (SELECT array_agg(DISTINCT vehicle_id) FROM work_order));
SELECT first_ends((SELECT array_agg(DISTINCT vehicle_id) FROM policy));

-- A sort's index carries the id: a page goes on behind (key, id).
DROP INDEX customer_newest;
CREATE INDEX customer_created ON customer (store_id, created_at, id) WHERE merged_into IS NULL;
CREATE INDEX customer_sorted ON customer (store_id, name_zh, id) WHERE merged_into IS NULL;
CREATE INDEX customer_visit ON customer (store_id, last_visit_at, id) WHERE merged_into IS NULL;
DROP INDEX vehicle_newest;
DROP INDEX vehicle_due;
CREATE INDEX vehicle_created ON vehicle (store_id, created_at, id);
CREATE INDEX vehicle_sold ON vehicle (store_id, sale_date, id);
CREATE INDEX vehicle_visit ON vehicle (store_id, last_visit_at, id);
CREATE INDEX vehicle_mileage ON vehicle (store_id, mileage_last, id);
CREATE INDEX vehicle_due ON vehicle (store_id, next_due_date, id);
CREATE INDEX vehicle_cover ON vehicle (store_id, policy_end, id);
CREATE INDEX work_order_came ON work_order (store_id, came_at, id);
CREATE INDEX work_order_amount ON work_order (store_id, total_fen, id);
DROP INDEX policy_end;
CREATE INDEX policy_end ON policy (store_id, end_day, id);
CREATE INDEX policy_premium ON policy (store_id, premium_fen, id);
CREATE INDEX consent_state ON consent (store_id, purpose, state, customer_id);
CREATE INDEX task_assignee ON task (assignee_id, customer_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX attempt_customer_planned ON attempt (customer_id, planned_at);

CREATE TABLE list_view (
    id         uuid PRIMARY KEY,
    group_id   uuid NOT NULL REFERENCES store_group,
    store_id   uuid NOT NULL REFERENCES store,
    list       text NOT NULL,
    owner_id   uuid NOT NULL REFERENCES app_user,
    name       text NOT NULL CHECK (name <> ''),
    shared     boolean NOT NULL DEFAULT false,
    filters    text[] NOT NULL DEFAULT '{}',
    sort       text NOT NULL DEFAULT '',
    columns    text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX list_view_own ON list_view (store_id, list, owner_id, name) WHERE NOT shared;
CREATE UNIQUE INDEX list_view_shared ON list_view (store_id, list, name) WHERE shared;

-- The view a person's page opens with.
CREATE TABLE list_view_default (
    store_id uuid NOT NULL REFERENCES store,
    user_id  uuid NOT NULL REFERENCES app_user,
    list     text NOT NULL,
    view_id  uuid NOT NULL REFERENCES list_view ON DELETE CASCADE,
    PRIMARY KEY (store_id, user_id, list)
);
CREATE INDEX list_view_default_view ON list_view_default (view_id);

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['list_view', 'list_view_default'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY by_store ON %I USING (store_id = ANY (NULLIF(current_setting(''app.stores'', true), '''')::uuid[])) WITH CHECK (store_id = ANY (NULLIF(current_setting(''app.stores'', true), '''')::uuid[]))', t);
    END LOOP;
END $$;
-- +goose StatementEnd
