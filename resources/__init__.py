"""Files the program ships: icons, style, codes, templates, sample data. Imports nothing of ours."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).resolve().parent


def path(*parts: str) -> Path:
    """The path of a shipped file or folder, e.g. ``path("icons", "send.svg")``; raises FileNotFoundError."""
    found = _ROOT.joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(f"resource missing: {'/'.join(parts)}")
    return found
