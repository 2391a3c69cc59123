"""What Linux itself must bring: the shared libraries of Qt, a Chinese font, the module venv."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from installer.steps import Stop, note

#: Library → Debian package; what the NEEDED entries of Qt's libraries and its offscreen platform name.
OFFSCREEN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}

#: What the platforms of a real screen need besides: X11's, and Wayland's where that is the session.
X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
WAYLAND = {"libwayland-client.so.0": "libwayland-client0", "libwayland-cursor.so.0": "libwayland-cursor0"}

FONT_PACKAGE = "fonts-noto-cjk"
VENV_PACKAGE = "python3-venv"
#: A server with TLS, which the program's own build has not; and where Debian keeps such servers.
TLS_SERVER = "postgresql-15"
_SERVERS = Path("/usr/lib/postgresql")
_CLUSTERS = Path("/etc/postgresql-common/createcluster.d")
_CJK_FONTS = ("notosanscjk", "notoserifcjk", "notosanssc", "sourcehan", "wqy", "uming", "ukai", "fallback")
_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def has_screen(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a window can be shown; Windows and macOS are taken to have a screen."""
    return not platform.startswith("linux") or any(environ.get(n) for n in ("DISPLAY", "WAYLAND_DISPLAY"))


def wanted_libraries(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Library → package, of the platforms Qt will use here."""
    libraries = dict(OFFSCREEN)
    if environ.get("DISPLAY"):
        libraries |= X11
    if environ.get("WAYLAND_DISPLAY"):
        libraries |= WAYLAND
    return libraries


def missing_libraries(names: Iterable[str], load: Callable[[str], object] = ctypes.CDLL) -> list[str]:
    """The libraries that the dynamic loader does not find."""
    missing = []
    for name in names:
        try:
            load(name)
        except OSError:
            missing.append(name)
    return missing


def has_chinese_font(folders: Iterable[Path] = _FONT_FOLDERS) -> bool:
    """Whether a font with Chinese characters is installed; asks fontconfig only where the folders have none."""
    found = (
        file.name.lower() for folder in folders if folder.is_dir() for file in folder.rglob("*.[to]t[cf]")
    )
    if any(known in name for name in found for known in _CJK_FONTS):
        return True
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    listed = subprocess.run([lister, ":lang=zh-cn", "family"], capture_output=True, check=False)
    return bool(listed.stdout.strip())


def packages(libraries: Iterable[str], *, font: bool, venv: bool) -> list[str]:
    """The Debian packages that bring what is missing, each once, in order."""
    known = OFFSCREEN | X11 | WAYLAND
    names = {known[name] for name in libraries}
    return sorted(names | ({FONT_PACKAGE} if font else set()) | ({VENV_PACKAGE} if venv else set()))


def apt_line(names: Iterable[str]) -> str:
    """What an ordinary user types."""
    return f"sudo apt-get install -y --no-install-recommends {' '.join(names)}"


def ensure(venv_folder: Path) -> None:
    """Sees to it that Linux has what Qt needs; root on Debian gets it installed, others a sentence."""
    if not sys.platform.startswith("linux"):
        return
    libraries = missing_libraries(wanted_libraries())
    font = not has_chinese_font()
    venv = importlib.util.find_spec("ensurepip") is None and not venv_folder.exists()
    names = packages(libraries, font=font, venv=venv)
    if not names:
        return
    if shutil.which("apt-get") is None:
        lacking = [*libraries, *(["中文字体"] if font else []), *(["Python 的 venv"] if venv else [])]
        raise Stop(f"系统缺少 {'、'.join(lacking)}，请用系统的软件包管理器安装后重试。")
    if os.geteuid() != 0:
        raise Stop(f"系统缺少运行所需的软件包，请先执行：{apt_line(names)}")
    _install(names)


def offer_tls_server() -> None:
    """Root on Debian gets a PostgreSQL that knows TLS, for the tests; without one, those that need it skip."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    if any(_SERVERS.glob("*/bin/postgres")):
        return
    note(f"安装测试用的数据库：{TLS_SERVER}")
    with _no_cluster():
        if not _apt([TLS_SERVER]):
            note("没有装上，需要加密连接的测试会跳过。")


@contextmanager
def _no_cluster() -> Iterator[None]:
    """Meanwhile the package makes no database of its own: it would take the usual port and go on running."""
    wish = _CLUSTERS / "pingdesk.conf"
    _CLUSTERS.mkdir(parents=True, exist_ok=True)
    wish.write_text("create_main_cluster = false\n", encoding="utf-8")
    try:
        yield
    finally:
        wish.unlink(missing_ok=True)


def _install(names: list[str]) -> None:
    note(f"安装系统软件包：{' '.join(names)}")
    if not _apt(names):
        raise Stop(f"系统软件包没有装上，请检查网络和软件源后执行：{apt_line(names)}")


def _apt(names: list[str]) -> bool:
    """Whether apt has installed what is named."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # A list that could not be refreshed may still name what is wanted.
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, stdout=sys.stderr, check=False)
    line = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    return subprocess.run(line, env=quiet, stdout=sys.stderr, check=False).returncode == 0
