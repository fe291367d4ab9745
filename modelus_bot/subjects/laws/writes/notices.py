"""Who is told of a change of a law, and in which words: those in office of its nation, and its author.

Whoever may not read the law is not told. Of a law that is not open to everybody neither name nor text is in a
notice: it stays in inboxes and direct messages when its reader holds no office any more.
"""

from __future__ import annotations

from typing import Literal

from modelus_bot.database import Transaction
from modelus_bot.domain.permissions import require_actor
from modelus_bot.subjects.laws.model import Law, LawChange
from modelus_bot.subjects.laws.rules.happenings import Happening, happened, is_work_in_progress
from modelus_bot.subjects.nations.queries.offices import offices_of
from modelus_bot.subjects.notices.writes.outbox import notify
from modelus_bot.subjects.people.queries import member
from modelus_bot.text.escaping import plain

__all__ = ["LAWS", "take_back", "tell"]

LAWS = "laws"
"""What notices about laws refer to."""
_TITLES: dict[Happening, str] = {
    "drafted": "is drafted",
    "enacted": "is in force",
    "rewritten": "has another text",
    "renamed": "has another name",
    "repealed": "is repealed",
    "given_up": "is given up",
    "published": "is public",
    "closed": "is not public any more",
    "filed": "is filed under other tags",
}
_SENTENCES: dict[Happening | Literal["renamed closed"], str] = {
    "drafted": "{who} drafted {what}. It is not in force yet.",
    "enacted": "{who} put {what} into force.",
    "rewritten": "{who} changed the text of {what}; the earlier one is kept.",
    "renamed": "{who} gave {before} another name: {what}. How it is cited stays.",
    "renamed closed": "{who} gave {what} another name.",
    "repealed": "{who} repealed {what}. Its text is kept.",
    "given_up": "{who} gave the draft up: {what}. Its text is kept.",
    "published": "{who} let everybody read {what}.",
    "closed": "{who} closed it: only administrators and those who hold an office in {nation} can read it.",
    "filed": "{who} filed {what} under other tags.",
}
_TAKE_BACK = """
UPDATE notifications SET message = :message, title = iif(
    user_id IN (SELECT user_id FROM nation_offices WHERE nation_id = :nation AND until IS NULL), title, :title
)
WHERE user_id IN (SELECT :author UNION SELECT user_id FROM nation_offices WHERE nation_id = :nation)
AND dedupe_key GLOB :keys
"""


def tell(tx: Transaction, change: LawChange, note: str | None = None) -> LawChange:
    """Tell those concerned but for who did it, once for each change; returns the change.

    ``note`` is why a text was changed, which everybody may read who may read the text.
    """
    law, actor = change.after, require_actor(tx)
    if is_work_in_progress(law, actor):
        return change
    what = happened(change.before, law)
    nation = plain(change.name.nation)
    cited = plain(change.name.citation) if law.number is not None else f"Law #{law.id} of {nation}"
    text = _sentence(change, what, _name(tx, actor))
    if note and law.is_open:
        text = f"{text}\nWhy: {plain(note)}"
    when = f"tags:{tx.context.at}" if what == "filed" else f"{law.version}"
    for person in _concerned(tx, law):
        if person != actor:
            notify(
                tx, person, "nation", f"{cited} {_TITLES[what]}", text,
                dedupe_key=f"law:{law.id}:{when}", ref_table=LAWS, ref_id=law.id,
            )  # fmt: skip
    return change


def take_back(tx: Transaction, law: Law) -> None:
    """Take a law's name out of earlier notices, sent or not, also of those in office, who lose that one day.

    Those in office still see which law it was; of others' notices nothing of it is left.
    """
    values = {
        "author": law.author_id,
        "nation": law.nation_id,
        "keys": f"law:{law.id}:*",
        "title": "About a law",
        "message": "What stood here was about a law that is not public any more.",
    }
    tx.execute(_TAKE_BACK, values)


def _sentence(change: LawChange, what: Happening, who: str) -> str:
    """Return what happened in words, without a name where the law is not open to everybody."""
    law, before, nation = change.after, change.before, plain(change.name.nation)
    if not law.is_open:
        named = f"a law of {nation} that is not public"
        told = _SENTENCES["renamed closed" if what == "renamed" else what]
        return told.format(who=who, what=named, nation=nation)
    earlier = plain(before.name) if before is not None else ""
    return _SENTENCES[what].format(who=who, what=f"**{plain(law.name)}**", before=earlier, nation=nation)


def _concerned(tx: Transaction, law: Law) -> list[int]:
    """Return who is told: those in office, and the author as long as they may read it."""
    holders = [office.user_id for office in offices_of(tx, law.nation_id)]
    author = [law.author_id] if law.is_open else []
    return list(dict.fromkeys([*holders, *author]))


def _name(tx: Transaction, actor: int) -> str:
    known = member(tx, actor)
    return plain(known.username) if known is not None else "An administrator"
