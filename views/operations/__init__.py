"""Work off the GUI thread; the only bridge between Qt and the program."""

from views.operations.runner import Cancelled, Operation, Operations, Task

__all__ = ["Cancelled", "Operation", "Operations", "Task"]
