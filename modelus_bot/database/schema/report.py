"""What is told about a schema that is not as expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Difference", "DriftReport", "Remedy"]


class Remedy(StrEnum):
    """What can be done about a difference."""

    REPAIR = "repair"
    """Made again from the migrations; no row is touched."""
    REFUSE = "refuse"
    """The bot does not work with the file until a person has decided."""
    NOTE = "note"
    """Unknown but harmless enough to be left alone."""


_ADVICE = {
    Remedy.REPAIR: "It is made again from the migrations when the bot starts.",
    Remedy.REFUSE: "Undo that change by hand or restore a backup; the bot does not start with it.",
    Remedy.NOTE: "It is left alone; remove it by hand if nobody needs it.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a file is not as expected."""

    kind: str
    """What differs, for programs: ``column_type``, ``index_missing``."""
    type: str
    """``table``, ``index``, ``trigger``, ``view`` or ``file``."""
    name: str
    fact: str
    """One sentence that names the object and what is wrong with it."""
    remedy: Remedy
    advice: str = ""

    def __str__(self) -> str:
        return f"{self.fact} {self.advice or _ADVICE[self.remedy]}"


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Every difference between a file's schema and the expected one; as text one line for each."""

    differences: tuple[Difference, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether there is no difference at all, not even something unknown."""
        return not self.differences

    @property
    def repairable(self) -> tuple[Difference, ...]:
        """Indexes, triggers and views that can be made again without touching a row."""
        return self._with(Remedy.REPAIR)

    @property
    def refused(self) -> tuple[Difference, ...]:
        """What the bot cannot work with."""
        return self._with(Remedy.REFUSE)

    @property
    def blocking(self) -> tuple[Difference, ...]:
        """What is refused and would not be put right by applying the migrations that are missing."""
        return tuple(item for item in self.refused if item.kind != "pending")

    @property
    def noted(self) -> tuple[Difference, ...]:
        """Unknown objects, which are left alone."""
        return self._with(Remedy.NOTE)

    def _with(self, remedy: Remedy) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if difference.remedy is remedy)

    def __str__(self) -> str:
        return "\n".join(str(difference) for difference in self.differences)
