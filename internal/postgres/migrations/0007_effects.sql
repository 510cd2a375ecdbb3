-- +goose Up
-- Effects of scripts: why a customer stays away, in a code and in their own words.
ALTER TABLE churn_signal ADD COLUMN cause text NOT NULL DEFAULT '';
ALTER TABLE churn_signal ADD COLUMN words text NOT NULL DEFAULT '';
