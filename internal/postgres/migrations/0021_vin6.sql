-- +goose Up
-- The last six of a VIN as a column: right() may not be asked of an index under a policy.
ALTER TABLE vehicle ADD COLUMN vin6 text GENERATED ALWAYS AS (right(vin8, 6)) STORED;
DROP INDEX vehicle_vin6;
CREATE INDEX vehicle_vin6 ON vehicle (store_id, vin6) WHERE vin8 <> '';
