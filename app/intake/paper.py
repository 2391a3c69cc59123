"""书面评价表 (Art. 12, Guide 5.1): a rating that was written on paper, typed in by an officer.

A form is checked as a row of a rating detail is, and goes through the same loader as a batch of one row, marked
as paper. A slip is mended by entering the form again: as with the province's files, the later version counts and
both stay.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, text

from app.changes import Changes, Kind
from app.errors import UserError
from app.intake import cells, loading
from app.intake.cells import Bad
from app.intake.checking import Found
from app.intake.headings import Heading
from app.intake.initials import initials_of
from app.intake.kinds import FIELD_LABELS, Sheet
from app.intake.profiles import named
from app.intake.ratings import NO_REASON, RatingCheck
from models.rules.ratings import Platform, Satisfaction, label_level, lacks_reason

#: What a batch of one form is called, and the profile that marks it.
BATCH, PROFILE = "书面评价表", "paper"
#: Characters of the words, and of any other field.
LONGEST_WORDS, LONGEST = 2000, 100

_FIELDS = (
    "case_number",
    "agency",
    "item",
    "platform",
    "hall",
    "counter",
    "staff",
    "target",
    "level",
    "labels",
    "reason",
    "rated_at",
    "rater_name",
    "rater_phone",
)


@dataclass(frozen=True, slots=True)
class PaperForm:
    """What stands on the paper. `of_staff`: the rating is of the staff member, else of the item (Art. 5)."""

    case_number: str
    agency: str
    level: int
    rated_on: date
    item: str | None = None
    hall: str | None = None
    counter: str | None = None
    staff: str | None = None
    of_staff: bool = False
    labels: tuple[str, ...] = ()
    words: str | None = None
    name: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class OnFile:
    """The rating that a case already has; `words` as they count now."""

    level: int
    platform: Platform
    rated_at: datetime
    labels: tuple[str, ...]
    words: str | None

    @property
    def said(self) -> str:
        """In a few words."""
        return f"{Satisfaction(self.level).label}（{self.platform.label}，{self.rated_at:%Y-%m-%d}）"


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering came to: one of `inserted`, `revised`, or neither where it is known as it is.

    `unlike`: agency or day differ from what is on file, which stays. `tickets`: opened or joined.
    """

    inserted: bool
    revised: bool
    unlike: bool
    tickets_opened: int
    tickets_joined: int
    changes: Changes


@dataclass(frozen=True, slots=True)
class Place:
    """A hall of an agency with its counters."""

    agency: str
    hall: str
    counters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is offered for choice; `initials`: pinyin, where they are known."""

    name: str
    initials: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """A label in use: its national code, its text, the level it belongs to."""

    code: str
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What a form can name. `staff`: agency and name."""

    places: tuple[Place, ...]
    items: tuple[Name, ...]
    staff: tuple[tuple[str, str], ...]
    labels: tuple[Label, ...]


def choices(connection: Connection) -> Choices:
    """Halls, counters, items, staff and labels that can be named."""
    places = connection.execute(
        text("""
            SELECT a.name, h.name, ARRAY(SELECT c.name FROM counter c WHERE c.hall_id = h.id ORDER BY length(c.name), c.name)
            FROM hall h JOIN agency a ON a.id = h.agency_id ORDER BY a.standing, a.id, h.name""")
    )
    items = connection.execute(text("SELECT name, initials FROM service_item ORDER BY name"))
    staff = connection.execute(
        text("SELECT a.name, s.name FROM staff_member s JOIN agency a ON a.id = s.agency_id ORDER BY 1, 2")
    )
    labels = connection.execute(
        text("SELECT code, text, level FROM label_code WHERE NOT retired ORDER BY code")
    )
    return Choices(
        tuple(Place(agency, hall, tuple(counters)) for agency, hall, counters in places),
        tuple(Name(*row) for row in items),
        tuple((agency, name) for agency, name in staff),
        tuple(Label(*row) for row in labels),
    )


def problem(form: PaperForm, today: date) -> str | None:
    """What is wrong or missing, as a sentence; None where it can be entered."""
    case = cells.case_number(form.case_number)
    if isinstance(case, Bad):
        return f"{case.reason}，请照办件回执填写。"
    if not form.agency:
        return "请选择被评价的单位。"
    if form.level not in (1, 2, 3, 4, 5):
        return "请选择满意度。"
    if lacks_reason(form.level, labels=bool(form.labels), reason=bool((form.words or "").strip())):
        return f"{NO_REASON}。"
    if any(label_level(code) != form.level for code in form.labels):
        return "评价标签与满意度不是同一级。"
    if form.of_staff and not form.staff:
        return "评价对象是窗口人员的，请填写其姓名。"
    if form.counter and not form.hall:
        return "填了窗口的，请选择大厅。"
    if form.rated_on > today:
        return "评价日期不能晚于今天。"
    return _too_long(form)


def _too_long(form: PaperForm) -> str | None:
    if len(form.words or "") > LONGEST_WORDS:
        return f"评价内容至多 {LONGEST_WORDS} 字。"
    short = (form.item, form.hall, form.counter, form.staff, form.name, form.phone)
    return f"除评价内容外，每项至多 {LONGEST} 字。" if any(len(s or "") > LONGEST for s in short) else None


