"""Sets up, runs and checks the program from source; needs nothing but Python 3.11 or newer.

    python3 installer/bootstrap.py run [--data DIR]   the window; without a screen, the main job on the console
    python3 installer/bootstrap.py test [ARG …]       every check; ARG goes to pytest
    python3 installer/bootstrap.py bench [ARG …]      the figures; --rows, --ratings, --tickets, --seconds set the sizes
    python3 installer/bootstrap.py console ARG …      one verb of the program

The first start makes `.venv` from the locks; later ones find it. Exit code 3: the environment lacks something.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - whoever reads this sentence runs an older one
    sys.stderr.write("需要 Python 3.11 或更高版本，请换用新版本的 python3。\n")
    sys.exit(3)
sys.path[:0] = [str(Path(__file__).resolve().parent.parent)]  # Python looks beside this file, not at the root

from installer import checks, packages, steps, system, tour  # noqa: E402
from installer.packages import Lock  # noqa: E402
from installer.steps import ENVIRONMENT, ROOT, USAGE, Stop, note, say  # noqa: E402

#: What `main.py tickets` answers where there is no database yet.
_NO_DATABASE = 3
#: Lies in the environment while the sample is loaded; names the folder.
_LOADING = packages.VENV / "loading-sample"


def main(arguments: Sequence[str]) -> int:
    """Runs one verb and returns the exit code."""
    steps.speak_utf8()
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", ())
    if verb in ("-h", "--help"):
        say((__doc__ or "").strip())
        return 0
    if verb not in _VERBS:
        note((__doc__ or "").strip())
        return USAGE
    try:
        return _VERBS[verb](rest)
    except Stop as problem:
        note(str(problem))
        return problem.exit_code
    except OSError as problem:  # a disk that is full, a folder of somebody else's
        note(f"无法继续：{problem.strerror or problem}（{problem.filename or ROOT}）。")
        return ENVIRONMENT
    except KeyboardInterrupt:
        note("已中断。")
        return 1


def python_with(lock: Lock) -> Path:
    """The interpreter that has the packages of `lock`, on a system that has what Qt needs; or raises Stop."""
    system.ensure(packages.VENV)
    return packages.ensure(lock)


def run(rest: Sequence[str]) -> int:
    """Loads the sample month where there is no database yet; then the window, or the round on the console."""
    options = data_options(rest)
    python = python_with(Lock.RUN)
    if _was_cut_off(options) or not _has_database(python, options):
        _fill(python, options)
    if system.has_screen():
        return _become([str(python), str(ROOT / "main.py"), *options])
    tour.show(python, options)
    return 0


def data_options(rest: Sequence[str]) -> list[str]:
    """`--data DIR`, the folder made absolute, or nothing; raises Stop for anything else."""
    if not rest:
        return []
    if len(rest) != 2 or rest[0] != "--data":
        raise Stop("run 只接受 --data DIR，即内置数据库的文件夹。", USAGE)
    return ["--data", str(Path(rest[1]).absolute())]


def _has_database(python: Path, options: Sequence[str]) -> bool:
    """The sample must never land among the data of an office: any database at all is left as it is."""
    return steps.ask([python, ROOT / "main.py", *options, "tickets", "--limit", "1"])[0] != _NO_DATABASE


def _fill(python: Path, options: Sequence[str]) -> None:
    note("首次运行，载入示例月 …")
    _LOADING.write_text("\n".join(options), encoding="utf-8")
    exit_code = steps.call([python, ROOT / "main.py", *options, "demo"])
    if exit_code:
        raise Stop("示例月没有载入，请按上面的说明处理后重试。", exit_code)
    _LOADING.unlink()


def _was_cut_off(options: Sequence[str]) -> bool:
    """Whether this very folder's sample was being loaded when an earlier start was ended."""
    return _LOADING.exists() and _LOADING.read_text(encoding="utf-8") == "\n".join(options)


def console(rest: Sequence[str]) -> int:
    """Passes everything on to the program; files are named from where the person stands."""
    return _become([str(python_with(Lock.RUN)), str(ROOT / "main.py"), *(rest or ["--help"])])


def test(rest: Sequence[str]) -> int:
    """Every check."""
    python = python_with(Lock.TEST)
    system.offer_tls_server()
    return checks.run(python, rest)


def bench(rest: Sequence[str]) -> int:
    """The figures."""
    return checks.bench(python_with(Lock.TEST), rest)


def _become(command: list[str]) -> int:
    """Runs the program in this one's place, so that signals and exit code are its own, where the system can."""
    environ = steps.environment(None if system.has_screen() else {"QT_QPA_PLATFORM": "offscreen"})
    if os.name == "posix":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(command[0], command, environ)
    return subprocess.call(command, env=environ)


_VERBS = {"run": run, "test": test, "bench": bench, "console": console}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
