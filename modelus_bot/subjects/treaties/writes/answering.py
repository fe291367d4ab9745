"""What the two sides of a treaty do with it: accept, decline, withdraw, end."""

from __future__ import annotations

from modelus_bot.database import Transaction, Write
from modelus_bot.domain.fields import OptionalReason
from modelus_bot.domain.refusals import InvalidInput, NotAllowed
from modelus_bot.subjects.nations.model import Nation
from modelus_bot.subjects.nations.writes.fields import NationNumber
from modelus_bot.subjects.nations.writes.powers import led_nation
from modelus_bot.subjects.treaties.model import Treaty, TreatyChange
from modelus_bot.subjects.treaties.queries import require_treaty
from modelus_bot.subjects.treaties.rules import A_KIND, KINDS, lasted
from modelus_bot.subjects.treaties.writes.saving import TreatyNumber, fresh, step, tell_sides
from modelus_bot.text.escaping import plain

__all__ = ["AnswerTreaty", "EndTreaty", "WithdrawTreaty"]


class AnswerTreaty(Write[TreatyChange]):
    """Accept or decline what another nation proposes to one's own or, as administrator, to ``nation_id``."""

    treaty_id: TreatyNumber
    accept: bool
    version: int | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> TreatyChange:
        """Save the answer; of two at once the second reads what the first was."""
        found, nation = _party(tx, self.treaty_id, self.nation_id)
        if nation.id == found.proposed_by:
            raise NotAllowed(
                f"{plain(nation.name)} proposed this itself; the answer is"
                f" {plain(found.name_of(found.answerer))}'s. `/treaty withdraw` takes it back.",
                rule="treaty.own",
            )
        _require_pending(tx, found)
        fresh(found, self.version)
        change = step(
            tx,
            found,
            "active" if self.accept else "declined",
            decided_by=tx.context.actor,
            decided_at=tx.context.at,
        )
        verb = "accepts" if self.accept else "declines"
        name = plain(nation.name)
        more = (
            f"It is in force from now on: treaty {found.id}."
            if self.accept
            else "It can be proposed again at any time."
        )
        asker = plain(found.name_of(found.proposed_by))
        text = f"{name} {verb} the {KINDS[found.kind].lower()} that {asker} proposed. {more}"
        tell_sides(
            tx, change.after, f"{name} {verb} {A_KIND[found.kind]}", text, key="answered", acting=nation.id
        )
        return change


class WithdrawTreaty(Write[TreatyChange]):
    """Take back what one's own nation or, as administrator, ``nation_id`` proposed."""

    treaty_id: TreatyNumber
    version: int | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> TreatyChange:
        """Save it and tell the other side."""
        found, nation = _party(tx, self.treaty_id, self.nation_id)
        if nation.id != found.proposed_by:
            raise NotAllowed(
                f"{plain(found.name_of(found.proposed_by))} proposed this, so {plain(nation.name)} can"
                " decline it with `/treaty answer`, but not withdraw it.",
                rule="treaty.not_own",
            )
        _require_pending(tx, found)
        fresh(found, self.version)
        at = tx.context.at
        change = step(tx, found, "withdrawn", decided_by=tx.context.actor, decided_at=at)
        name, to = plain(nation.name), plain(found.name_of(found.answerer))
        title = f"{name} withdraws {A_KIND[found.kind]}"
        text = f"{name} withdraws the {KINDS[found.kind].lower()} that it proposed to {to}."
        tell_sides(tx, change.after, title, text, key="withdrawn", acting=nation.id)
        return change


class EndTreaty(Write[TreatyChange]):
    """End a treaty that is in force, as one of its two sides or, as administrator, for ``nation_id``."""

    treaty_id: TreatyNumber
    reason: OptionalReason = None
    version: int | None = None
    nation_id: NationNumber | None = None

    def apply(self, tx: Transaction) -> TreatyChange:
        """Save it and tell the other side how long it lasted; both may propose another at once."""
        found, nation = _party(tx, self.treaty_id, self.nation_id)
        _require_in_force(found)
        fresh(found, self.version)
        at = tx.context.at
        reason = (self.reason or "").strip() or None
        change = step(tx, found, "ended", ended_by=tx.context.actor, ended_at=at, end_reason=reason)
        name, other = plain(nation.name), plain(found.name_of(found.other(nation.id)))
        why = f" Reason: {plain(reason)}" if reason else ""
        title = f"{name} ends {A_KIND[found.kind]}"
        text = (
            f"{name} ends the {KINDS[found.kind].lower()} with {other}. It lasted {lasted(found, at)}.{why}"
        )
        tell_sides(tx, change.after, title, text, key="ended", acting=nation.id)
        return change


def _party(tx: Transaction, treaty_id: int, nation_id: int | None) -> tuple[Treaty, Nation]:
    """Return a treaty and the side that the author acts for; raises ``NotAllowed`` for everybody else."""
    found = require_treaty(tx, treaty_id)
    nation = led_nation(tx, nation_id, deputy=False)
    if nation.id not in found.parties:
        raise NotAllowed(
            f"This treaty is between {plain(found.name_a)} and {plain(found.name_b)};"
            f" {plain(nation.name)} has no part in it.",
            rule="treaty.not_party",
        )
    return found, nation


def _require_pending(tx: Transaction, found: Treaty) -> None:
    if found.status != "pending":
        raise InvalidInput(f"{_stands(found)}, so there is nothing left to answer.", rule="treaty.decided")
    if found.expires_at <= tx.context.at:
        raise InvalidInput(
            f"This proposal could be answered until <t:{found.expires_at}:f>. It can be proposed again.",
            rule="treaty.expired",
        )


def _require_in_force(found: Treaty) -> None:
    if found.status == "pending":
        raise InvalidInput(
            "This treaty is only proposed. `/treaty withdraw` takes it back, `/treaty answer` declines it.",
            rule="treaty.not_in_force",
        )
    if found.status != "active":
        raise InvalidInput(f"{_stands(found)}, so there is nothing to end.", rule="treaty.not_in_force")


def _stands(found: Treaty) -> str:
    """Say what became of a treaty, by whom and when."""
    by, to = plain(found.name_of(found.proposed_by)), plain(found.name_of(found.answerer))
    when = f"<t:{found.decided_at}:R>"
    if found.status == "ended":
        return f"This treaty ended <t:{found.ended_at}:R>"
    if found.status == "expired":
        return f"This proposal expired {when}"
    if found.status == "withdrawn":
        return f"{by} withdrew this proposal {when}"
    return f"{to} {'declined' if found.status == 'declined' else 'accepted'} this proposal {when}"
