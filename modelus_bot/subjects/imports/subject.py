"""Declares the subject `imports`: what moving in from any other program has in common."""

from __future__ import annotations

from modelus_bot.domain.subject import Subject, Wording

__all__ = ["SUBJECT"]

SUBJECT = Subject(name="imports", wording=Wording(fields={"rows": "imported rows"}))
