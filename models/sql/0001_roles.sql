-- The owner of everything and the five groups. Roles belong to the whole server, so each is made
-- only where it is missing. Run by a superuser or the database's administrator.
DO $$
DECLARE
    role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['pd_owner', 'pd_officer', 'pd_liaison', 'pd_bureau', 'pd_admin', 'pd_auditor'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- another database of this server has made it
        END;
    END LOOP;
END $$;

-- A temporary object could stand before ours in a search path; nobody here needs one.
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC', current_database()); END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Whoever may take an advisory lock can hold up all work, and large objects are a store without a door.
-- These functions belong to the server: where the administrator is no superuser they stay as they are.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT oid::regprocedure FROM pg_proc
             WHERE pronamespace = 'pg_catalog'::regnamespace
               AND (proname ~ '^pg_(try_)?advisory_' OR proname IN ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lowrite', 'lo_import')) LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO pd_owner', f);
    END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'advisory locks and large objects stay open to every login';
END $$;

-- The schema stands already: the migrations keep their own version in it.
ALTER SCHEMA pd OWNER TO pd_owner;
GRANT USAGE ON SCHEMA pd TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE pd_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
