"""The style sheet, built from the colours; widgets say what they are by properties, never how they look.

`role` on labels: title, lead, section, secondary, small, figure, link, warning. `kind` on buttons: primary,
plain, link, flat. `card` on frames: surface with a line and round corners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from views.shell.theme import Colors


def style_sheet(c: Colors) -> str:
    """The application's whole style sheet for one scheme."""
    return "\n".join((_text(c), _frames(c), _buttons(c), _fields(c), _tables(c), _furniture(c)))


def _text(c: Colors) -> str:
    return f"""
    QWidget {{ color: {c.text}; }}
    QLabel {{ background: transparent; }}
    QLabel[role="title"] {{ font-size: 14.5pt; font-weight: 600; }}
    QLabel[role="lead"] {{ font-size: 11.5pt; font-weight: 600; }}
    QLabel[role="section"] {{ font-weight: 600; }}
    QLabel[role="strong"] {{ font-weight: 600; }}
    QLabel[role="secondary"] {{ color: {c.secondary}; }}
    QLabel[role="small"] {{ color: {c.secondary}; font-size: 9pt; }}
    QLabel[role="figure"] {{ font-size: 18pt; font-weight: 600; }}
    QLabel[role="figure-red"] {{ font-size: 18pt; font-weight: 600; color: {c.red}; }}
    QLabel[role="red"] {{ color: {c.red}; }}
    QLabel[role="amber"] {{ color: {c.amber}; }}
    QLabel[role="green"] {{ color: {c.green}; }}
    """


def _frames(c: Colors) -> str:
    return f"""
    QWidget#navigation {{ background: {c.navigation}; border: 0; border-right: 1px solid {c.line}; }}
    QFrame[card="true"] {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: 9px; }}
    QFrame[panel="true"] {{ background: {c.surface}; border: 0; border-left: 1px solid {c.line}; }}
    QFrame[quote="true"] {{ background: {c.quote}; border: 0; border-radius: 8px; }}
    QFrame[note="true"] {{ background: {c.amber_soft}; border: 0; }}
    QFrame[tone="red"] {{ background: {c.red_soft}; border: 0; border-radius: 8px; }}
    QFrame[tone="amber"] {{ background: {c.amber_soft}; border: 0; border-radius: 8px; }}
    QFrame[tone="green"] {{ background: {c.green_soft}; border: 0; border-radius: 8px; }}
    QFrame[side="true"] {{ background: {c.quote}; border: 0; border-right: 1px solid {c.line};
        border-top-left-radius: 9px; border-bottom-left-radius: 9px; }}
    QFrame[float="true"] {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: 9px; }}
    QFrame[rule="true"] {{ background: {c.line}; border: 0; max-height: 1px; min-height: 1px; }}
    QFrame[drop="true"] {{ background: {c.surface}; border: 1.5px dashed {c.line}; border-radius: 9px; }}
    QFrame[drop="over"] {{ background: {c.accent_soft}; border: 1.5px dashed {c.accent};
                                 border-radius: 9px; }}
    QScrollArea, QScrollArea > QWidget > QWidget[clear="true"] {{ background: transparent; border: 0; }}
    QSplitter::handle {{ background: transparent; }}
    """


def _buttons(c: Colors) -> str:
    return f"""
    QPushButton {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: 6px; padding: 5px 11px;
                   min-height: 20px; }}
    QPushButton:hover {{ background: {c.hover}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.secondary}; background: {c.grey_soft}; border-color: {c.grey_soft}; }}
    QPushButton[kind="primary"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};
                                   font-weight: 600; }}
    QPushButton[kind="primary"]:focus {{ border: 2px solid {c.text}; padding: 4px 10px; }}
    QPushButton[kind="primary"]:disabled {{ background: {c.grey_soft}; color: {c.secondary};
                                            border-color: {c.grey_soft}; }}
    QPushButton[kind="link"] {{ background: transparent; border: 1px solid transparent; color: {c.accent};
                                padding: 1px 0; min-height: 16px; }}
    QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
    QPushButton[kind="link"]:focus {{ border-color: {c.accent}; }}
    QPushButton[kind="link"]:disabled {{ color: {c.secondary}; }}
    QPushButton[kind="flat"] {{ background: transparent; border: 1px solid transparent; padding: 3px; }}
    QPushButton[aligned="left"] {{ text-align: left; padding: 5px 8px; }}
    QPushButton[kind="flat"]:checked {{ background: {c.accent_soft}; color: {c.accent}; }}
    QPushButton[kind="flat"]:hover {{ background: {c.hover}; }}
    QPushButton[kind="flat"]:focus {{ border-color: {c.accent}; }}
    QPushButton[kind="search"] {{ text-align: left; color: {c.secondary}; padding: 5px 10px;
                                  border-radius: 7px; }}
    QPushButton::menu-indicator {{ width: 0; image: none; }}
    """


def _fields(c: Colors) -> str:
    return f"""
    QLineEdit, QPlainTextEdit, QTextEdit, QDateEdit, QDateTimeEdit, QSpinBox {{ background: {c.surface};
        border: 1px solid {c.line}; border-radius: 6px; padding: 4px 8px;
        selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QDateEdit:focus, QDateTimeEdit:focus, QSpinBox:focus {{
        border-color: {c.accent}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; height: 0; border: 0; }}
    QLineEdit[bare="true"] {{ border: 0; background: transparent; padding: 2px; font-size: 11pt; }}
    QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"] {{ border-color: {c.red}; }}
    QCheckBox, QRadioButton {{ background: transparent; spacing: 7px; padding: 2px; }}
    """


def _tables(c: Colors) -> str:
    return f"""
    QTableView, QListView, QTreeView {{ background: {c.surface}; border: 0; outline: 0;
        gridline-color: {c.line}; selection-background-color: {c.accent_soft}; selection-color: {c.text}; }}
    QTableView::item, QListView::item {{ border: 0; }}
    QHeaderView {{ background: {c.surface}; border: 0; }}
    QHeaderView::section {{ background: {c.surface}; color: {c.secondary}; border: 0; font-weight: 600;
        border-bottom: 1px solid {c.line}; padding: 7px 8px; }}
    QTableCornerButton::section {{ background: {c.surface}; border: 0; }}
    QTabBar {{ background: transparent; border: 0; }}
    QTabBar::tab {{ background: transparent; border: 0; border-bottom: 2px solid transparent;
        padding: 6px 2px; margin-right: 6px; color: {c.secondary}; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; font-weight: 600; }}
    QTabBar::tab:focus {{ color: {c.accent}; }}
    """


def _furniture(c: Colors) -> str:
    return f"""
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 3px; margin: 2px; min-height: 28px;
        min-width: 28px; }}
    QScrollBar::handle:hover {{ background: {c.secondary}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.line}; padding: 5px 7px; }}
    QMenu {{ background: {c.surface}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 6px 22px 6px 12px; border-radius: 5px; }}
    QMenu::item:selected {{ background: {c.accent_soft}; color: {c.accent}; }}
    QMenu::item:disabled {{ color: {c.secondary}; }}
    QMenu::separator {{ background: {c.line}; height: 1px; margin: 4px 8px; }}
    QSlider::groove:horizontal {{ background: {c.line}; height: 4px; border-radius: 2px; }}
    QSlider::handle:horizontal {{ background: {c.accent}; width: 14px; margin: -5px 0; border-radius: 7px; }}
    QSlider::handle:horizontal:focus {{ border: 2px solid {c.text}; width: 10px; }}
    QProgressBar {{ background: {c.grey_soft}; border: 0; border-radius: 3px; max-height: 6px;
        min-height: 6px; color: transparent; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    """
