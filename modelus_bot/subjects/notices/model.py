"""Notices: what is said to whom, how it is delivered, and what somebody has chosen about that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Delivery", "Notice", "Parcel", "Preferences", "QuietHours", "Way"]

Delivery = Literal["dm", "inbox", "off"]
"""What somebody wants of a kind of notices: a direct message, the inbox alone, or nothing."""

Way = Literal["dm", "inbox", "off", "read", "closed", "outdated", "given_up"]
"""How a notice left the outbox: sent; kept in the inbox or left out as its reader wants it; read before it
was sent; kept because direct messages are closed; about what has passed; tried in vain too often."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something one person is told; instants are UTC seconds, ``attempts`` counts failed tries.

    ``delivered_at`` is when it left the outbox, in the ``way`` that says how; both None while it waits.
    ``parcel`` numbers the message that it leaves in, decided at ``packed_at``.
    """

    id: int
    user_id: int
    type: str
    title: str
    message: str
    attempts: int
    created_at: int
    ref_table: str | None = None
    ref_id: int | None = None
    deliver_after: int = 0
    delivered_at: int | None = None
    way: str | None = None
    last_error: str | None = None
    is_read: bool = False
    parcel: int | None = None
    packed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """Notices that leave for one person as one message, numbered by the first of them.

    Of one that is not ``fresh`` an earlier try may have arrived. Then ``only_look`` says that the message is
    looked for and not sent again: what is in it may not leave as it was packed any more.
    """

    number: int
    notices: tuple[Notice, ...]
    only_look: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The minutes of the day, in somebody's time zone, from which and until which nothing is sent.

    ``end`` is the first minute that is not quiet; where it is before ``begin``, the night is between them.
    """

    begin: int
    end: int
    zone: str


@dataclass(frozen=True, slots=True)
class Preferences:
    """What somebody has chosen: their time zone, quiet hours, and deliveries by kind of notice."""

    zone: str
    quiet: QuietHours | None = None
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
