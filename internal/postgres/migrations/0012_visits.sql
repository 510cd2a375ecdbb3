-- +goose Up
-- The newest visits of a vehicle are found without reading all it ever had: a fleet's
-- or a dealer's own vehicle may have very many.
CREATE INDEX work_order_visit ON work_order (vehicle_id, coalesce(delivered_at, settled_at) DESC);
CREATE INDEX work_order_reading ON work_order (vehicle_id, opened_at DESC) WHERE mileage_in IS NOT NULL;
