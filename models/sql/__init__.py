"""Policies, triggers, functions and set-based loads as SQL files, run by the migrations."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent


def text(name: str) -> str:
    """The text of a file here, e.g. ``text("0001_act")``; raises FileNotFoundError."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
