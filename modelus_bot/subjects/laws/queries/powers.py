"""Who may write and change laws, asked before a form is opened; a change asks the same again."""

from __future__ import annotations

from modelus_bot.database import ReadTransaction, viewer_query
from modelus_bot.domain.permissions import Viewer, standing
from modelus_bot.domain.refusals import NotAllowed
from modelus_bot.subjects.laws.model import Law, LawSheet
from modelus_bot.subjects.laws.queries.records import law_sheet, unknown_law
from modelus_bot.subjects.nations.queries.offices import office_held_by
from modelus_bot.subjects.nations.queries.records import require_nation
from modelus_bot.text.escaping import plain

__all__ = ["check_changeable", "check_writes_laws", "law_to_change"]


def check_changeable(tx: ReadTransaction, member_id: int, found: Law, *, admin: bool) -> None:
    """Raise ``NotFound`` where a member cannot read a law, ``NotAllowed`` where they cannot change it."""
    office = office_held_by(tx, member_id)
    own = office is not None and office.nation_id == found.nation_id
    if not (admin or own or found.is_open):
        raise unknown_law()
    nation = require_nation(tx, found.nation_id)
    if not (admin or own):
        raise NotAllowed(
            f"Only those who hold an office in {plain(nation.name)} can change its laws.", rule="law.not_own"
        )
    deputy = office is not None and office.office == "vice_president"
    if not admin and deputy and found.author_id != member_id:
        raise NotAllowed(
            f"The vice president of {plain(nation.name)} changes the laws they wrote. Ask the president for"
            " this one.",
            rule="law.not_author",
        )


@viewer_query
def law_to_change(tx: ReadTransaction, viewer: Viewer, key: str) -> LawSheet:
    """Return a law that the viewer may change; raises as ``check_changeable`` does."""
    sheet = law_sheet(tx, viewer, key)
    check_changeable(tx, viewer.id, sheet.law, admin=standing(tx, viewer).admin)
    return sheet


@viewer_query
def check_writes_laws(tx: ReadTransaction, viewer: Viewer, nation_id: int | None) -> None:
    """Raise ``NotAllowed`` unless the viewer may write laws of a nation, or of their own."""
    office = office_held_by(tx, viewer.id)
    if office is not None and nation_id in {None, office.nation_id}:
        return
    if not standing(tx, viewer).admin:
        raise NotAllowed(
            "Only those who hold an office in a nation write its laws. An administrator gives offices.",
            rule="law.no_office",
        )
    if nation_id is None:
        raise NotAllowed("You hold no office, so say for which nation the law is.", rule="law.which_nation")
