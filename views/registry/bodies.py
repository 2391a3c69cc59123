"""文书单位: the names, addresses and telephones that stand on papers; changed by the head of the centre alone."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from app.changes import Changes
from app.errors import PingdeskError
from app.registry import bodies, queries
from app.registry.bodies import Change, may_change
from app.registry.rows import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_PHONE, Body, BodyKind
from views import dates
from views.shell.parts import Button, card, label, row, rule, scrolling
from views.shell.session import Session
from views.shell.theme import UNIT
from views.tickets.forms import field_row

_STANDS_ON = {
    BodyKind.CENTRE: "转办单、督办通知的发文机关、署名和联系方式，办理档案的打印单位。",
    BodyKind.BUREAU: "向其备案、报告的文书上的名称。",
    BodyKind.HOTLINE: "向其报送的文书上的名称，公布的投诉电话。",
}
_MEANS = (
    "文书每次打开都按这里现在的名称、地址和电话生成，保存后打开的文书即用新的。",
    "文号不变：改名以前打印过的文书，现在重打就是新名称，与当时送出的不同。需要与原件一致的，请用当时保存的 PDF 或留存的原件。",
    "每次修改都记入审计日志。",
)


class BodyForm(QFrame):
    """One body. `saved(Body)` when what was typed is to be kept."""

    saved = Signal(object)

    def __init__(self, kind: BodyKind, parent: QWidget | None = None, *, fixed: bool) -> None:
        super().__init__(parent)
        self.kind, self._fixed, self._busy = kind, fixed, False
        self._body: Body | None = None
        frame, column = card(self, margin=4, spacing=2)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column.addWidget(label(kind.label, "section", frame))
        column.addWidget(label(_STANDS_ON[kind], "small", frame, wrap=True))
        self.name = self._line("名称", LONGEST_NAME)
        self.address = self._line("地址", LONGEST_ADDRESS)
        self.phone = self._line("电话", LONGEST_PHONE)
        self._lines = (self.name, self.address, self.phone)
        for line in self._lines:
            column.addLayout(field_row(line.accessibleName().removeprefix(kind.label), line, frame))
        self.save = Button("保存", "approve", "primary", frame)
        self.undo = Button("恢复", parent=frame)
        self.problem = label("", "small", frame, wrap=True)
        self.save.clicked.connect(self._save)
        self.undo.clicked.connect(self._restore)
        buttons = row(self.save, self.undo)
        buttons.addWidget(self.problem, 1)
        column.addLayout(buttons)
        self._show_state()

    def _line(self, name: str, longest: int) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(f"{self.kind.label}{name}")
        made.setMaxLength(longest)
        # Nothing can be typed before it is known what stands there.
        made.setReadOnly(True)
        if self._fixed:
            made.setPlaceholderText("没有填写")
        made.textChanged.connect(self._show_state)
        return made

    def typed(self) -> Body:
        """What stands in the fields."""
        return Body(self.kind, *(line.text().strip() for line in self._lines))

    @property
    def touched(self) -> bool:
        """Whether something was typed that is not saved."""
        return self._body is not None and not self._fixed and self.typed() != self._body

    def show_body(self, body: Body) -> None:
        """Shows what is on record; each field that was typed in and not saved stays as it is."""
        before, self._body, self._busy = self._body, body, False
        for line, old, new in zip(self._lines, _fields(before), _fields(body), strict=True):
            if line.text().strip() == old:
                line.setText(new)
                line.setCursorPosition(0)
            line.setReadOnly(self._fixed)
        self._show_state()

    def free(self) -> None:
        """It was not saved: what was typed can be saved again."""
        self._busy = False
        self._show_state()

    def _restore(self) -> None:
        for line, text in zip(self._lines, _fields(self._body), strict=True):
            line.setText(text)
            line.setCursorPosition(0)

    def _save(self) -> None:
        self._busy = True
        self._show_state()
        self.saved.emit(self.typed())

    def _show_state(self) -> None:
        problem = self.typed().problem() if self.touched else None
        self.save.setVisible(self.touched)
        self.undo.setVisible(self.touched)
        self.save.setEnabled(problem is None and not self._busy)
        self.problem.setText(problem or "")
        self.problem.setVisible(self.touched)


def _fields(body: Body | None) -> tuple[str, str, str]:
    return (body.name, body.address, body.phone) if body is not None else ("", "", "")


class BodiesView(QWidget):
    """The three bodies below each other; its panel, laid out by the page, tells what a change means."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.facts = "" if may_change(session.person) else "只有中心负责人可以修改"
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3 * UNIT)
        self.forms = {kind: BodyForm(kind, inner, fixed=not may_change(session.person)) for kind in BodyKind}
        for form in self.forms.values():
            form.saved.connect(self._save)
            column.addWidget(form)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inner, self))
        self.setFocusProxy(self.forms[BodyKind.CENTRE].name)
        self.panel = self._make_panel()

    def _make_panel(self) -> QWidget:
        panel = QFrame()
        panel.setProperty("panel", "true")
        panel.setAccessibleName("文书单位说明")
        column = QVBoxLayout(panel)
        column.setContentsMargins(5 * UNIT, 4 * UNIT, 5 * UNIT, 4 * UNIT)
        column.setSpacing(3 * UNIT)
        column.addWidget(label("修改以后", "lead", panel))
        for sentence in _MEANS:
            column.addWidget(label(sentence, "", panel, wrap=True))
        column.addWidget(rule(panel))
        self._changed = label("", "small", panel, wrap=True)
        column.addWidget(self._changed)
        column.addStretch(1)
        return panel

    def reload(self) -> None:
        """Reads what is on record."""
        group = self.session.person.group

        def read(connection: Any) -> tuple[tuple[Body, ...], Change | None]:
            return queries.bodies(connection), bodies.last_change(connection, group)

        self.session.query(self, read, self._show, key="bodies", failed=self._failed)

    def _show(self, found: tuple[tuple[Body, ...], Change | None]) -> None:
        on_record, changed = found
        for body in on_record:
            self.forms[body.kind].show_body(body)
        when = dates.moment(changed.at, self.session.today) if changed else ""
        self._changed.setText(f"最近修改：{when}　{changed.person}" if changed else "还没有修改记录。")
        self._changed.setToolTip(dates.exact(changed.at) if changed else "")
        self._changed.setVisible(self.session.person.group in bodies.READS_LOG)

    def _save(self, body: Body) -> None:
        def work(connection: Any) -> tuple[Body, Changes]:
            return body, bodies.set_body(connection, body)

        self.session.command(self, work, self._saved, failed=self._failed)

    def _saved(self, answer: tuple[Body, Changes]) -> None:
        body, changes = answer
        self.forms[body.kind].show_body(body)
        self.session.notice("success", f"已保存：{body.name}。以后打开的文书用新的名称。")
        self.session.announce(changes)
        self.reload()

    def _failed(self, error: Exception) -> None:
        for form in self.forms.values():
            form.free()
        known = isinstance(error, PingdeskError)
        tone = "warning" if known and error.exit_code == 1 else "error"
        self.session.notice(tone, str(error) if known else "程序出错了，详情已记入日志。")
