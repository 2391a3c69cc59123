"""The theme: everything that is read can be read, in both schemes; every icon is there."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import Qt

from resources import path
from views.shell import icons, theme
from views.shell.actions import COMMANDS, PAGES

SCHEMES = {"light": theme.LIGHT, "dark": theme.DARK}
GROUNDS = ("ground", "surface", "navigation", "hover", "quote", "accent_soft")
READ = 4.5


def test_the_ratio_is_that_of_wcag():
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("scheme", "ground"), list(product(SCHEMES, GROUNDS)))
def test_text_is_readable_on_every_ground(scheme, ground):
    colors = SCHEMES[scheme]
    for ink in ("text", "secondary"):
        assert theme.contrast(getattr(colors, ink), getattr(colors, ground)) >= READ, ink


@pytest.mark.parametrize(
    ("scheme", "tone"), list(product(SCHEMES, ("accent", "red", "amber", "green", "grey")))
)
def test_tones_are_readable_on_their_own_ground_and_on_the_surface(scheme, tone):
    colors = SCHEMES[scheme]
    ink, soft = colors.tone(tone)
    assert theme.contrast(ink, soft) >= READ
    assert theme.contrast(ink, colors.surface) >= READ


@pytest.mark.parametrize("scheme", SCHEMES)
def test_filled_and_disabled_buttons_are_readable(scheme):
    colors = SCHEMES[scheme]
    assert theme.contrast(colors.on_accent, colors.accent) >= READ
    assert theme.contrast(colors.secondary, colors.grey_soft) >= READ


@pytest.mark.parametrize("scheme", SCHEMES)
def test_neighbouring_parts_of_a_bar_can_be_told_apart(scheme):
    parts = SCHEMES[scheme].parts
    for one, other in zip(parts, parts[1:], strict=False):
        assert theme.contrast(one, other) >= 1.3


def test_a_scheme_is_forced_and_changed(qapp, light_theme):
    told = []
    light_theme.changed.connect(lambda: told.append(theme.colors().dark))
    theme.toggle()
    theme.toggle()
    assert told == [True, False]
    light_theme.force(None)
    light_theme._system_changed(Qt.ColorScheme.Dark)
    assert theme.color("red").isValid()


def test_every_page_and_command_has_an_icon_of_its_own():
    pages = [page.icon for page in PAGES]
    assert len(set(pages)) == len(pages)
    for entry in (*PAGES, *COMMANDS):
        assert path("icons", f"{entry.icon}.svg").exists()
    tickets = [c.icon for c in COMMANDS if c.id.startswith("ticket.")]
    assert len(set(tickets)) == len(tickets)


def test_icons_are_drawn_in_the_colour_asked_for(qapp):
    picture = icons.pixmap("stop", "#FF0000", size=20, ratio=1).toImage()
    inks = {
        picture.pixelColor(x, y).name()
        for x in range(20)
        for y in range(20)
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert inks == {"#ff0000"}


@pytest.mark.parametrize("file", sorted(path("icons").glob("*.svg")), ids=lambda f: f.stem)
def test_icons_are_of_one_family(file):
    text = file.read_text(encoding="utf-8")
    assert 'viewBox="0 0 20 20"' in text
    assert 'stroke-width="1.6"' in text
    assert "currentColor" in text
