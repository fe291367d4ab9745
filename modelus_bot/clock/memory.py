"""What is known of the clock from before this start: a small file, and when others were written."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from loguru import logger
from pydantic import BaseModel, Field, TypeAdapter

from modelus_bot.clock.belief import Doubt, DoubtReason, Past
from modelus_bot.clock.steps import Step
from modelus_bot.runtime.atomic_files import write_durably
from modelus_bot.runtime.os_errors import in_words

__all__ = ["Memory", "boot_id", "clock_path"]

Moment = Annotated[float, Field(allow_inf_nan=False)]


_PAST = TypeAdapter(Past)


class _Step(BaseModel):
    before: Moment
    seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    after: Moment = 0.0


class _Doubt(BaseModel):
    why: DoubtReason
    seconds: Moment
    offset: Moment
    began: Moment
    still: Moment
    truth: Moment | None
    steps: tuple[_Step, ...]
    lowest: Moment


class _KeptClock(BaseModel):
    """What the file says."""

    wall: Moment
    offset: Moment
    boot: str
    steps: tuple[_Step, ...] = ()
    excused: Moment | None = None
    highest: Moment = 0.0
    doubt: _Doubt | None = None


class Memory:
    """``NAME-clock`` beside a database; one that cannot be read counts as none."""

    def __init__(self, path: Path, beside: Iterable[Path] = ()) -> None:
        """Remember where it lies, and whose times of change stand in where it does not."""
        self.path = path
        self._beside = tuple(beside)
        self._complained = False

    def load(self) -> Past | None:
        """Return what is known from before, None where nothing is; blocking."""
        try:
            kept = _KeptClock.model_validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return self._newest()
        except (OSError, ValueError) as error:
            logger.bind(path=str(self.path), error=in_words(error)).warning("clock_memory_unreadable")
            return self._newest()
        return Past(
            kept.wall,
            kept.offset,
            kept.boot,
            _steps(kept.steps),
            kept.excused,
            kept.highest,
            _doubt(kept.doubt) if kept.doubt is not None else None,
        )

    def save(self, past: Past) -> None:
        """Replace the file; failing is logged, once; blocking."""
        try:
            write_durably(self.path, _PAST.dump_json(past))
        except OSError as error:
            if not self._complained:
                logger.bind(path=str(self.path), error=in_words(error)).warning("clock_memory_not_saved")
            self._complained = True
        else:
            self._complained = False

    def _newest(self) -> Past | None:
        moments = [_written_at(path) for path in self._beside]
        newest = max(moments, default=-math.inf)
        return Past(newest) if newest > 0 else None


def clock_path(database: Path) -> Path:
    """Return where the memory of a database's clock lies."""
    return database.with_name(database.name + "-clock")


def boot_id() -> str:
    """Return what names this start of the machine, empty where the system does not tell."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _steps(kept: Iterable[_Step]) -> tuple[Step, ...]:
    return tuple(Step(item.before, item.seconds, item.after) for item in kept)


def _doubt(kept: _Doubt) -> Doubt:
    return Doubt(
        kept.why,
        kept.seconds,
        kept.offset,
        kept.began,
        kept.still,
        kept.truth,
        _steps(kept.steps),
        kept.lowest,
    )


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return -math.inf
