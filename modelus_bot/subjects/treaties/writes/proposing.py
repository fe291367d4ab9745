"""Proposing a treaty to another nation."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.permissions import require_actor
from modelus_bot.domain.refusals import InvalidInput
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.subjects.treaties.model import Treaty, TreatyChange, TreatyKind
from modelus_bot.subjects.treaties.queries import open_between, require_treaty
from modelus_bot.subjects.treaties.rules import A_KIND, KINDS, LASTS
from modelus_bot.subjects.treaties.writes.expiring import expire
from modelus_bot.subjects.treaties.writes.saving import tell_sides
from modelus_bot.text.escaping import plain, plain_lines

__all__ = ["Mirrored", "ProposeTreaty"]

_ADD = """
INSERT INTO treaties(nation_a, nation_b, kind, proposed_by, terms, proposer_id, proposed_at, expires_at)
VALUES(?, ?, ?, ?, ?, ?, ?, ?)
"""


class Mirrored(InvalidInput):
    """The other side has proposed the same as treaty ``treaty_id``: accepting that is what is meant."""

    def __init__(self, sentence: str, *, rule: str = "treaty.mirrored", treaty_id: int = 0) -> None:
        """Keep which treaty it is."""
        super().__init__(sentence, rule=rule)
        self.treaty_id = treaty_id


class ProposeTreaty(Write[TreatyChange]):
    """Propose a treaty to a nation, for one's own or, as administrator, for ``nation_id``."""

    to_id: NationNumber
    treaty_kind: TreatyKind
    terms: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> TreatyChange:
        """Insert it and tell the other side; raises ``InvalidInput`` while one of its kind is open."""
        own = led_nation(tx, self.nation_id, deputy=False)
        to = require_nation(tx, self.to_id)
        if own.id == to.id:
            raise InvalidInput("A treaty needs two nations. Choose another one.", rule="treaty.self")
        known = open_between(tx, own.id, to.id, self.treaty_kind)
        if known is not None:
            _make_room(tx, known, own, to)
        at = tx.context.at
        pair = (min(own.id, to.id), max(own.id, to.id))
        terms = (self.terms or "").strip() or None
        actor = require_actor(tx)
        number = tx.insert(_ADD, (*pair, self.treaty_kind, own.id, terms, actor, at, at + LASTS))
        new = {"nations": list(pair), "kind": self.treaty_kind, "proposed_by": own.id, "terms": terms}
        tx.audit("treaties", number, "INSERT", new=new, nation_id=own.id)
        made = require_treaty(tx, number)
        return TreatyChange(None, made, _tell(tx, made))


def _make_room(tx: Transaction, known: Treaty, own: Nation, to: Nation) -> None:
    """Let a proposal whose time is over expire; raises ``InvalidInput`` for any other that is open."""
    name = KINDS[known.kind].lower()
    if known.status == "active":
        raise InvalidInput(
            f"{plain(own.name)} and {plain(to.name)} have {A_KIND[known.kind]} already: treaty {known.id}.",
            rule="treaty.in_force",
        )
    if known.expires_at <= tx.context.at:
        expire(tx, known)
        return
    if known.proposed_by == own.id:
        raise InvalidInput(
            f"{plain(own.name)} proposed this {name} <t:{known.proposed_at}:R> already; it can be answered"
            f" until <t:{known.expires_at}:f>. `/treaty withdraw` takes it back.",
            rule="treaty.proposed",
        )
    raise Mirrored(
        f"{plain(to.name)} proposed the same <t:{known.proposed_at}:R>: treaty {known.id}. Accept that one,"
        " here or with `/treaty answer`, instead of proposing another.",
        treaty_id=known.id,
    )


def _tell(tx: Transaction, made: Treaty) -> int:
    """Tell the other side what is proposed; returns how many lead it."""
    by, to = plain(made.name_of(made.proposed_by)), plain(made.name_of(made.answerer))
    terms = f"\nTerms:\n{plain_lines(made.terms)}" if made.terms else ""
    return tell_sides(
        tx,
        made,
        f"{by} proposes {A_KIND[made.kind]}",
        f"{by} proposes {A_KIND[made.kind]} to {to}. Its president can accept or decline until"
        f" <t:{made.expires_at}:f>, here or with `/treaty answer` and the number {made.id}.{terms}",
        key="proposed",
        acting=made.proposed_by,
    )
