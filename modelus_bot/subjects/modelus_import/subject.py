"""Declares the subject `modelus_import`: moving in from the original Model US bot."""

from __future__ import annotations

from modelus_bot.domain.subject import Subject, Wording

__all__ = ["SUBJECT"]

_WORDING = Wording(
    fields={"author": "who counts as the author of laws that name none"},
)

SUBJECT = Subject(name="modelus_import", wording=_WORDING)
