-- The owner of everything and the five groups. Roles belong to the whole server, so each is made
-- only where it is missing. Run by a superuser, before the tables are made or changed.
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

-- The owner's functions make and change people's logins, end sessions of those who were disabled, and see
-- who holds a lock. From PostgreSQL 16 on this takes the admin option on each group and each person.
ALTER ROLE pd_owner CREATEROLE;
GRANT pg_signal_backend, pg_read_all_stats TO pd_owner;
DO $$
DECLARE
    role_name text;
    people text[] := '{}';
    grp text;
    who text;
    giver text;
BEGIN
    IF current_setting('server_version_num')::integer >= 160000 THEN
        IF to_regclass('pd.app_user') IS NOT NULL THEN
            people := ARRAY(SELECT u.login FROM pd.app_user u JOIN pg_roles r ON r.rolname = u.login WHERE NOT r.rolsuper);
        END IF;
        FOREACH role_name IN ARRAY ARRAY['pd_officer', 'pd_liaison', 'pd_bureau', 'pd_admin', 'pd_auditor'] || people LOOP
            EXECUTE format('GRANT %I TO pd_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE', role_name);
        END LOOP;
        -- Only who granted a membership can take it back: the owner must have granted those of people.
        FOR grp, who, giver IN SELECT g.rolname, p.rolname, k.rolname
                FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles p ON p.oid = m.member
                JOIN pg_roles k ON k.oid = m.grantor
                WHERE g.rolname ~ '^pd_' AND p.rolname = ANY (people) AND k.rolname <> 'pd_owner' LOOP
            EXECUTE format('GRANT %I TO %I GRANTED BY pd_owner', grp, who);
            EXECUTE format('REVOKE %I FROM %I GRANTED BY %I', grp, who, giver);
        END LOOP;
    END IF;
END $$;

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
