"""Declares the subject `rotation_import`: moving in from the Triage Rotation Bot."""

from __future__ import annotations

from modelus_bot.domain.subject import Subject, Wording
from modelus_bot.subjects.rotation_import.writes.importing import ImportRotation

__all__ = ["SUBJECT"]


_WORDING = Wording(
    fields={
        "data": "imported rota",
    },
)

SUBJECT = Subject(
    name="rotation_import",
    deferrable=(ImportRotation,),
    wording=_WORDING,
)
