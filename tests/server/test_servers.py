"""The tests' own servers are what they say: passwords over TCP, certificates, a standby that has everything."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.servers import Authority, Pair, Server


def test_nobody_comes_in_without_a_password(tcp_server: Server) -> None:
    assert tcp_server.rows("SELECT 1") == [(1,)]
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(tcp_server.conninfo("somebody", passfile="/nowhere"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(tcp_server.conninfo(password="guess"))


def test_tls_is_verified(tls_server: Server, tmp_path: Path) -> None:
    encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert tls_server.rows(encrypted) == [(True,)]
    with psycopg.connect(tls_server.url("postgres")) as connection:
        assert connection.execute(encrypted).fetchone() == (True,)
    stranger = Authority.make(tmp_path / "ca", "Somebody Else")
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(tls_server.conninfo(sslrootcert=str(stranger.root)))
    with pytest.raises(psycopg.OperationalError, match="does not match host name"):
        psycopg.connect(tls_server.conninfo(host="127.0.0.1"))
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        psycopg.connect(tls_server.conninfo(sslmode="disable"))


def test_what_the_lost_primary_confirmed_is_on_the_standby(pair: Pair) -> None:
    with psycopg.connect(pair.conninfo(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number integer)")
        connection.execute("INSERT INTO kept VALUES (1)")
        pair.kill9()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("INSERT INTO kept VALUES (2)")
    pair.promote()
    with psycopg.connect(pair.conninfo(), autocommit=True) as connection:
        connection.execute("INSERT INTO kept VALUES (3)")
        assert connection.execute("SELECT number FROM kept ORDER BY 1").fetchall() == [(1,), (3,)]
