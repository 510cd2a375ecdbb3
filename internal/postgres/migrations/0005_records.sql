-- +goose Up
-- Records: what search, time lines and lists read by. Indexes only. Each begins with
-- the store, so that the policy's condition is part of it; prefixes are compared with
-- ~>=~ and ~<~ (text_pattern_ops), because LIKE loses its index under a policy.

-- A customer's time line.
CREATE INDEX attempt_customer ON attempt (customer_id, business_at DESC);
CREATE INDEX quick_form_customer ON quick_form (customer_id, created_at DESC);

-- Search by the beginning of a number.
CREATE INDEX work_order_no ON work_order (store_id, ro_no text_pattern_ops);
CREATE INDEX policy_no ON policy (store_id, policy_no text_pattern_ops);

-- Lists by their usual order.
CREATE INDEX customer_newest ON customer (store_id, created_at DESC, id) WHERE merged_into IS NULL;
CREATE INDEX vehicle_newest ON vehicle (store_id, created_at DESC, id);
CREATE INDEX vehicle_due ON vehicle (store_id, next_due_date, id) WHERE next_due_date IS NOT NULL;
CREATE INDEX work_order_delivered ON work_order (store_id, delivered_at DESC, id);
CREATE INDEX work_order_opened ON work_order (store_id, opened_at DESC, id);
CREATE INDEX task_due ON task (store_id, due_at, id);
CREATE INDEX quick_form_newest ON quick_form (store_id, created_at DESC, id);
CREATE INDEX merge_case_newest ON merge_case (store_id, state, created_at DESC);
