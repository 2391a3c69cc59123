"""What is set on this computer survives: the file is whole or set aside, and never holds a password."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import settings
from app.errors import EnvironmentProblem
from app.settings import IDLE_MINUTES, Profile, Settings, SettingsFile, Tls

CENTRE = Profile("县中心", "10.1.2.3,10.1.2.4:5433", "desk", "lin", Tls.CA, "/ca.crt")


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    assert file.read() == Settings(idle_minutes=IDLE_MINUTES)
    assert file.damage is None


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "not there yet")
    wanted = Settings((CENTRE, Profile("市中心", "db.example.cn")), "县中心", 0)
    file.write(wanted)
    assert file.read() == wanted
    assert [path.name for path in file.folder.iterdir()] == ["settings.json"]


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "null", "3", '{"profiles": 7}', '{"profiles": [{}]}', '{"profiles": [{"name": ""}]}',
        '{"idle_minutes": "lang"}', '{"idle_minutes": true}',
        '{"profiles": [{"name": "a", "hosts": "b", "database": "c", "tls": "maybe"}]}',
    ],
)  # fmt: skip
def test_a_damaged_file_is_set_aside_and_told_once(tmp_path: Path, text: str) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(text, encoding="utf-8")
    assert file.read() == Settings()
    assert "settings.damaged" in (file.damage or "")
    assert (tmp_path / "settings.damaged").read_text("utf-8") == text
    assert file.read() == Settings()
    assert file.damage is None


def test_a_file_that_is_no_text_is_set_aside(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_bytes(b"\xff\xfe\x00")
    assert file.read() == Settings()
    assert file.damage


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path)
    file.path.mkdir()
    assert file.read() == Settings()
    assert "读不到" in (file.damage or "")
    (tmp_path / "taken").write_text("")
    with pytest.raises(EnvironmentProblem):
        SettingsFile(tmp_path / "taken").write(Settings())


@pytest.mark.parametrize(("written", "read"), [(-5, 0), (0, 0), (30, 30), (100_000, settings.LONGEST_IDLE)])
def test_idle_minutes_stay_within_reason(tmp_path: Path, written: int, read: int) -> None:
    file = SettingsFile(tmp_path)
    file.path.write_text(json.dumps({"idle_minutes": written}), encoding="utf-8")
    assert file.read().idle_minutes == read


def test_profiles_are_added_replaced_renamed_and_taken_out() -> None:
    one = Settings().keeping(CENTRE)
    assert one.profile("县中心") == CENTRE
    assert one.profile(None) is None
    renamed = Profile("云山县中心", "10.1.2.3")
    used = Settings((CENTRE,), "县中心")
    assert used.keeping(renamed, instead_of="县中心") == Settings((renamed,), "云山县中心")
    assert one.keeping(CENTRE) == one
    assert used.without("县中心") == Settings()
    assert one.without("别的") == one


def test_every_kind_of_protection_has_a_label() -> None:
    assert all(tls.label for tls in Tls)


def test_the_folder_is_the_persons_own() -> None:
    assert settings.default_folder().name == "pingdesk"
