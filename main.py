"""The front door: the console when given a verb, otherwise the window.

Start order of the window: faulthandler, folders, log, shell painted, database opened off the thread, first
page. Charts, spreadsheets and migrations are imported where they are used.
"""

from __future__ import annotations

import faulthandler
import sys
from pathlib import Path

#: Options of the window itself, for an own database or a server; everything else is the console's.
_WINDOW_OPTIONS = ({"--data", "--as"}, {"--database"})


def _window_options(arguments: list[str]) -> dict[str, str] | None:
    """The window's options, or None where the arguments are the console's."""
    if len(arguments) % 2 or not any(options.issuperset(arguments[::2]) for options in _WINDOW_OPTIONS):
        return None
    return dict(zip(arguments[::2], arguments[1::2], strict=True))


def main(arguments: list[str]) -> int:
    """Runs and returns the exit code."""
    if sys.stderr is not None:
        faulthandler.enable()
    options = _window_options(arguments)
    if options is None:
        from views.console.main import run as console

        return console(arguments)
    from views.shell.start import run as window

    folder = Path(options["--data"]) if "--data" in options else None
    return window(folder, login=options.get("--as", "officer"), url=options.get("--database"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
