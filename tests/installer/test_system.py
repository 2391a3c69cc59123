"""What Linux must bring: found by loading it, installed by root, named to everybody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from installer import system
from installer.steps import Stop


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A Debian machine that lacks one library; notes what is installed."""
    installed: list[list[str]] = []
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system, "has_chinese_font", lambda: True)
    monkeypatch.setattr(system, "missing_libraries", lambda _: ["libEGL.so.1"])
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000, raising=False)
    monkeypatch.setattr(system, "_install", installed.append)
    return installed


@pytest.mark.parametrize(
    ("platform", "environ", "screen"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_linux_says_that_it_has_a_screen(platform: str, environ: dict[str, str], screen: bool) -> None:
    assert system.has_screen(environ, platform) is screen


def test_without_a_screen_its_libraries_are_not_asked_for() -> None:
    plain = system.wanted_libraries({})
    assert "libxcb-cursor.so.0" not in plain
    assert system.wanted_libraries({"DISPLAY": ":0"}) == plain | system.X11
    assert system.wanted_libraries({"WAYLAND_DISPLAY": "w"}) == plain | system.WAYLAND


def test_a_library_is_missing_that_cannot_be_loaded() -> None:
    def load(name: str) -> None:
        if name == "libGL.so.1":
            raise OSError(name)

    assert system.missing_libraries(system.OFFSCREEN, load) == ["libGL.so.1"]


def test_every_package_is_named_once_and_in_order() -> None:
    names = system.packages(["libgthread-2.0.so.0", "libglib-2.0.so.0"], font=True, venv=True)
    assert names == ["fonts-noto-cjk", "libglib2.0-0", "python3-venv"]
    assert system.apt_line(names).endswith(" fonts-noto-cjk libglib2.0-0 python3-venv")


def test_the_tables_name_libraries_and_packages_as_debian_does() -> None:
    for library, package in (system.OFFSCREEN | system.X11 | system.WAYLAND).items():
        assert re.fullmatch(r"lib[\w.+-]+\.so\.\d+", library)
        assert re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package)


def test_an_ordinary_user_gets_one_sentence_with_the_line_to_type(
    linux: list[list[str]], tmp_path: Path
) -> None:
    with pytest.raises(Stop, match=r"sudo apt-get install -y --no-install-recommends libegl1$") as stopped:
        system.ensure(tmp_path)
    assert "\n" not in str(stopped.value)
    assert linux == []


def test_root_gets_it_installed(
    linux: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 0, raising=False)
    system.ensure(tmp_path)
    assert linux == [["libegl1"]]


def test_another_distribution_is_told_what_is_missing(
    linux: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    with pytest.raises(Stop, match=r"libEGL\.so\.1"):
        system.ensure(tmp_path)


def test_a_machine_that_has_everything_is_left_alone(
    linux: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "missing_libraries", lambda _: [])
    system.ensure(tmp_path)
    assert linux == []


def test_other_systems_bring_their_own(
    monkeypatch: pytest.MonkeyPatch, linux: list[list[str]], tmp_path: Path
) -> None:
    monkeypatch.setattr(system.sys, "platform", "win32")
    system.ensure(tmp_path)
    assert linux == []


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """Root's Debian without a PostgreSQL; notes what apt is asked for, and that it makes no cluster meanwhile."""
    asked: list[list[str]] = []

    def apt(names: list[str]) -> bool:
        assert "create_main_cluster = false" in (tmp_path / "wishes" / "pingdesk.conf").read_text()
        asked.append(names)
        return False

    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(system.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system, "_SERVERS", tmp_path / "servers")
    monkeypatch.setattr(system, "_CLUSTERS", tmp_path / "wishes")
    monkeypatch.setattr(system, "_apt", apt)
    return asked


def test_root_is_offered_a_server_with_tls_and_a_failure_is_said(
    bare: list[list[str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    system.offer_tls_server()
    assert bare == [["postgresql-15"]]
    assert "会跳过" in capsys.readouterr().err
    assert list((tmp_path / "wishes").iterdir()) == []


def test_a_server_that_is_there_is_enough(bare: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "servers" / "16" / "bin").mkdir(parents=True)
    (tmp_path / "servers" / "16" / "bin" / "postgres").touch()
    system.offer_tls_server()
    assert bare == []


def test_an_ordinary_user_is_not_asked_for_a_server(
    bare: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000, raising=False)
    system.offer_tls_server()
    assert bare == []


def test_a_chinese_font_is_known_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system.shutil, "which", lambda _: None)
    (tmp_path / "opentype").mkdir()
    (tmp_path / "opentype" / "DejaVuSans.ttf").touch()
    assert not system.has_chinese_font([tmp_path])
    (tmp_path / "opentype" / "NotoSansCJK-Regular.ttc").touch()
    assert system.has_chinese_font([tmp_path])
