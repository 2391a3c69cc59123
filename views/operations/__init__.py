"""Work off the GUI thread; the only bridge between Qt and the program."""

from views.operations.feed import Incoming
from views.operations.runner import Cancelled, Operation, Operations, Task

__all__ = ["Cancelled", "Incoming", "Operation", "Operations", "Task"]
