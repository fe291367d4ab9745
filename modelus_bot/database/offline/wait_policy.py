"""How long a write waits for the database before it is saved for later or refused."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SHORT_WAIT", "WaitRequest", "patience", "seconds_to_wait"]

SHORT_WAIT = 0.25
"""Seconds that people wait once somebody has waited in vain."""


@dataclass(frozen=True, slots=True)
class WaitRequest:
    """What is known of a write and of the moment it is asked for.

    ``deferrable``: it can be saved for later. ``by_person``: somebody looks at the screen, it is not the
    bot's own. ``others_wait``: changes were saved and are not applied yet. ``in_vain``: somebody has
    waited in vain since the database last answered. ``deadline``: seconds its caller gives it, if any.
    """

    deferrable: bool = False
    by_person: bool = False
    others_wait: bool = False
    in_vain: bool = False
    deadline: float | None = None


def patience(usual: float, *, in_vain: bool) -> float:
    """Return the seconds after which somebody is served otherwise, who would wait ``usual`` seconds.

    Once somebody has waited in vain nobody waits long: a command asks several times.
    """
    return min(SHORT_WAIT, usual) if in_vain else usual


def seconds_to_wait(asking: WaitRequest, usual: float) -> float | None:
    """Return how long a write waits, where people wait ``usual`` seconds; None: as long as it likes.

    The bot itself has time for what cannot be saved, unless something is wrong: changes wait, or
    somebody has waited in vain. Nothing waits longer than its deadline.
    """
    something_is_wrong = asking.others_wait or asking.in_vain
    if not asking.deferrable and not asking.by_person and not something_is_wrong:
        return None
    most = patience(usual, in_vain=asking.in_vain) if asking.deferrable else usual
    return most if asking.deadline is None else min(asking.deadline, most)
