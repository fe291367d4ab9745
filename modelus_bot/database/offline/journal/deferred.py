"""The answer to a change that could not be made now and is safe in a file until it can."""

from __future__ import annotations

__all__ = ["WriteDeferred"]


class WriteDeferred(Exception):
    """The change was saved for later: no failure, but no result either.

    ``number`` is what people call it by, ``operation`` the class of the write, ``at`` UTC seconds.
    """

    def __init__(self, number: int, operation: str, at: int) -> None:
        """Raise it only after the journal has the change on the disk."""
        super().__init__(f"{operation} was saved for later as number {number}")
        self.number = number
        self.operation = operation
        self.at = at

    @property
    def sentence(self) -> str:
        """What its author reads."""
        return (
            f"Your change is safe as number {self.number}. It is made as soon as the database is back, and"
            " you will be told what became of it. You need not repeat it."
        )
