"""Declares the subject `laws`: laws of nations, their texts, and tags."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.laws.visibility import KEPT_LAWS, KEPT_OF_LAWS, KEPT_REVISIONS, VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.laws.buttons.opening import LawButton
    from modelus_bot.subjects.laws.commands.group import LawCommands
    from modelus_bot.subjects.laws.commands.tags import TagCommands
    from modelus_bot.subjects.laws.enclosures import enclosure_of
    from modelus_bot.subjects.laws.writes.notices import LAWS

    return Screens(commands=(LawCommands, TagCommands), buttons=(LawButton,), enclosures={LAWS: enclosure_of})


_WORDING = Wording(
    rows={"laws": "laws", "law_revisions": "texts of laws", "tags": "tags", "law_tags": "laws under tags"},
    row={
        "laws": "a law",
        "law_revisions": "a text of a law",
        "tags": "a tag",
        "law_tags": "a law under a tag",
    },
    ranges={
        "laws_number_range": ("The number of a law", "1 or more"),
        "laws_name_length": ("The name of a law", "1 to 100 characters long"),
        "laws_is_public_flag": ("Whether a law is public", "yes or no"),
        "laws_status_known": ("The status of a law", "draft, enacted or repealed"),
        "laws_revision_range": ("The revision of a law", "1 or more"),
        "law_revisions_revision_range": ("The number of a text of a law", "1 or more"),
        "law_revisions_body_length": ("The text of a law", "1 to 4000 characters long"),
        "law_revisions_note_length": ("The note of a change of a law", "1 to 300 characters long"),
        "law_revisions_published_flag": ("Whether a text of a law was published", "yes or no"),
        "tags_name_length": ("The name of a tag", "1 to 50 characters long"),
        "tags_description_length": ("The description of a tag", "1 to 200 characters long"),
    },
    sentences={
        "laws_name_trimmed": (
            "The name of a law begins and ends with something that can be seen. Correct it and try again."
        ),
        "laws_enacted_has_time": "A law in force has the time it began. Please tell an administrator.",
        "laws_repealed_has_time": (
            "A law has a time of its end exactly when it is repealed. Please tell an administrator."
        ),
        "laws_open_has_number": ("A law that everybody can read has a number. Please tell an administrator."),
        "tags_name_trimmed": (
            "The name of a tag begins and ends with something that can be seen. Correct it and try again."
        ),
    },
    taken={
        "laws.id": "There is a law with this number already. Please try again.",
        "laws.nation_id, laws.name": "The nation has a law of this name already. Choose another name.",
        "laws.nation_id, laws.number": "The nation has a law with this number already. Please try again.",
        "law_revisions.id": "There is a text with this number already. Please try again.",
        "law_revisions.law_id, law_revisions.revision": (
            "The law has been changed at this moment. Look at it again and try again."
        ),
        "tags.id": "There is a tag with this number already. Please try again.",
        "tags.name": "There is a tag of this name already.",
        "law_tags.tag_id, law_tags.law_id": "The law is filed under this tag already.",
    },
    columns={
        "author_id": "who wrote it",
        "body": "the text",
        "is_public": "whether it is public",
        "law_id": "the law",
        "nation_id": "the nation",
        "published": "whether it was published",
        "revision": "the revision",
        "tag_id": "the tag",
    },
    fields={
        "body": "text",
        "draft": "whether it is a draft",
        "is_public": "whether it is public",
        "law_id": "law",
        "note": "note",
        "tag_id": "tag",
        "tags": "tags",
    },
    told={
        "enacted_at": "the time it came into force",
        "number": "the number in the law book",
        "repealed_at": "the time it was repealed",
        "tags": "the tags",
    },
)

_PERSONAL = (
    PersonalRows(
        table="laws",
        exported="SELECT * FROM laws WHERE author_id = :id ORDER BY id",
        stays="That you wrote a law, under your number: it is its nation's.",
    ),
    PersonalRows(
        table="law_revisions",
        exported="SELECT * FROM law_revisions WHERE by_user = :id ORDER BY id",
        erased=(
            (
                "UPDATE law_revisions SET note = NULL WHERE by_user = :id AND note IS NOT NULL"
                " RETURNING id, note"
            ),
        ),
        stays="The texts of laws that you wrote, under your number, without your notes: they are laws.",
    ),
    PersonalRows(
        table="tags",
        exported="SELECT * FROM tags WHERE created_by = :id ORDER BY id",
        stays="That you added a tag, under your number.",
    ),
)

SUBJECT = Subject(
    name="laws",
    topic=Topic("laws", "Laws", "what nations have made law, and the tags it is filed under", 2),
    needs={"law": "anyone", "tag": "anyone", "tag add": "staff", "tag remove": "admin"},
    kept_tables=("laws", "law_revisions", "tags", "law_tags"),
    kept_rows={"laws": KEPT_LAWS, "law_revisions": KEPT_REVISIONS, "law_tags": KEPT_OF_LAWS},
    audited=("laws", "tags"),
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
