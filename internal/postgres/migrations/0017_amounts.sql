-- +goose Up
-- An amount that a dealer's file does not say, or that cannot be read (W-AMT, T-I13), is null, not 0 yuan.
ALTER TABLE work_order
    ALTER COLUMN parts_fen DROP NOT NULL, ALTER COLUMN parts_fen DROP DEFAULT,
    ALTER COLUMN labour_fen DROP NOT NULL, ALTER COLUMN labour_fen DROP DEFAULT,
    ALTER COLUMN other_fen DROP NOT NULL, ALTER COLUMN other_fen DROP DEFAULT,
    ALTER COLUMN discount_fen DROP NOT NULL, ALTER COLUMN discount_fen DROP DEFAULT,
    ALTER COLUMN total_fen DROP NOT NULL, ALTER COLUMN total_fen DROP DEFAULT;
ALTER TABLE policy
    ALTER COLUMN premium_fen DROP NOT NULL, ALTER COLUMN premium_fen DROP DEFAULT,
    ALTER COLUMN vehicle_tax_fen DROP NOT NULL, ALTER COLUMN vehicle_tax_fen DROP DEFAULT,
    ALTER COLUMN commission_fen DROP NOT NULL, ALTER COLUMN commission_fen DROP DEFAULT;
ALTER TABLE sale_delivery ALTER COLUMN invoice_fen DROP NOT NULL, ALTER COLUMN invoice_fen DROP DEFAULT;
