"""``check``: would the bot start with these settings and this database?"""

from __future__ import annotations

import typer

from modelus_bot.cli.beginning import require_beginning
from modelus_bot.cli.recognising import require_ours
from modelus_bot.cli.setting_up import DatabaseOption, require_current_schema, settings_of, with_database
from modelus_bot.database import DatabaseManager
from modelus_bot.database.administration import DatabaseFile, Nature
from modelus_bot.subjects.disciplines.queries import disciplines
from modelus_bot.subjects.people.queries import members

__all__ = ["check"]


def check(context: typer.Context, database: DatabaseOption = None) -> None:
    """Check settings, database and schema without changing anything.

    Exits with 0 when the bot would start, 3 for the settings, 4 for the database, also when it is gone
    although copies of it are left, 5 when migrations are missing (the bot applies them when it starts;
    so does: modelus-bot migrate up).
    """
    settings = settings_of(context)
    path = database or settings.database.path
    typer.echo("Settings: fine.")
    typer.echo(f"Discord: {'a token is set' if settings.token else 'no token, run opens the sandbox'}.")
    DatabaseFile(path).require_one_name()
    found = require_ours(path, Nature.MISSING, Nature.EMPTY)
    if found.nature is not Nature.OURS:
        require_beginning(settings, path, begin_anew=False, empty=True)
    if found.nature is Nature.MISSING:
        typer.echo(f"Database: {path} does not exist yet; the bot creates it at its first start.")
        return
    require_current_schema(path)
    people, rooms = with_database(settings, _counts, path, looking=True)
    typer.echo(f"Database: {path} opens, its schema is current, {people} people, {rooms} disciplines.")


async def _counts(db: DatabaseManager) -> tuple[int, int]:
    everyone = await db.read(members)
    duties = await db.read(disciplines)
    return len(everyone), len(duties)
