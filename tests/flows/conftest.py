"""Flows that open windows leave nothing behind either."""

from tests.views.conftest import light_theme, nothing_left, qapp_cls, qt_warnings, settings_apart

__all__ = ["light_theme", "nothing_left", "qapp_cls", "qt_warnings", "settings_apart"]
