"""What `--print-sql` shows is what is run: psql alone makes the same database, and brings up the same."""

from __future__ import annotations

import subprocess

import pytest

from app.database import passwords, schema
from app.errors import UserError
from app.server import checking, printing, provisioning
from app.server.findings import State
from tests.server.conftest import ADMINS, Centre

#: What the tests' servers do without: they are fast, alone, and gone in a moment.
FAST = {"durability", "auth_delay", "standby", "archiving"}


def psql(centre: Centre, script: str, *variables: str) -> None:
    command = [str(centre.server.tools / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    command += [word for variable in variables for word in ("-v", variable)]
    done = subprocess.run(
        [*command, "-d", centre.site.conninfo], input=script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def states(centre: Centre) -> dict[str, State]:
    return {c.name: c.state for c in checking.check(centre.site) if c.name not in FAST}


def test_psql_alone_makes_a_database_that_the_check_accepts(centre: Centre) -> None:
    script = printing.init_script(centre.site, ADMINS)
    centre.site.create()
    psql(centre, script)
    found = states(centre)
    assert {name for name, state in found.items() if state is not State.OK} == {"admins", "backup"}
    for admin in ADMINS:
        provisioning.reset_admin(centre.site, admin.login, centre.receive)
    assert states(centre)["admins"] is State.OK
    centre.settle("li.si").close()
    assert centre.rows("SELECT name FROM pd.app_user ORDER BY login") == [("李'四",), ("张三",)]
    with pytest.raises(UserError, match="已经有内容"):
        printing.init_script(centre.site, ADMINS)


def test_verifiers_can_be_given_to_psql(centre: Centre) -> None:
    script = printing.init_script(centre.site, ADMINS)
    centre.site.create()
    with schema.administration(centre.server.conninfo()) as connection:
        verifier = passwords.verifier(connection, "zhang", "zhang-san-2026")
    psql(centre, script, f"verifier_1={verifier}")
    centre.passwords["zhang"] = "zhang-san-2026"
    assert centre.group_of("zhang") is None
    centre.settle("zhang").close()


def test_psql_alone_brings_a_database_up(centre: Centre) -> None:
    centre.init()
    assert "不需要升级" in printing.upgrade_script(centre.site)
    centre.rows("UPDATE pd.instance SET code = NULL")
    centre.rows("DROP FUNCTION pd.disconnect_disabled()")
    assert states(centre)["schema"] is State.FAILED
    psql(centre, printing.upgrade_script(centre.site))
    assert states(centre)["schema"] is State.OK
    assert states(centre)["code"] is State.OK


def test_an_upgrade_runs_only_where_it_was_made_for(centre: Centre) -> None:
    centre.init()
    centre.rows("UPDATE pd.instance SET code = NULL")
    script = printing.upgrade_script(centre.site)
    centre.rows("UPDATE pd.alembic_version SET version_num = '0000'")
    with pytest.raises(AssertionError, match="请重新生成"):
        psql(centre, script)
