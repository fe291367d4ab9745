"""Stacks: where a failure came from, as text that may be logged at any level."""

from __future__ import annotations

import sqlite3
import weakref
from collections import deque
from collections.abc import Iterator

from modelus_bot.database.core.errors import DatabaseError
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Stacks", "stack_of"]

DEEPEST = 6
"""How many causes are told of."""
FRAMES = 24
"""How many calls of each, the innermost ones."""

_SPEAKING = (DatabaseError, sqlite3.Error, sqlite3.Warning, OSError)
"""What these say holds no values that somebody has entered; of others only the name is told."""


class Stacks:
    """Remembers the text of the last cause: when a COMMIT fails, all who waited for it share one."""

    __slots__ = ("_cause", "_text")

    def __init__(self) -> None:
        """Remember nothing."""
        self._cause: weakref.ref[DatabaseError] | None = None
        self._text = ""

    def of(self, error: DatabaseError) -> str:
        """Return the stack of a failure and of what caused it, the first cause at the top."""
        cause = error.__cause__
        if error.__traceback__ is not None or not isinstance(cause, DatabaseError):
            return stack_of(error)
        if self._cause is None or self._cause() is not cause:
            self._cause, self._text = weakref.ref(cause), stack_of(cause)
        return f"{self._text}\n{_named(error)}"


def stack_of(error: BaseException) -> str:
    """Return the calls that led to an error and to its causes, the first cause at the top."""
    return "\n".join("\n".join([*_calls(item), _named(item)]) for item in reversed([*_chain(error)]))


def _calls(error: BaseException) -> deque[str]:
    """Return where each call stood. Without its source: reading that would hold everybody up."""
    calls: deque[str] = deque(maxlen=FRAMES)
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        calls.append(f'  File "{code.co_filename}", line {step.tb_lineno}, in {code.co_qualname}')
        step = step.tb_next
    return calls


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen and len(seen) < DEEPEST:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _named(error: BaseException) -> str:
    name = type(error).__qualname__
    return f"{name}: {in_words(error)}" if isinstance(error, _SPEAKING) else name
