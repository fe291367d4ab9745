# ruff: noqa: SLF001
"""The simulated server: its channels, roles and people, made in the same order at every start.

SimCord numbers what it makes in order, so people keep their ids from one start to the next and the
database file still knows them. New people go to the end of ``CAST``'s and the rota's order, never between.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from simcord import ChannelHandle, Env, GuildHandle, MemberActor, RoleHandle, UserHandle

__all__ = ["CAST", "Person", "World", "build_world", "leave_errors_to_the_bot"]

TreeErrorHandler = Callable[
    [discord.Interaction[Any], app_commands.AppCommandError], Coroutine[Any, Any, None]
]
Overwrites = dict[
    RoleHandle | MemberActor | UserHandle | discord.Role | discord.Member | discord.User | discord.ClientUser,
    discord.PermissionOverwrite,
]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to look through the eyes of: a made-up name and what they are on the server."""

    name: str
    part: str
    role: str | None
    """Name of their Discord role; None for ordinary members."""


STAFF = discord.Permissions(manage_messages=True)
"""What the staff's roles have, so that Discord shows them the staff's commands."""

CAST = (
    Person("Paula", "player", None),
    Person("Lenny", "leader", None),
    Person("Petra", "project manager", "Project managers"),
    Person("Marek", "second project manager", "Project managers"),
    Person("Ada", "administrator", "Administrators"),
)


@dataclass(frozen=True, slots=True)
class World:
    """The server and who is in it; ``cast`` follows ``CAST``, ``rota`` is keyed like the sample's people.

    The ``owner`` is the second administrator, who decides what the first one asks for.
    """

    guild: GuildHandle
    general: ChannelHandle
    staff: ChannelHandle
    duty_desk: ChannelHandle
    cast: tuple[MemberActor, ...]
    owner: MemberActor
    rota: Mapping[str, MemberActor]
    news: ChannelHandle

    @property
    def everybody(self) -> tuple[MemberActor, ...]:
        """All people, the cast first."""
        return (*self.cast, self.owner, *self.rota.values())

    @property
    def insiders(self) -> tuple[MemberActor, ...]:
        """Those who may see the staff's channels."""
        return (*self.cast[2:], self.owner, *self.rota.values())


def build_world(env: Env, rota_names: Mapping[str, str]) -> World:
    """Make the server; ``rota_names`` gives the sample's people by their key, in the sample's order."""
    owner = env.create_user("model-us-owner", global_name="Olive (server owner)")
    guild = env.create_guild("Model US", owner=owner)
    roles = {
        "Administrators": guild.create_role(
            "Administrators", permissions=discord.Permissions(administrator=True)
        ),
        "Project managers": guild.create_role("Project managers", permissions=STAFF),
        "Staff": guild.create_role("Staff", permissions=STAFF),
    }
    cast = tuple(
        _join(env, guild, f"{person.name} ({person.part})", [roles[person.role]] if person.role else [])
        for person in CAST
    )
    insiders = [roles["Project managers"], roles["Staff"]]
    general = guild.create_text_channel("general", topic="Everybody. Type / to see what the bot can do.")
    return World(
        guild=guild,
        general=general,
        staff=guild.create_text_channel(
            "staff", topic="Staff and managers only.", overwrites=_only_for(env, guild, insiders)
        ),
        duty_desk=guild.create_text_channel(
            "duty-desk",
            topic="Who is on duty. Cover requests are posted here.",
            overwrites=_only_for(env, guild, insiders),
        ),
        cast=cast,
        owner=MemberActor(env, guild, owner),
        rota={key: _join(env, guild, name, [roles["Staff"]]) for key, name in rota_names.items()},
        news=guild.create_text_channel("news", topic="What happens to nations, laws and wars."),
    )


def leave_errors_to_the_bot(bot: commands.Bot, on_tree_error: TreeErrorHandler) -> None:
    """Take SimCord's recorders off again: what the bot's own handlers answer is no failure.

    SimCord counts every exception that reaches a handler as a failed action, refusals included.
    """
    bot.tree.error(on_tree_error)
    store = bot._connection._view_store
    store.add_view = store.add_view.__simcord_original_callback__  # type: ignore[method-assign, attr-defined]


def _only_for(env: Env, guild: GuildHandle, roles: list[RoleHandle]) -> Overwrites:
    """Hide a channel from everybody but some roles and the bot, which posts there and sets the topic."""
    allowed: Overwrites = {guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    if env.bot.user is not None:
        allowed[env.bot.user] = discord.PermissionOverwrite(view_channel=True, manage_channels=True)
    return allowed | {role: discord.PermissionOverwrite(view_channel=True) for role in roles}


def _join(env: Env, guild: GuildHandle, name: str, roles: list[RoleHandle]) -> MemberActor:
    username = "".join(letter if letter.isalnum() else "." for letter in name.lower()).strip(".")
    return guild.add_member(env.create_user(username[:32], global_name=name), roles=roles)
