-- +goose Up
-- An undo removes what an import made. For each row that goes the server looks for
-- rows that refer to it: without an index it reads a whole table every time.
CREATE INDEX customer_merged_into ON customer (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX task_phone ON task (phone_id) WHERE phone_id IS NOT NULL;
CREATE INDEX task_phone_fix ON task (phone_fix_id) WHERE phone_fix_id IS NOT NULL;
CREATE INDEX sms_phone ON sms (phone_id) WHERE phone_id IS NOT NULL;
CREATE INDEX attempt_phone ON attempt (phone_id) WHERE phone_id IS NOT NULL;
CREATE INDEX renewal_customer ON renewal (customer_id);
CREATE INDEX letter_customer ON letter (customer_id);
CREATE INDEX response_customer ON response (customer_id);
CREATE INDEX sale_delivery_vehicle ON sale_delivery (vehicle_id);
CREATE INDEX merge_case_other ON merge_case (other_id) WHERE other_id IS NOT NULL;
CREATE INDEX merge_case_vehicle ON merge_case (vehicle_id) WHERE vehicle_id IS NOT NULL;
CREATE INDEX appointment_order ON appointment (work_order_id) WHERE work_order_id IS NOT NULL;
CREATE INDEX appointment_from_task ON appointment (from_task_id) WHERE from_task_id IS NOT NULL;
