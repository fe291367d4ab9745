"""Declares the subject `staff_import`: moving in from AI Scrum Master."""

from __future__ import annotations

from modelus_bot.domain.subject import Subject, Wording

__all__ = ["SUBJECT"]

_WORDING = Wording(
    fields={
        "maker": "who counts as the maker of tasks",
    },
)

SUBJECT = Subject(name="staff_import", wording=_WORDING)
