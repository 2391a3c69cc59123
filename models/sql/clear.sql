-- Takes down what the files of this folder put up: triggers, policies, functions, grants. Tables and rows
-- stay. What stands afterwards is what the files say, whatever stood before.
DO $$
DECLARE
    what record;
BEGIN
    FOR what IN SELECT t.tgname, t.tgrelid::regclass AS place FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = 'pd'::regnamespace AND NOT t.tgisinternal LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', what.tgname, what.place);
    END LOOP;
    FOR what IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'pd' LOOP
        EXECUTE format('DROP POLICY %I ON pd.%I', what.policyname, what.tablename);
    END LOOP;
    FOR what IN SELECT oid::regprocedure AS signature FROM pg_proc WHERE pronamespace = 'pd'::regnamespace LOOP
        EXECUTE format('DROP FUNCTION %s', what.signature);
    END LOOP;
    FOR what IN SELECT c.oid::regclass AS place FROM pg_class c WHERE c.relnamespace = 'pd'::regnamespace AND c.relkind = 'v' LOOP
        EXECUTE format('DROP VIEW %s CASCADE', what.place);
    END LOOP;
    FOR what IN SELECT c.oid::regclass AS place FROM pg_class c
                WHERE c.relnamespace = 'pd'::regnamespace AND c.relkind IN ('r', 'S') AND c.relname <> 'alembic_version' LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, pd_officer, pd_liaison, pd_bureau, pd_admin, pd_auditor', what.place);
    END LOOP;
END $$;
