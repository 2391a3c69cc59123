"""Reads the command line, runs one verb, prints its answer. Exit: 0 done, 1 refused, 2 usage, 3 environment."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import datetime

from app.clock import SHANGHAI
from app.errors import EnvironmentProblem, PingdeskError
from views.console.answer import Answer
from views.console.arguments import Usage, parse

log = logging.getLogger(__name__)


def run(arguments: Sequence[str]) -> int:
    """Runs one verb; returns the exit code. No traceback reaches the user."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    as_json = "--json" in arguments
    try:
        options = parse(arguments)
        as_json = options.json
        answer: Answer = options.run(options)
        answer.show(as_json=as_json)
        return answer.exit_code
    except Usage as error:
        return _fail(error.message, "usage", 2, as_json)
    except PingdeskError as error:
        return _fail(error.message, error.code, error.exit_code, as_json)
    except KeyboardInterrupt:
        return _fail("已中断。", "interrupted", 1, as_json)
    except BrokenPipeError:
        return 0
    except Exception as error:
        return _fail(_crashed(error), "bug", EnvironmentProblem.exit_code, as_json)


def _fail(message: str, code: str, exit_code: int, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    else:
        print(message, file=sys.stderr)
    return exit_code


def _crashed(error: Exception) -> str:
    """Keeps the traceback in a file and says where."""
    from platformdirs import user_log_path

    try:
        folder = user_log_path("pingdesk", appauthor=False, ensure_exists=True)
        path = folder / f"crash-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}.txt"
        path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return f"程序出错了（{type(error).__name__}）。"
    return f"程序出错了（{type(error).__name__}），经过已记录在“{path}”，请交给管理员。"
