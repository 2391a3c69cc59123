"""The one place of colours, type and the style sheet: light and dark, after the system or forced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from views.shell.stylesheet import style_sheet

#: The spacing unit in device-independent pixels.
UNIT = 4
#: The type scale in points.
SMALL, BODY, LEAD, TITLE, FIGURE = 9.0, 10.0, 11.0, 14.5, 19.0
#: Families in order of preference; the second is what Linux has.
FAMILIES = ("Microsoft YaHei UI", "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC")


@dataclass(frozen=True, slots=True)
class Colors:
    """One scheme. `parts`: the four parts of the composite score, strongest first; `lines`: of a chart, to be told apart
    by their marks and words too."""

    dark: bool
    ground: str
    navigation: str
    surface: str
    line: str
    text: str
    secondary: str
    accent: str
    accent_soft: str
    on_accent: str
    red: str
    red_soft: str
    amber: str
    amber_soft: str
    green: str
    green_soft: str
    grey: str
    grey_soft: str
    hover: str
    quote: str
    parts: tuple[str, str, str, str]
    lines: tuple[str, str, str, str, str, str]

    def tone(self, name: str) -> tuple[str, str]:
        """Text and ground of a tone: accent, red, amber, green, grey."""
        return {
            "accent": (self.accent, self.accent_soft),
            "red": (self.red, self.red_soft),
            "amber": (self.amber, self.amber_soft),
            "green": (self.green, self.green_soft),
            "grey": (self.grey, self.grey_soft),
        }[name]


LIGHT = Colors(
    dark=False, ground="#F4F5F8", navigation="#FAFBFC", surface="#FFFFFF", line="#E2E5EC", text="#1D2330",
    secondary="#646C7E", accent="#2358C4", accent_soft="#E9EFFC", on_accent="#FFFFFF", red="#BF2E27",
    red_soft="#FCEBE9", amber="#8F5500", amber_soft="#FFF2DC", green="#1F7A3D", green_soft="#E6F5EB",
    grey="#565E70", grey_soft="#EDEFF3", hover="#F1F4FA", quote="#F4F6FA",
    parts=("#2358C4", "#6A93E6", "#A6C0F3", "#D3E0FA"),
    lines=("#2358C4", "#8F5500", "#1F7A3D", "#7A3E9D", "#0B6E80", "#565E70"),
)  # fmt: skip
DARK = Colors(
    dark=True, ground="#15181E", navigation="#181B22", surface="#1C2028", line="#2C323D", text="#E6E9F0",
    secondary="#98A1B3", accent="#6E9BF5", accent_soft="#22304F", on_accent="#0E1420", red="#F2857E",
    red_soft="#45221F", amber="#E7B35B", amber_soft="#40301A", green="#7CCB96", green_soft="#1E3A29",
    grey="#A9B1C1", grey_soft="#2A303B", hover="#232935", quote="#222731",
    parts=("#6E9BF5", "#4C78D0", "#3A5CA3", "#31466F"),
    lines=("#6E9BF5", "#E7B35B", "#7CCB96", "#C79BE8", "#5EC4D6", "#A9B1C1"),
)  # fmt: skip


class Theme(QObject):
    """Applies a scheme to the application and follows the system's choice until one is forced."""

    changed = Signal()
    _current: ClassVar[Theme | None] = None

    def __init__(self, application: QApplication, *, forced: str | None = None) -> None:
        """`forced`: ``light``, ``dark`` or None for the system's scheme."""
        super().__init__(application)
        self._application = application
        self._forced = forced
        self.colors = LIGHT
        application.setStyle("Fusion")
        application.setFont(base_font())
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        Theme._current = self
        self._apply()

    def force(self, scheme: str | None) -> None:
        """Forces ``light`` or ``dark``, or follows the system again."""
        self._forced = scheme
        self._apply()

    def toggle(self) -> None:
        """Changes between light and dark."""
        self.force("light" if self.colors.dark else "dark")

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if self._forced is None:
            self._apply()

    def _apply(self) -> None:
        system_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = system_dark if self._forced is None else self._forced == "dark"
        self.colors = DARK if dark else LIGHT
        self._application.setPalette(palette(self.colors))
        self._application.setStyleSheet(style_sheet(self.colors))
        self.changed.emit()


def install(application: QApplication, *, forced: str | None = None) -> Theme:
    """The application's theme, made once."""
    if Theme._current is None or Theme._current.parent() is not application:
        return Theme(application, forced=forced)
    Theme._current.force(forced)
    return Theme._current


def toggle() -> None:
    """Changes between light and dark."""
    if Theme._current is not None:
        Theme._current.toggle()


def colors() -> Colors:
    """The colours in force; light before a theme is installed."""
    return Theme._current.colors if Theme._current else LIGHT


def color(name: str) -> QColor:
    """A colour in force by its name in `Colors`."""
    return QColor(getattr(colors(), name))


def base_font() -> QFont:
    """The body font, with figures of equal width."""
    font = QFont(list(FAMILIES))
    font.setPointSizeF(BODY)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def font(size: float = BODY, *, bold: bool = False) -> QFont:
    """The body font in another size of the type scale."""
    made = QFont(QApplication.font())
    made.setPointSizeF(size)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made


def palette(c: Colors) -> QPalette:
    """The Qt palette of a scheme."""
    made = QPalette()
    role = QPalette.ColorRole
    for where, value in (
        (role.Window, c.ground), (role.Base, c.surface), (role.AlternateBase, c.ground),
        (role.Button, c.surface),
        (role.WindowText, c.text), (role.Text, c.text), (role.ButtonText, c.text), (role.ToolTipText, c.text),
        (role.ToolTipBase, c.surface), (role.PlaceholderText, c.secondary), (role.Highlight, c.accent_soft),
        (role.HighlightedText, c.text), (role.Link, c.accent), (role.Mid, c.line), (role.Dark, c.line),
        (role.Light, c.surface), (role.Midlight, c.hover), (role.Accent, c.accent),
    ):  # fmt: skip
        made.setColor(where, QColor(value))
    for where in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(c.secondary))
    return made


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2), 1–21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(value: str) -> float:
    parts = (int(value[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
