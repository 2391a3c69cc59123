"""A server of a centre: the form in which it is written down, in place, without a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from app.database import connecting
from app.errors import UserError
from app.settings import Profile, Settings, Tls
from views.shell.fields import Message
from views.shell.parts import Button, label, row
from views.shell.theme import UNIT
from views.tickets.forms import Choice, field_row

_LONGEST = 200
_HINTS = {
    "name": "便于辨认，如 县政务服务中心",
    "hosts": "如 db.example.gov.cn:5432，多台用逗号隔开",
    "root": "不选则使用系统信任的证书",
}
#: Where a certificate is checked at all.
_WITH_ROOT = (Tls.FULL, Tls.CA)
_SAFE = "连接加密，并核对服务器的证书和名称。"


class ProfileForm(QWidget):
    """`saved(Profile, name before or "")`, `removed(name)`, `left` when nothing is to change."""

    saved = Signal(object, str)
    removed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before: Profile | None = None
        self._settings = Settings()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(3 * UNIT)
        self._title = label("", "title", self)
        self.column.addWidget(self._title)
        self.name = self._field("名称", _HINTS["name"])
        self.hosts = self._field("地址", _HINTS["hosts"])
        self.database = self._field("数据库", "pingdesk")
        self._protection()
        self.message = Message(self)
        self.column.addWidget(self.message)
        self.column.addStretch(1)
        self._foot()

    def _field(self, name: str, hint: str) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(name)
        made.setPlaceholderText(hint)
        made.setMaxLength(_LONGEST)
        made.returnPressed.connect(self._save)
        made.textEdited.connect(self._edited)
        self.column.addLayout(field_row(name, made, self))
        return made

    def _protection(self) -> None:
        self.tls = Choice({tls: tls.label for tls in Tls}, self)
        self.column.addLayout(field_row("保护", self.tls, self))
        self.meaning = label("", "small", self, wrap=True)
        self.column.addLayout(row(19, self.meaning, spacing=0))
        self.root = QLineEdit(self)
        self.root.setAccessibleName("根证书")
        self.root.setPlaceholderText(_HINTS["root"])
        self.root.textChanged.connect(self._edited)
        choose = Button("选择…", "folder", parent=self)
        choose.setAccessibleName("选择根证书文件")
        choose.clicked.connect(self._choose_root)
        line = field_row("根证书", self.root, self)
        line.addWidget(choose)
        self.column.addLayout(line)
        self.tls.edited.connect(self._edited)

    def _foot(self) -> None:
        self.save = Button("保存", kind="primary", parent=self)
        self.cancel = Button("取消", parent=self)
        self.remove = Button("删除这个服务器", kind="link", parent=self)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.left)
        self.remove.clicked.connect(self._remove)
        self.column.addLayout(row(self.save, self.cancel, None, self.remove))

    def edit(self, profile: Profile | None, settings: Settings) -> None:
        """Begins with a profile, or with a new one."""
        self._before, self._settings = profile, settings
        self._title.setText("服务器设置" if profile else "添加服务器")
        known = profile or Profile("", "")
        self.name.setText(known.name)
        self.hosts.setText(known.hosts)
        self.hosts.setCursorPosition(0)
        self.database.setText(known.database)
        self.root.setText(known.root_certificate or "")
        self.tls.set_value(known.tls)
        self.remove.setVisible(profile is not None)
        self.cancel.setVisible(bool(settings.profiles))
        self.message.clear()
        self.name.setFocus()

    def profile(self) -> Profile:
        """What is written down now."""
        tls = self.tls.value() or Tls.FULL
        root = self.root.text().strip() if tls in _WITH_ROOT else ""
        return Profile(
            self.name.text().strip() or self.hosts.text().strip(),
            self.hosts.text().strip(),
            self.database.text().strip() or "pingdesk",
            self._before.login if self._before else "",
            tls,
            root or None,
        )

    def problem(self) -> str | None:
        """What must be mended before it can be saved; None where nothing."""
        written = self.profile()
        try:
            connecting.parse_hosts(written.hosts)
        except UserError as error:
            return error.message
        if written.tls is Tls.CA and not written.root_certificate:
            return "只核对证书时，请选择管理员发放的根证书文件。"
        taken = {known.name for known in self._settings.profiles}
        if written.name in taken - {self._before.name if self._before else ""}:
            return f"已有名为“{written.name}”的服务器，请换一个名称。"
        return None

    def _edited(self) -> None:
        self.message.clear()
        tls = self.tls.value() or Tls.FULL
        self.root.setEnabled(tls in _WITH_ROOT)
        warning = connecting.warning_of(Profile("", "elsewhere", tls=tls))
        self.meaning.setText(warning or _SAFE)

    def _save(self) -> None:
        if (problem := self.problem()) is not None:
            self.message.say(problem)
            return
        self.saved.emit(self.profile(), self._before.name if self._before else "")

    def _remove(self) -> None:
        if self._before is not None:
            self.removed.emit(self._before.name)

    def _choose_root(self) -> None:
        dialog = QFileDialog(self, "选择根证书", "", "证书 (*.crt *.pem *.cer);;所有文件 (*)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.root.setText)
        dialog.open()

    def keyPressEvent(self, event) -> None:
        """Esc leaves it as it was."""
        if event.key() == Qt.Key.Key_Escape and self._settings.profiles:
            self.left.emit()
            return
        super().keyPressEvent(event)