def on_file(connection: Connection, case_number: str, *, of_staff: bool) -> OnFile | None:
    """The first rating that the case already has of its item or staff member."""
    case = cells.case_number(case_number)
    if isinstance(case, Bad):
        return None
    found = connection.execute(
        text("""
            SELECT r.level, r.platform, r.rated_at AT TIME ZONE INTERVAL '8 hours' AS rated_at,
                   coalesce(v.labels, r.labels) AS labels, CASE WHEN v.id IS NULL THEN r.reason ELSE v.reason END AS words
            FROM rating r
            LEFT JOIN LATERAL (SELECT id, labels, reason FROM rating_revision
                               WHERE rating_id = r.id ORDER BY id DESC LIMIT 1) v ON true
            WHERE r.case_number = :case AND r.target = :target AND r.rating_number = 1
            ORDER BY r.service_number LIMIT 1"""),
        {"case": case, "target": "staff" if of_staff else "item"},
    ).first()
    if found is None:
        return None
    return OnFile(found.level, Platform(found.platform), found.rated_at, tuple(found.labels), found.words)


def enter(connection: Connection, form: PaperForm, *, mend: bool = False) -> Entered:
    """Enters a form. `mend`: a form entered before is corrected by this one.

    Raises UserError with code `on_file` where the case has another form on file and `mend` is not set, and
    `refused` where the form does not stand or the case was rated elsewhere (Art. 17: once for a case).
    """
    today, first_month = connection.execute(
        text("SELECT pd.today(), (SELECT min(effective_from) FROM rule_set)")
    ).one()
    wrong = problem(form, today) or _unknown(connection, form)
    if wrong:
        raise UserError(wrong, code="refused")
    connection.execute(text("SELECT pd.begin_load()"))  # one at a time: what is on file now stays so
    _check_on_file(on_file(connection, form.case_number, of_staff=form.of_staff), form, mend=mend)
    found = Found(secrets.randbits(62), first_month)
    lines = _check(form, found)
    counts = loading.load_lines(connection, found.load_id, lines, _about(form, found))
    changes = Changes(Kind.RATINGS | Kind.TICKETS | Kind.TALLY | Kind.REGISTRY | Kind.IMPORTS)
    return Entered(
        bool(counts["inserted"]),
        bool(counts["updated"]),
        bool(counts.get("unlike")),
        counts["tickets_opened"],
        counts["tickets_joined"],
        changes,
    )


def _unknown(connection: Connection, form: PaperForm) -> str | None:
    """A name that the registry does not know: typed by hand it is a slip, and would become an entry."""
    known = connection.execute(
        text("""
            SELECT a.id IS NOT NULL AS agency, i.id IS NOT NULL AS item, h.id IS NOT NULL AS hall, c.id IS NOT NULL AS counter
            FROM (SELECT 1) AS one LEFT JOIN agency a ON a.name = :agency LEFT JOIN service_item i ON i.name = :item
            LEFT JOIN hall h ON h.agency_id = a.id AND h.name = :hall
            LEFT JOIN counter c ON c.hall_id = h.id AND c.name = :counter"""),
        {"agency": form.agency, "item": form.item, "hall": form.hall, "counter": form.counter},
    ).one()
    named_so = (
        ("单位", form.agency, known.agency),
        ("事项", form.item, known.item),
        ("大厅", form.hall, known.hall),
        ("窗口", form.counter, known.counter),
    )
    return next(
        (f"名录中没有“{name}”这个{what}。" for what, name, is_known in named_so if name and not is_known),
        None,
    )


def _check_on_file(known: OnFile | None, form: PaperForm, *, mend: bool) -> None:
    if known is None:
        return
    if known.platform is not Platform.PAPER:
        raise UserError(
            f"这件办件已有评价：{known.said}，一件办件只评一次（依据：细则第十七条）。", code="refused"
        )
    same = (known.level, known.labels, known.words) == (
        form.level,
        form.labels,
        (form.words or "").strip() or None,
    )
    if not mend and not same:
        raise UserError(
            f"这件办件已录入过：{known.said}。要更正请选“作为更正录入”，原来的一份保留。", code="on_file"
        )


def _check(form: PaperForm, found: Found) -> bytes:
    """The form as a line for COPY, checked as a row of a file; raises UserError."""
    heading = Heading(
        Sheet.RATINGS, 0, {name: n for n, name in enumerate(_FIELDS)}, tuple(FIELD_LABELS[n] for n in _FIELDS)
    )
    lines = RatingCheck(BATCH, heading, named("county"), found).chunk([_row(form)], 1)
    if found.rejected:
        first = found.rejected[0]
        raise UserError(
            f"{first.column}：{first.reason}。" if first.column else f"{first.reason}。", code="refused"
        )
    return lines


def _row(form: PaperForm) -> tuple[object, ...]:
    return (
        form.case_number,
        form.agency,
        form.item,
        Platform.PAPER.value,
        form.hall,
        form.counter,
        form.staff,
        "staff" if form.of_staff else "item",
        str(form.level),
        ",".join(form.labels),
        form.words,
        form.rated_on,
        form.name,
        form.phone,
    )


def _about(form: PaperForm, found: Found) -> dict[str, object]:
    """What the loader is told of the batch; the hash leaves out who rated, so that nobody can be guessed by it."""
    said = [str(cell) for cell in _row(form)[:-2]]
    return {
        "file_name": BATCH,
        "file_hash": hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest(),
        "profile": PROFILE,
        "complete": False,
        "repeated": 0,
        "refused": 0,
        "refused_by_agency": {},
        "initials": initials_of({*found.agencies, *found.items}),
        "names": found.names.take(),
    }
