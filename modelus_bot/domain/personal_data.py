"""What a subject keeps of a person: what they get when they ask for it, and what is blanked when they go."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PersonalRows"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalRows:
    """The rows of one table that are about a person, whose Discord id is ``:id`` in every statement.

    ``exported`` selects them; columns go out under their own names. ``erased`` blanks what is the person's
    own, in this order, with ``:at`` in UTC seconds; each is an UPDATE or a DELETE that returns the record's
    id and then the columns it has set, for the audit log. ``stays`` says in a sentence what is left after
    that, and why; empty where nothing is.
    """

    table: str
    exported: str
    erased: tuple[str, ...] = ()
    stays: str = ""
