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

-- The schema stands already: the migrations keep their own version in it.
ALTER SCHEMA pd OWNER TO pd_owner;
GRANT USAGE ON SCHEMA pd TO pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE pd_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
