"""What a subject declares: everything the rest of the bot has to know of it, in one place.

A subject is one folder of ``modelus_bot/subjects``; its ``subject.py`` makes a ``Subject``, and
``SUBJECTS`` of that package is the only list of them. What they declare together is asked of ``declared()``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from modelus_bot.database import Invariant, Pruning, Transaction, Visibility, Visible, Write
from modelus_bot.domain.column_words import COLUMNS
from modelus_bot.domain.map_tints import MapTint
from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.reports import Report

if TYPE_CHECKING:
    from discord.ext.commands import Cog
    from discord.ui import DynamicItem

    from modelus_bot.jobs.loop import Job

__all__ = ["Declared", "Need", "Screens", "Subject", "Topic", "Wording", "declare", "declared"]

Need = Literal["anyone", "part", "staff", "manager", "admin"]
"""The least standing that a command needs; see ``Standing``."""

Words = Mapping[str, str]
Retiring = Callable[[Transaction, int], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    """Where /help shows a subject's commands: ``key`` in buttons, name, a sentence, place in the list."""

    key: str
    name: str
    about: str
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What people read instead of the schema's names.

    ``rows`` and ``row`` are several rows and one row of a table; ``ranges`` are CHECK constraints on one
    column: what it is about, and what it must be; ``sentences`` are CHECK constraints on several columns by
    name, and triggers by the text they raise; ``taken`` are UNIQUE constraints by the columns SQLite names;
    ``columns`` must be filled; ``fields`` are those of operations, in the words of the commands; ``told`` are
    what entries of the audit log say besides.
    """

    rows: Words = field(default_factory=dict)
    row: Words = field(default_factory=dict)
    ranges: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    sentences: Words = field(default_factory=dict)
    taken: Words = field(default_factory=dict)
    columns: Words = field(default_factory=dict)
    fields: Words = field(default_factory=dict)
    told: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screens:
    """What of a subject needs Discord: commands, buttons that outlive a restart, jobs, enclosures.

    An enclosure makes what a notice is sent with, by the table that the notice refers to.
    """

    commands: tuple[type[Cog], ...] = ()
    buttons: tuple[type[DynamicItem[Any]], ...] = ()
    jobs: tuple[type[Job], ...] = ()
    enclosures: Mapping[str, Callable[..., Awaitable[Any]]] = field(default_factory=dict)


def _no_screens() -> Screens:
    return Screens()


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One subject of the bot.

    ``needs`` is the least standing of its commands, by a command's name or else its group's. ``kept_tables``
    answer while the database is away; ``kept_rows`` is a condition in SQL, by table, on the rows that may
    leave the file for that. ``visible`` says of each of its tables who may see which row of it; a
    table without is closed to everybody. ``personal`` says of each table what it holds of a person.
    ``reports`` can be made at the command line. Administrators may look up the history of ``audited`` tables.
    ``deferrable`` changes may be saved while the database is away; the journal finds their classes when it
    applies them, before any screen is loaded. ``invariants`` stand in the order of their repairs. A map of
    the nations may be tinted by ``map_tints``. ``retiring`` says, by another subject's table, what ends here
    when a row of that is archived: called with the row's number in the same transaction, it returns a
    sentence for each thing that ended, or refuses. ``screens`` imports Discord's part when asked for.
    """

    name: str
    topic: Topic | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    kept_tables: tuple[str, ...] = ()
    kept_rows: Words = field(default_factory=dict)
    audited: tuple[str, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    prunings: tuple[Pruning, ...] = ()
    deferrable: tuple[type[Write[Any]], ...] = ()
    retiring: Mapping[str, Retiring] = field(default_factory=dict)
    personal: tuple[PersonalRows, ...] = ()
    visible: tuple[Visible, ...] = ()
    reports: tuple[Report, ...] = ()
    map_tints: tuple[MapTint, ...] = ()
    wording: Wording = field(default_factory=Wording)
    screens: Callable[[], Screens] = _no_screens


class Declared:
    """What all subjects declare, put together in their order; raises ``ValueError`` where two contradict."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        """Put the parts together."""
        self.subjects = tuple(subjects)
        self.kept_tables = tuple(table for subject in self.subjects for table in subject.kept_tables)
        self.kept_rows: dict[str, str] = _together(subject.kept_rows for subject in self.subjects)
        self.audited = tuple(table for subject in self.subjects for table in subject.audited)
        self.invariants = tuple(rule for subject in self.subjects for rule in subject.invariants)
        self.prunings = tuple(rule for subject in self.subjects for rule in subject.prunings)
        self.visibility = Visibility(item for subject in self.subjects for item in subject.visible)
        self.reports = {report.name: report for subject in self.subjects for report in subject.reports}
        self.map_tints: dict[str, MapTint] = _together(
            {tint.key: tint for tint in subject.map_tints} for subject in self.subjects
        )
        self.deferrable = frozenset(write for subject in self.subjects for write in subject.deferrable)
        self.retiring: dict[str, tuple[Retiring, ...]] = {}
        for subject in self.subjects:
            for table, ends in subject.retiring.items():
                self.retiring[table] = (*self.retiring.get(table, ()), ends)
        self.personal = tuple(rows for subject in self.subjects for rows in subject.personal)
        self.needs: dict[str, Need] = _together(subject.needs for subject in self.subjects)
        self.topics = _topics(self.subjects)
        words = [subject.wording for subject in self.subjects]
        self.rows: dict[str, str] = _together(word.rows for word in words)
        self.row: dict[str, str] = _together(word.row for word in words)
        self.ranges: dict[str, tuple[str, str]] = _together(word.ranges for word in words)
        self.sentences: dict[str, str] = _together(word.sentences for word in words)
        self.taken: dict[str, str] = _together(word.taken for word in words)
        self.columns: dict[str, str] = _together([COLUMNS, *(word.columns for word in words)])
        self.fields: dict[str, str] = _together(word.fields for word in words)
        self.told: dict[str, str] = _together(word.told for word in words)

    def screens(self) -> Screens:
        """Import and return what needs Discord, in the subjects' order."""
        found = [subject.screens() for subject in self.subjects]
        return Screens(
            commands=tuple(command for screens in found for command in screens.commands),
            buttons=tuple(button for screens in found for button in screens.buttons),
            jobs=tuple(job for screens in found for job in screens.jobs),
            enclosures=_together(screens.enclosures for screens in found),
        )

    def topic_of(self, command: str) -> Topic:
        """Return where /help shows a command, by its name; raises ``KeyError`` for one of no subject."""
        group = command.partition(" ")[0]
        for topic, groups in self.topics.items():
            if group in groups:
                return topic
        raise KeyError(group)


def _together(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if whole.setdefault(key, value) != value:
                raise ValueError(f"two subjects declare {key} differently")
    return whole


def _topics(subjects: tuple[Subject, ...]) -> dict[Topic, frozenset[str]]:
    groups: dict[Topic, frozenset[str]] = {}
    for subject in subjects:
        if subject.topic is not None:
            names = frozenset(need.partition(" ")[0] for need in subject.needs)
            groups[subject.topic] = groups.get(subject.topic, frozenset()) | names
    return dict(sorted(groups.items(), key=lambda item: item[0].place))


_declared = Declared(())


def declare(subjects: Iterable[Subject]) -> Declared:
    """Make these the bot's subjects; called once, by the package that lists them."""
    global _declared  # noqa: PLW0603 - the one registry there is
    _declared = Declared(subjects)
    return _declared


def declared() -> Declared:
    """Return what all subjects declare; nothing before ``modelus_bot.subjects`` was imported."""
    return _declared
