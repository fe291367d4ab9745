"""Whether the present task has asked for a change yet: a failure before that has changed nothing."""

from __future__ import annotations

from contextvars import ContextVar

__all__ = ["change_begun"]

change_begun: ContextVar[bool] = ContextVar("change_begun", default=True)
"""Whether a change may have been made by this task; True where nobody has said when it began."""
