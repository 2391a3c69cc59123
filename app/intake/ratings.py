"""Checks the rating detail: by columns, because months run to 200,000 rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from app.intake import cells, words
from app.intake.cells import Bad
from app.intake.checking import Found, Row
from app.intake.columns import ColumnCheck, ColumnPart
from app.intake.headings import Heading
from app.intake.profiles import Profile, level_table

#: Art. 7, as a refused row shows it.
NO_REASON = "差评既没有标签也没有文字理由（依据：细则第七条）"
EARLY = "评价时间早于受理时间"


class RatingCheck(ColumnCheck):
    """Rows of a rating detail → lines of staging_rating."""

    table = "staging_rating"

    def __init__(
        self, sheet: str, heading: Heading, profile: Profile, found: Found, rows: Iterator[Row] | None = None
    ) -> None:
        column = heading.columns["level"]
        levels = level_table(profile, {cells.spelled(r[column]) for r in rows or () if len(r) > column})
        readers = {
            "channel": self._channel,
            "counter": cells.name,
            "staff": cells.name,
            "level": lambda cell: words.level(cell, levels),
            "labels": words.labels,
            "is_default": words.flag,
            "target": words.target,
            "rating_number": words.rating_number,
            "service_number": lambda cell: _service_number(cells.integer(cell)),
        }
        super().__init__(sheet, heading, profile, found, readers)
        self.has_words = bool(heading.columns.keys() & {"labels", "reason"})

    def _channel(self, cell: Any) -> int | Bad | None:
        """The channel; a platform's name in this column, where there is no other, is left to `_platforms`."""
        found = words.channel(cell)
        if isinstance(found, Bad) and isinstance(words.platform(cell), str):
            return None
        return found

    def part(self, numbers: list[int], rows: list[Row]) -> RatingPart:
        """See `ColumnCheck.part`."""
        return RatingPart(self, numbers, rows)


def _service_number(found: int | Bad | None) -> int | Bad:
    if found is None:
        return 1
    return found if isinstance(found, Bad) or 0 < found < 32768 else Bad("服务次数应为正整数")


class RatingPart(ColumnPart):
    """One chunk of ratings."""

    check: RatingCheck

    def lines(self) -> list[Sequence[str]]:
        """See `ColumnPart.lines`."""
        cases = self.cases()
        agencies = self.agencies()
        levels = self.column("level")
        rated, rated_text = self._rated()
        accepted, accepted_text = self.times("accepted_at")
        _, finished_text = self.times("finished_at")
        codes, reasons = self._words()
        target, service, number = (self.column(f) for f in ("target", "service_number", "rating_number"))
        areas = self.areas(cases)
        platforms, channels, halls, counters = self._places()
        items, item_codes = self.column("item"), self.column("item_code")
        defaults = self._defaults(channels)
        lacking = self._lacking(levels, codes, reasons)
        case_types, staff = self.column("case_type"), self.column("staff")
        persons = [self.texts(f) for f in ("rater_name", "rater_phone", "rater_identity")]
        self._warn_of_early(rated, accepted)
        keep = self.keep(list(zip(areas, cases, target, service, number, strict=True)))
        self.report(agencies)
        columns: list[list[Any]] = [
            areas,
            cases,
            target,
            service,
            number,
            agencies,
            items,
            item_codes,
            platforms,
        ]
        columns += [channels, halls, counters, staff, levels, defaults, lacking, codes, reasons]
        columns += [rated_text, accepted_text, finished_text, case_types, *persons]
        kept = columns if len(keep) == self.size else [[column[i] for i in keep] for column in columns]
        self._name(kept, rated if len(keep) == self.size else [rated[i] for i in keep])
        return self.written(kept, len(keep))

    def _name(self, kept: Sequence[Sequence[Any]], rated: Sequence[datetime]) -> None:
        """Tells the distinct names and months of the rows that stand."""
        agencies, items, item_codes, halls, counters, staff = (kept[i] for i in (5, 6, 7, 10, 11, 12))
        named = {item or code for item, code in zip(items, item_codes, strict=True)} - {None}
        self.found.agencies.update(agencies)
        self.found.items.update(named)
        self.found.names.add("items", named)
        self.found.names.add("places", set(zip(agencies, halls, counters, staff, strict=True)))
        months = [when.year * 12 + when.month for when in rated]
        self.found.names.add("months", set(zip(agencies, months, strict=True)))

    def _rated(self) -> tuple[list[Any], list[Any]]:
        rated, as_written = self.times("rated_at")
        if None in rated:
            for i, when in enumerate(rated):
                if when is None:
                    self.fault(i, "rated_at", "没有评价时间")
        self.since_rules("rated_at", rated)
        return rated, as_written

    def _words(self) -> tuple[list[Any], list[Any]]:
        """Label codes and written reasons; free text between the labels joins the reason."""
        labels = self.column("labels")
        reasons = self.texts("reason")
        for i, (_, free) in enumerate(labels):
            if free:
                reasons[i] = f"{reasons[i]}；{free}" if reasons[i] else free
        return [codes for codes, _ in labels], reasons

    def _places(self) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
        channels, halls, counters = (self.column(f) for f in ("channel", "hall", "counter"))
        platforms = self.column("platform")
        if self.raw("platform") is None and (named := self.raw("channel")) is not None:
            platforms = [p if isinstance(p := words.platform(cell), str) else None for cell in named]
        if None in platforms:
            platforms = [
                p or words.platform_of_channel(channel, at_hall=bool(hall or counter))
                for p, channel, hall, counter in zip(platforms, channels, halls, counters, strict=True)
            ]
        return platforms, channels, halls, counters

    def _defaults(self, channels: list[Any]) -> list[bool]:
        flags = self.column("is_default")
        return [channel == 7 if flag is None else flag for flag, channel in zip(flags, channels, strict=True)]

    def _lacking(self, levels: list[Any], codes: list[Any], reasons: list[Any]) -> list[bool]:
        """Bad ratings without label and reason: refused (Art. 7), kept where the file has neither column."""
        lacking = [False] * self.size
        for i, level in enumerate(levels):
            if level is not None and level <= 2 and not codes[i] and not reasons[i]:
                lacking[i] = True
                if self.check.has_words and i not in self.faults:
                    self.faults[i] = ("labels" if self.raw("labels") is not None else "reason", NO_REASON)
                    self.by_agency.add(i)
        return lacking

    def _warn_of_early(self, rated: list[Any], accepted: list[Any]) -> None:
        if self.raw("accepted_at") is not None:
            pairs = zip(rated, accepted, strict=True)
            self.found.warnings[EARLY] += sum(
                1 for r, a in pairs if r is not None and a is not None and r < a
            )
