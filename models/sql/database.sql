-- What is granted on the database itself; neither a clone nor a dump carries it. Run by a superuser after
-- everything else. A temporary object could stand before ours in a search path: nobody here needs one. A login
-- of another database on the same server has no business here: each person is let in by name.
DO $$
DECLARE
    login text;
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO pd_owner WITH GRANT OPTION', current_database());
    FOR login IN SELECT u.login FROM pd.app_user u JOIN pg_roles r ON r.rolname = u.login LOOP
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I GRANTED BY CURRENT_USER', current_database(), login);
    END LOOP;
END $$;

GRANT SELECT ON pd.alembic_version TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;

-- A comparison that counts as leakproof is tried on a row before the row's policy, and EXPLAIN ANALYZE or the
-- table's statistics then tell whether it held: the words of others could be spelled out letter by letter. Here
-- nothing that reads a text, a hash, a level or a flag counts as leakproof; ids, days and times still do: joins and pages
-- need them.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
             WHERE pronamespace = 'pg_catalog'::regnamespace AND proleakproof
               AND proargtypes::oid[] && ARRAY['text', 'varchar', 'bpchar', 'bytea', 'int2', 'int4', 'bool']::regtype[]::oid[] LOOP
        EXECUTE format('ALTER FUNCTION %s NOT LEAKPROOF', f);
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'who knows PostgreSQL well can guess at the words of other agencies by EXPLAIN';
END $$;

-- How many rows a table has, how often it was read or written and how large it is: anybody may ask the server, and would
-- learn that a hint of misconduct exists (and by the counters of the own transaction how many were looked through).
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
             WHERE pronamespace = 'pg_catalog'::regnamespace
               AND (proname ~ '^pg_stat_get_' AND proname !~ '^pg_stat_get_(db|backend|subscription|replication)' AND proargtypes = '26'::oidvector
                    OR proname IN ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size', 'pg_lock_status')) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pd_owner', f);
    END LOOP;
    REVOKE SELECT ON pg_catalog.pg_class FROM PUBLIC;
    EXECUTE (SELECT format('GRANT SELECT (%s) ON pg_catalog.pg_class TO PUBLIC', string_agg(quote_ident(attname), ', ' ORDER BY attnum))
             FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_class'::regclass AND NOT attisdropped
               AND attname NOT IN ('reltuples', 'relpages', 'relallvisible', 'relallfrozen'));
    GRANT SELECT ON pg_catalog.pg_class TO pd_owner;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'every login may ask how many rows a table has';
END $$;
