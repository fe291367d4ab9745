"""Moving in from the Triage Rotation Bot: reads its JSON files, mends them, and imports them once."""

from modelus_bot.domain.rotation_import.problem import ImportProblem

__all__ = ["ImportProblem"]
