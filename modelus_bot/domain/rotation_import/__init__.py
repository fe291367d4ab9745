"""Moving in from the Triage Rotation Bot: reads its JSON files, mends them, and imports them once.

``read_folder`` → ``RotationSource`` (as found) → ``mend`` → ``RotationData`` (consistent, with a
sentence for everything that was mended) → ``ImportRotation`` (one write, idempotent).
"""

from modelus_bot.domain.rotation_import.data import Mended, RotationData
from modelus_bot.domain.rotation_import.importing import ImportReport, ImportRotation, TableCount
from modelus_bot.domain.rotation_import.mending import mend
from modelus_bot.domain.rotation_import.people import placeholder_id
from modelus_bot.domain.rotation_import.problem import ImportProblem
from modelus_bot.domain.rotation_import.reading import parse, read_folder
from modelus_bot.domain.rotation_import.source import RotationSource, days_to_middle, shift_days

__all__ = [
    "ImportProblem",
    "ImportReport",
    "ImportRotation",
    "Mended",
    "RotationData",
    "RotationSource",
    "TableCount",
    "days_to_middle",
    "mend",
    "parse",
    "placeholder_id",
    "read_folder",
    "shift_days",
]
