"""A circular as it is written: text in which figures are fields, bound to the facts of its months.

What an officer types is theirs; a figure says what the facts say. One that was typed over is detached: it stays as typed
and is marked. Kept as JSON with the circular.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.documents.model import Level
from models.rules.circulars import Form


@dataclass(frozen=True, slots=True)
class Field:
    """A figure in a text: the key of its fact, how it reads. `detached`: it was typed over and follows no fact."""

    key: str
    text: str
    detached: bool = False


Piece = str | Field


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph: text and fields in their order. `level`: numbered as a heading of that level, in body type."""

    pieces: tuple[Piece, ...]
    level: Level | None = None

    @property
    def text(self) -> str:
        """As it reads."""
        return "".join(p if isinstance(p, str) else p.text for p in self.pieces)

    @property
    def fields(self) -> Iterator[Field]:
        """The figures in it."""
        return (p for p in self.pieces if isinstance(p, Field))


@dataclass(frozen=True, slots=True)
class Inset:
    """A table or a picture made of the facts, by its key: `ranking`, `labels`, …; nobody types in it."""

    kind: str  # "table" or "picture"
    key: str


Block = Words | Inset


@dataclass(frozen=True, slots=True)
class Section:
    """A part with its heading; `key` names it among the sections that the template orders."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplement:
    """附件: a page of its own with tables of the facts; wide ones lie on their side."""

    key: str
    title: str
    insets: tuple[Inset, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole of it. `number_word`: 发文机关代字."""

    title: str
    form: Form = Form.MARKED
    mark: str = ""
    number_word: str = ""
    addressee: str = ""
    opening: Words = Words(())
    sections: tuple[Section, ...] = ()
    supplements: tuple[Supplement, ...] = ()
    issuer: str = ""
    note: str = ""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def words(self) -> Iterator[Words]:
        """Every paragraph."""
        yield self.opening
        for section in self.sections:
            yield from (b for b in section.blocks if isinstance(b, Words))

    def detached(self) -> tuple[Field, ...]:
        """Figures that follow no fact any more."""
        return tuple(f for words in self.words() for f in words.fields if f.detached)


def bound(draft: Draft, shown: Mapping[str, str]) -> Draft:
    """The same with every figure as the facts show it now; a key that the facts do not have is detached as it stands."""

    def piece(p: Piece) -> Piece:
        if isinstance(p, str) or p.detached:
            return p
        return replace(p, text=shown[p.key]) if p.key in shown else replace(p, detached=True)

    def words(w: Words) -> Words:
        return replace(w, pieces=tuple(piece(p) for p in w.pieces))

    return replace(
        draft,
        opening=words(draft.opening),
        sections=tuple(
            replace(s, blocks=tuple(words(b) if isinstance(b, Words) else b for b in s.blocks))
            for s in draft.sections
        ),
    )


# JSON -----------------------------------------------------------------------------------------------------

_TEXTS = ("title", "mark", "number_word", "addressee", "issuer", "note", "printed_by")


def to_json(draft: Draft) -> dict[str, Any]:
    """As it is kept."""
    return {
        **{name: getattr(draft, name) for name in _TEXTS},
        "form": draft.form.value,
        "opening": _words_json(draft.opening),
        "sections": [
            {"key": s.key, "title": s.title, "blocks": [_block_json(b) for b in s.blocks]}
            for s in draft.sections
        ],
        "supplements": [
            {
                "key": s.key,
                "title": s.title,
                "insets": [_block_json(i) for i in s.insets],
                "landscape": s.landscape,
            }
            for s in draft.supplements
        ],
        "copies": list(draft.copies),
        "more": dict(draft.more),
    }


def from_json(kept: Mapping[str, Any]) -> Draft:
    """As it was kept. Raises KeyError or ValueError where it is none of ours."""
    return Draft(
        **{name: str(kept.get(name, "")) for name in _TEXTS},
        form=Form(kept["form"]),
        opening=_words(kept["opening"]),
        sections=tuple(
            Section(s["key"], s["title"], tuple(_block(b) for b in s["blocks"])) for s in kept["sections"]
        ),
        supplements=tuple(
            Supplement(
                s["key"],
                s["title"],
                tuple(Inset(i["inset"], i["key"]) for i in s["insets"]),
                bool(s["landscape"]),
            )
            for s in kept["supplements"]
        ),
        copies=tuple(kept["copies"]),
        more=dict(kept.get("more", {})),
    )


def _block_json(block: Block) -> dict[str, Any]:
    return {"inset": block.kind, "key": block.key} if isinstance(block, Inset) else _words_json(block)


def _words_json(words: Words) -> dict[str, Any]:
    made: dict[str, Any] = {
        "text": [
            p
            if isinstance(p, str)
            else {"figure": p.key, "text": p.text, **({"detached": True} if p.detached else {})}
            for p in words.pieces
        ]
    }
    return made | ({"level": int(words.level)} if words.level else {})


def _block(kept: Mapping[str, Any]) -> Block:
    return Inset(kept["inset"], kept["key"]) if "inset" in kept else _words(kept)


def _words(kept: Mapping[str, Any]) -> Words:
    pieces = tuple(
        p if isinstance(p, str) else Field(p["figure"], p["text"], bool(p.get("detached")))
        for p in kept["text"]
    )
    return Words(pieces, Level(kept["level"]) if "level" in kept else None)
