-- +goose Up
-- dialer: a campaign's calls in the air, the channels that a trunk has in use, the
-- next call to dial and the calls of the last second are looked for many times a
-- second, and are few among all calls ever made.
CREATE INDEX attempt_open ON attempt (campaign_id)
    WHERE state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue');
CREATE INDEX attempt_channel ON attempt (store_id, trunk_id)
    WHERE state IN ('planned','dialing','ringing','checking','answered','bridged');
CREATE INDEX attempt_next ON attempt ((agent_id IS NULL), planned_at) WHERE state = 'planned';
DROP INDEX attempt_planned;
CREATE INDEX attempt_dialed ON attempt (trunk_id, dialed_at) WHERE dialed_at IS NOT NULL;

-- The share of calls in the air is what these plans stand on. It changes within
-- minutes, while the table may take days to change by a tenth.
ALTER TABLE attempt SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);

-- The same rows as before. As a sub-select the stores of the scope are read once for
-- each statement; without it their text was parsed again for each row that no index
-- had sorted out, which is most of what a claim or a tick cost over many stores.
ALTER POLICY by_store ON attempt
    USING (store_id = ANY ((SELECT NULLIF(current_setting('app.stores', true), '')::uuid[])::uuid[]))
    WITH CHECK (store_id = ANY ((SELECT NULLIF(current_setting('app.stores', true), '')::uuid[])::uuid[]));
ALTER POLICY by_store ON agent_session
    USING (store_id = ANY ((SELECT NULLIF(current_setting('app.stores', true), '')::uuid[])::uuid[]))
    WITH CHECK (store_id = ANY ((SELECT NULLIF(current_setting('app.stores', true), '')::uuid[])::uuid[]));
