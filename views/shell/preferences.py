"""What can be set on this computer: how long the window may stand untouched, and which servers are known."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.settings import NOTICE_HOURS, Settings
from views.shell.overlay import Overlay
from views.shell.parts import clear, icon_button, label, row, rule
from views.shell.theme import UNIT
from views.tickets.forms import Choice

_MINUTES = (5, 10, 15, 30, 60, 0)
_HOURS = {NOTICE_HOURS: "8:30–12:00、14:30–17:30", "08:30-17:30": "8:30–17:30", "": "不提醒"}


class PreferencesPanel(Overlay):
    """`changed(Settings)` whenever something was set; it holds at once."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("设置", parent)
        self._settings = Settings()
        self.column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 5 * UNIT)
        close = icon_button("close", "关闭设置", self)
        close.clicked.connect(self.close_back)
        self.column.addLayout(row(label("设置", "lead", self), None, close))
        self.column.addWidget(label("自动锁定", "section", self))
        self.column.addWidget(
            label("没有操作达到这个时间，窗口自动锁定；也可随时按 Ctrl+L。", "small", self, wrap=True)
        )
        self.minutes = Choice({m: f"{m} 分钟" if m else "从不" for m in _MINUTES}, self)
        self.column.addWidget(self.minutes)
        self.column.addWidget(label("到期提醒", "section", self))
        self.column.addWidget(
            label("工单快到期、到期、超期各提醒一次，只在工作日的这些时间。", "small", self, wrap=True)
        )
        self.hours = Choice(_HOURS, self)
        self.hours.setAccessibleName("到期提醒")
        self.column.addWidget(self.hours)
        self.column.addWidget(rule(self))
        self.column.addWidget(label("服务器", "section", self))
        self._servers = QVBoxLayout()
        self._servers.setSpacing(UNIT)
        self.column.addLayout(self._servers)
        self.column.addWidget(label("添加、修改服务器请在登录页进行。", "small", self, wrap=True))
        self.column.addStretch(1)
        self.minutes.edited.connect(self._edited)
        self.hours.edited.connect(self._edited)

    def show_settings(self, settings: Settings) -> None:
        """Shows what is set."""
        self._settings = settings
        for choice, value in ((self.minutes, settings.idle_minutes), (self.hours, settings.notice_hours)):
            choice.blockSignals(True)
            choice.set_value(value)
            choice.blockSignals(False)
        clear(self._servers)
        for profile in settings.profiles:
            line = row(label(profile.name, "", self, wrap=True), label(profile.tls.label, "small", self))
            line.setStretch(0, 1)
            self._servers.addLayout(line)
            self._servers.addWidget(label(profile.hosts, "small", self, wrap=True))
        if not settings.profiles:
            self._servers.addWidget(label("还没有添加中心服务器。", "secondary", self))

    def place(self) -> None:
        """In the middle, near the top."""
        parent = self.parentWidget()
        width = min(parent.width() - 20 * UNIT, 116 * UNIT)
        height = min(parent.height() - 24 * UNIT, self.column.totalHeightForWidth(width))
        self.setGeometry((parent.width() - width) // 2, 16 * UNIT, width, height)

    def open(self) -> None:
        """Opens with the keyboard in it."""
        super().open()
        self.findChild(Choice).setFocus()

    def _edited(self) -> None:
        from dataclasses import replace

        minutes, hours = self.minutes.value(), self.hours.value()
        if minutes is not None:
            self._settings = replace(self._settings, idle_minutes=minutes)
        if hours is not None:
            self._settings = replace(self._settings, notice_hours=hours)
        self.changed.emit(self._settings)
