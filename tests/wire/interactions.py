"""Interactions: what a person asks, and what that person sees of the answer."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.wire.server import LOADING, Payload, Server, snowflake

__all__ = ["Interaction", "Interactions", "labels"]

COMMAND, COMPONENT, SUGGEST, FORM = 2, 3, 4, 5
TEXT_OF_OPTION, ATTACHMENT, USER, CHANNEL, ROLE, MENTIONABLE = 3, 11, 6, 7, 8, 9
TEXT_INPUT, LABEL = 4, 18
ANSWER_WITHIN, TOKEN_LIVES = 3.0, 900.0


@dataclass(eq=False)
class Interaction:
    """One command, press, form or request for suggestions, and its state at Discord.

    ``original`` is the first answer's message as it is now, ``followups`` those after it; a deleted one is in
    neither. ``posted`` keeps every text that was ever visible, in order.
    """

    kind: int
    by: str
    channel: str
    source: Payload | None = None
    ahead: float = 0.0
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    at: float = 0.0
    callbacks: int = 0
    """Arrivals of a first answer, refused ones as well."""
    acknowledged_at: float | None = None
    original: Payload | None = None
    followups: list[Payload] = field(default_factory=list)
    choices: list[Payload] | None = None
    form: Payload | None = None
    edits: int = 0
    deferred_press: bool = False
    changed_at: float = 0.0
    posted: list[str] = field(default_factory=list)
    event: Payload = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Draw the id, whose own time is ``ahead`` seconds off."""
        self.id = snowflake(self.ahead)
        self.open_requests = 0

    @property
    def acknowledged(self) -> bool:
        """Whether the first answer arrived in time."""
        return self.acknowledged_at is not None

    @property
    def messages(self) -> list[Payload]:
        """What is there to see, oldest first."""
        return [*([self.original] if self.original else []), *self.followups]

    @property
    def message(self) -> Payload:
        """The newest of the messages."""
        return self.messages[-1]

    @property
    def thinking(self) -> bool:
        """Whether the person still sees that the bot is thinking."""
        return any(message["flags"] & LOADING for message in self.messages)

    @property
    def answered(self) -> bool:
        """Whether there is something final to see."""
        if not self.acknowledged or self.thinking:
            return False
        if self.choices is not None or self.form is not None or self.followups or self.edits:
            return True
        return self.original is not None and not self.deferred_press

    @property
    def text(self) -> str:
        """What the person reads at the end, in one text."""
        if not self.acknowledged:
            return "«The application did not respond»"
        if self.form is not None:
            return f"«form» {self.form['title']}"
        if self.choices is not None:
            return "\n".join(str(choice["name"]) for choice in self.choices)
        return "\n".join(
            "«thinking»" if message["flags"] & LOADING else words(message) for message in self.messages
        )

    def changed(self) -> None:
        """Note that something else is to be seen now."""
        self.changed_at = time.monotonic()
        self.posted.append(self.text)

    async def settled(self, timeout: float, *, quiet: float = 0.05) -> Interaction:
        """Wait for an answer that nothing followed for ``quiet`` seconds, or until the time is over."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            idle = not self.open_requests and time.monotonic() - self.changed_at >= quiet
            if self.answered and idle:
                break
            if not self.acknowledged and time.monotonic() - self.at > ANSWER_WITHIN + 0.2:
                break
            await asyncio.sleep(0.01)
        return self


def words(message: Payload) -> str:
    """Return every text of a message that a person reads, but not its buttons."""
    found = [message["content"]] if message["content"] else []
    for embed in message["embeds"]:
        fields = [item[part] for item in embed.get("fields") or [] for part in ("name", "value")]
        footer = (embed.get("footer") or {}).get("text")
        found += [item for item in (embed.get("title"), embed.get("description"), *fields, footer) if item]
    return "\n".join(found)


def labels(message: Payload) -> dict[str, str]:
    """Return the buttons that can be pressed: custom ids by label."""
    parts = [part for row in message["components"] for part in row["components"]]
    return {
        part.get("label") or part["custom_id"]: part["custom_id"]
        for part in parts
        if part["type"] == 2 and not part.get("disabled") and "custom_id" in part
    }


class Interactions:
    """Builds what the gateway sends, and knows every interaction by its token."""

    def __init__(self, server: Server) -> None:
        """Take the server that people are on."""
        self.server = server
        self.by_token: dict[str, Interaction] = {}
        self.files: dict[str, bytes] = {}

    def of_command(
        self, name: str, options: dict[str, Any], interaction: Interaction, focused: str = ""
    ) -> None:
        """Fill in a command by its whole name; raises ``LookupError`` for one that nobody registered."""
        first, *rest = name.split(" ")
        command = node = self.registered(first)
        data: Payload = {"id": command["id"], "name": first, "type": 1}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        level = data
        for word in rest:
            node = next(option for option in node["options"] if option["name"] == word)
            level["options"] = [{"type": node["type"], "name": word}]
            level = level["options"][0]
        known = {option["name"]: option for option in node.get("options", [])}
        resolved: Payload = {}
        level["options"] = [
            self._option(known[name], value, resolved, interaction, focused=name == focused)
            for name, value in options.items()
        ]
        self._finish(interaction, data | ({"resolved": resolved} if resolved and not focused else {}))

    def of_user_menu(self, name: str, target: str, interaction: Interaction) -> None:
        """Fill in a command of a person's context menu."""
        resolved: Payload = {}
        self._person(target, resolved)
        command = self.registered(name, kind=2)
        data = {"id": command["id"], "name": name, "type": 2, "target_id": target, "resolved": resolved}
        self._finish(interaction, data)

    def of_message_menu(self, name: str, message: Payload, interaction: Interaction) -> None:
        """Fill in a command of a message's context menu."""
        command = self.registered(name, kind=3)
        data = {"id": command["id"], "name": name, "type": 3, "target_id": message["id"]}
        self._finish(interaction, data | {"resolved": {"messages": {message["id"]: message}}})

    def of_component(
        self, custom_id: str, interaction: Interaction, values: Iterable[str] | None = None
    ) -> None:
        """Fill in a press of a button, or a choice from a list."""
        data: Payload = {"component_type": 2, "custom_id": custom_id}
        if values is not None:
            data |= {"component_type": 3, "values": [*values]}
        self._finish(interaction, data)

    def of_form(self, form: Payload, answers: dict[str, str], interaction: Interaction) -> None:
        """Fill in a form that was shown; answers by label or custom id, of menus by value."""
        rows = [_filled_in(row, answers) for row in form["components"]]
        self._finish(interaction, {"custom_id": form["custom_id"], "components": rows})

    def registered(self, name: str, *, kind: int = 1) -> Payload:
        """Return a registered command; raises ``LookupError``."""
        for guild in (self.server.id, None):
            for item in self.server.commands.get(guild, []):
                if (item["name"], item["type"]) == (name, kind):
                    return item
        raise LookupError(f"no command {name} is registered")

    def _option(
        self, option: Payload, value: Any, resolved: Payload, interaction: Interaction, *, focused: bool
    ) -> Payload:
        kind = option["type"]
        if kind in {USER, MENTIONABLE} and value in self.server.members:
            self._person(value, resolved)
        elif kind in {ROLE, MENTIONABLE}:
            resolved.setdefault("roles", {})[value] = self.server.roles[value]
        elif kind == CHANNEL:
            channel = {name: self.server.channels[value][name] for name in ("id", "type", "name", "flags")}
            permissions = str(self.server.permissions(interaction.by, value))
            resolved.setdefault("channels", {})[value] = channel | {"permissions": permissions}
        elif kind == ATTACHMENT:
            value = self._attach(*value, resolved)
        return {"type": kind, "name": option["name"], "value": value} | ({"focused": True} if focused else {})

    def _person(self, person: str, resolved: Payload) -> None:
        resolved.setdefault("users", {})[person] = self.server.members[person]["user"]
        member = self.server.member(person, partial=True, channel=self.server.general)
        resolved.setdefault("members", {})[person] = member

    def _attach(self, name: str, contents: bytes, resolved: Payload) -> str:
        number = snowflake()
        self.files[number] = contents
        url = f"{self.server.address}/cdn/attachments/{self.server.general}/{number}/{name}"
        found = {"id": number, "filename": name, "size": len(contents), "url": url, "proxy_url": url}
        resolved.setdefault("attachments", {})[number] = found
        return number

    def _finish(self, interaction: Interaction, data: Payload) -> None:
        server, channel = self.server, self.server.channels[interaction.channel]
        event: Payload = {
            "id": interaction.id,
            "application_id": server.application_id,
            "type": interaction.kind,
            "token": interaction.token,
            "version": 1,
            "data": data,
            "channel_id": interaction.channel,
            "channel": channel,
            "app_permissions": str(server.permissions(server.application_id, interaction.channel)),
            "locale": "en-US",
            "entitlements": [],
            "attachment_size_limit": 10485760,
        }
        if "guild_id" in channel:
            event |= {
                "guild_id": server.id,
                "guild": {"id": server.id, "locale": "en-US", "features": []},
                "guild_locale": "en-US",
                "member": server.member(interaction.by, channel=interaction.channel),
                "context": 0,
                "authorizing_integration_owners": {"0": server.id},
            }
        else:
            user = server.members[interaction.by]["user"]
            event |= {"user": user, "context": 1, "authorizing_integration_owners": {"0": "0"}}
        interaction.event = event | ({"message": interaction.source} if interaction.source else {})
        self.by_token[interaction.token] = interaction


def _filled_in(row: Payload, answers: dict[str, str]) -> Payload:
    """Return a row or a label of a form as Discord sends it back."""
    labelled = "component" in row
    part = row["component"] if labelled else row["components"][0]
    label = (row if labelled else part).get("label", "")
    answer = answers.get(label, answers.get(part["custom_id"], part.get("value") or ""))
    sent: Payload = {"type": part["type"], "custom_id": part["custom_id"]}
    if part["type"] == TEXT_INPUT:
        sent["value"] = answer
    else:
        sent["values"] = [answer]
    return {"type": LABEL, "component": sent} if labelled else {"type": row["type"], "components": [sent]}
