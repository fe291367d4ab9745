"""What a change of a nation changed, as before → after. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from modelus_bot.subjects.nations.model import (
    AliasChange,
    CityChange,
    Metric,
    Nation,
    NationChange,
    Office,
    OfficeChange,
)
from modelus_bot.subjects.nations.rules.figures import FIGURES, dollars, shown
from modelus_bot.subjects.nations.rules.words import OFFICES, STATUSES
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of, quoted

__all__ = ["alias_card", "change_card", "cities_card", "differences", "office_card", "only_shown"]

NOTHING_SAVED = "Only a preview: nothing was saved"
ARROW = " → "


def only_shown(card: Card) -> Card:
    """Return what a change would give, said so that nobody takes it for done."""
    text = f"**{card.title}**\n{card.text}".strip()
    return replace(card, title=NOTHING_SAVED, text=text, severity="info", footer=None)


def change_card(change: NationChange, reason: str | None = None) -> Card:
    """Return what was saved of a nation, with the numbers under which its changes can be undone."""
    after = change.after
    title = f"{plain(after.full_name)} is founded" if change.before is None else plain(after.full_name)
    lines = list(differences(change.before, after))
    if change.undid is not None:
        lines.append(f"Change {change.undid.id} is undone.")
    if change.ended:
        lines.append(cards.lines(change.ended, empty="", limit=2000))
    if reason:
        lines.append(f"**Reason:** {plain(reason)}")
    card = cards.success(title, "\n".join(lines) or "Nothing was changed.")
    if change.before is None or not change.history:
        return card
    numbers = " and ".join(f"change {number}" for number in change.history)
    return card.with_footer(f"Kept as {numbers}")


def differences(before: Nation | None, after: Nation) -> Iterator[str]:
    """Yield a line for each thing that is different; of a new nation everything that was chosen."""
    for metric, figure in FIGURES.items():
        old = _figure(before, metric) if before is not None else None
        yield from _line(figure.label, old, _figure(after, metric))
    old_budget = dollars(before.budget) if before is not None else None
    yield from _line("Budget", old_budget, dollars(after.budget))
    yield from _line("Name", plain(before.name) if before else None, plain(after.name))
    yield from _line("Prefix", _prefix(before), _prefix(after) or "none")
    yield from _line("Government", plain(before.government) if before else None, plain(after.government))
    if before is None:
        return
    yield from _line("Status", _status(before), _status(after))
    if before.description != after.description:
        for when, text in (("before", before.description), ("now", after.description)):
            yield f"**Description {when}:**" + (f"\n{quoted(text)}" if text else " none")
    if (before.flag_channel_id, before.flag_message_id) != (after.flag_channel_id, after.flag_message_id):
        yield "**Flag:** a new one"


def _line(label: str, old: str | None, new: str) -> Iterator[str]:
    if old != new:
        yield f"**{label}:** {new}" if old is None else f"**{label}:** {old}{ARROW}{new}"


def _figure(nation: Nation, metric: Metric) -> str:
    """Return a figure to its last unit, so that a small change is seen."""
    value: int = getattr(nation, metric)
    rounded = shown(metric, value)
    exact = f"{value:,}" if FIGURES[metric].unit == 1 and abs(value) >= 10**6 else ""
    return f"{rounded} ({exact})" if exact else rounded


def _prefix(nation: Nation | None) -> str | None:
    if nation is None:
        return None
    return plain(nation.prefix) if nation.prefix is not None else "none"


def _status(nation: Nation) -> str:
    until = f" until {moment(nation.leave_until, 'f')}" if nation.leave_until is not None else ""
    return f"{STATUSES[nation.status]}{until}"


def office_card(change: OfficeChange, names: Mapping[int, str]) -> Card:
    """Return who got an office, and whose ended by it."""
    nation = plain(change.nation.full_name)
    given = change.given
    lines = [f"{name_of(given.user_id, names)} is {OFFICES[given.office]}."] if given is not None else []
    return cards.success(nation, "\n".join([*lines, *(_ended(item, change, names) for item in change.ended)]))


def _ended(item: Office, change: OfficeChange, names: Mapping[int, str]) -> str:
    where = "" if item.nation_id == change.nation.id else f" of nation {item.nation_id}"
    return f"{name_of(item.user_id, names)} is not {OFFICES[item.office]}{where} any more."


def alias_card(change: AliasChange) -> Card:
    """Return by which name a nation is found from now on, or is not any more, and all of its aliases."""
    name = plain(change.name)
    said = f"“{name}” finds it from now on." if change.given else f"“{name}” does not find it any more."
    card = cards.success(plain(change.nation.full_name), said)
    return card.with_field("Also called", ", ".join(map(plain, change.aliases)) or "nothing else")


def cities_card(change: CityChange | None, nation: Nation, names: tuple[str, ...]) -> Card:
    """Return the cities of a nation, the capital first, after a change or as they are."""
    text = cards.lines(names, empty="No cities yet.", limit=2000)
    title = f"Cities of {plain(nation.full_name)}"
    return cards.info(title, text) if change is None else cards.success(title, text)
