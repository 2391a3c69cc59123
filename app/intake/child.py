"""The child process: reads a foreign file under a memory limit and sends what it finds as frames.

Started as `python -m app.intake.child`; takes one JSON request on stdin, writes frames on stdout: a
letter, the length in four bytes, the payload. It touches no database.
"""

from __future__ import annotations

import contextlib
import gc
import json
import struct
import sys
import traceback
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from app.errors import UserError
from app.intake import answers, assessed, cells, workbooks
from app.intake.checking import Check, Found
from app.intake.headings import Heading
from app.intake.kinds import FIELD_LABELS
from app.intake.recognising import Recognised, recognise
from app.intake.refusals import SHOWN

#: Rows checked and sent at a time.
CHUNK = 4_000
#: Rows shown before loading.
PREVIEW = 20
#: Address space of the child; 500,000 rows of 24 columns take about 1.7 GB.
MEMORY = 3 << 30

#: What only a mistake of ours raises; anything else that is not foreseen is a file that breaks the reader.
_MISTAKES = (NameError, TypeError, AttributeError, LookupError, AssertionError)
#: The code of a mistake of ours on its way to the parent, with the traceback as message.
BUG = "bug"

HEADER, NAMES, DATA, PROGRESS, REFUSED, DONE, ERROR = b"H", b"N", b"D", b"P", b"R", b"Z", b"E"


@dataclass(frozen=True, slots=True)
class Request:
    """What the child is to do. `first_month`: the first month of any rule set.

    `answers`: whether it is a returned file of 12345, `assessed`: a third party's assessed values. `all_refused`: whether every refused row is sent, or only as many as a result shows.
    """

    path: str
    load_id: int
    profile: str | None = None
    first_month: date | None = None
    look_only: bool = False
    answers: bool = False
    assessed: bool = False
    all_refused: bool = False

    def to_json(self) -> str:
        """As it goes to the child."""
        first = self.first_month.isoformat() if self.first_month else None
        return json.dumps({**asdict(self), "first_month": first})

    @classmethod
    def from_json(cls, line: str) -> Request:
        """As it comes from the parent."""
        facts = json.loads(line)
        first = facts["first_month"]
        return cls(**{**facts, "first_month": date.fromisoformat(first) if first else None})


class Sender:
    """Writes frames."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out

    def send(self, kind: bytes, payload: bytes) -> None:
        """One frame, at once."""
        self.out.write(kind + struct.pack("<I", len(payload)))
        self.out.write(payload)
        self.out.flush()

    def tell(self, kind: bytes, facts: Any) -> None:
        """One frame of JSON."""
        self.send(kind, json.dumps(facts, ensure_ascii=False, default=_plain).encode("utf-8", "replace"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value) if isinstance(value, date | timedelta) or value is not None else None


def serve(request: Request, sender: Sender) -> None:
    """Reads the file and sends header, data, refused rows, and what was found; or the error."""
    try:
        if request.answers:
            sender.tell(DONE, list(answers.read(workbooks.sheets(Path(request.path)))))
            return
        if request.assessed:
            sender.tell(DONE, list(assessed.read(workbooks.sheets(Path(request.path)))))
            return
        file = recognise(workbooks.sheets(Path(request.path)), request.profile)
        sender.tell(HEADER, _header(file))
        if request.look_only:
            return
        found = Found(request.load_id, request.first_month)
        for sheet, heading in file.sheets:
            _read(file.check(sheet, heading, found), sheet, heading, sender, request)
        _judge(found, request.first_month)
        sender.tell(DONE, _outcome(found))
    except UserError as error:
        sender.tell(ERROR, {"code": error.code, "message": error.message})
    except MemoryError:
        sender.tell(ERROR, {"code": workbooks.TOO_BIG.code, "message": workbooks.TOO_BIG.message})
    except _MISTAKES:
        sender.tell(ERROR, {"code": BUG, "message": traceback.format_exc()})


def _read(
    check: Check, sheet: workbooks.OpenSheet, heading: Heading, sender: Sender, request: Request
) -> None:
    """One sheet, chunk by chunk."""
    rows = islice(sheet.rows(), heading.row + 1, None)
    first = sheet.first_row + heading.row + 1
    found = check.found
    while part := list(islice(rows, CHUNK)):
        lines = check.chunk(part, first)
        first += len(part)
        if found.rows > workbooks.MAX_ROWS:
            raise workbooks.TOO_MANY
        if names := found.names.take():
            sender.tell(NAMES, names)
        if lines:
            sender.send(DATA, lines)
        if request.all_refused or found.refused - len(found.rejected) < SHOWN:
            sender.tell(REFUSED, [rejected.facts() for rejected in found.rejected])
        found.rejected.clear()
        sender.tell(PROGRESS, found.rows)


def _judge(found: Found, first_month: date | None) -> None:
    """Refuses a file without data, and one that lies before every rule set as a whole."""
    if not found.rows:
        raise workbooks.EMPTY
    if first_month and found.before_rules and found.before_rules == found.rows:
        raise UserError(
            f"文件中的数据都早于{first_month:%Y年%m月}，那时还没有评分规则，不能导入。", code="before_rules"
        )


def _header(file: Recognised) -> dict[str, Any]:
    return {
        "kind": file.kind.value,
        "table": file.check(*file.sheets[0], Found(0)).table,
        "profile": file.profile.name,
        "profile_label": file.profile.label,
        "sheets": [_sheet(sheet, heading) for sheet, heading in file.sheets],
    }


def _sheet(sheet: workbooks.OpenSheet, heading: Heading) -> dict[str, Any]:
    top = islice(sheet.rows(), heading.row + 1, heading.row + 1 + PREVIEW)
    return {
        "name": sheet.name,
        "row": sheet.first_row + heading.row,
        "rows": sheet.size,
        "texts": heading.texts,
        "columns": [
            [heading.texts[c], f, FIELD_LABELS[f]]
            for f, c in sorted(heading.columns.items(), key=lambda i: i[1])
        ],
        "unmapped": heading.unmapped,
        "first_rows": [[cells.text(cell) or "" for cell in row] for row in top],
    }


def _outcome(found: Found) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "lines": found.lines,
        "repeated": found.repeated,
        "refused": found.refused,
        "refused_by_agency": found.refused_by_agency,
        "warnings": {text: n for text, n in found.warnings.items() if n},
        "agencies": sorted(found.agencies),
        "items": sorted(found.items),
        "notice": [[day.isoformat(), *rest] for day, *rest in sorted(found.notice)],
    }


def _limit_memory() -> None:
    """A file that unpacks without end stops this process, not the machine (not to be had on Windows)."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> None:
    """Takes the request, serves it. A parent that is gone ends the child without a word."""
    _limit_memory()
    gc.disable()  # short life, millions of cells, no cycles: collecting costs a fifth and frees nothing
    request = Request.from_json(sys.stdin.readline())
    with contextlib.suppress(BrokenPipeError):
        serve(request, Sender(sys.stdout.buffer))


if __name__ == "__main__":
    main()
