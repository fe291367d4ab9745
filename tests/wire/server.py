"""One Discord server as its API shows it: people, roles, channels, messages, registered commands."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Any

from tests.wire import limits
from tests.wire.faults import Refused

__all__ = ["ADMINISTRATOR", "SEND_MESSAGES", "VIEW_CHANNEL", "Payload", "Server", "snowflake"]

Payload = dict[str, Any]

ADMINISTRATOR, MANAGE_GUILD, MANAGE_ROLES = 1 << 3, 1 << 5, 1 << 28
VIEW_CHANNEL, SEND_MESSAGES = 1 << 10, 1 << 11
EVERYBODY = 2248473465835073 & ~(ADMINISTRATOR | MANAGE_GUILD | MANAGE_ROLES)
ALL = EVERYBODY | MANAGE_GUILD | MANAGE_ROLES
EPHEMERAL, LOADING = 64, 128
TEXT, DIRECT = 0, 1

_numbers = itertools.count()


def snowflake(ahead: float = 0.0) -> str:
    """Return a new id whose own time is ``ahead`` seconds off."""
    return str(int((time.time() + ahead) * 1000) - 1420070400000 << 22 | next(_numbers) & 0x3FFFFF)


def now() -> str:
    """Return the time as Discord writes it."""
    return datetime.now(UTC).isoformat()


class Server:
    """What is there. Ids are texts, payloads are what the API would show.

    ``owner`` is a person with all rights, ``general``, ``duty`` and ``alerts`` are text channels,
    ``oncall_role`` a role below the bot's own. ``violations`` has every payload that Discord would refuse.
    """

    def __init__(self) -> None:
        """Found a server with its owner and the bot."""
        self.application_id, self.id = snowflake(), snowflake()
        self.roles: dict[str, Payload] = {}
        self.members: dict[str, Payload] = {}
        self.people: dict[str, str] = {}
        """Ids by name."""
        self.channels: dict[str, Payload] = {}
        self.messages: dict[str, Payload] = {}
        self.direct: dict[str, str] = {}
        """Channels of direct messages by person."""
        self.closed_to_direct: set[str] = set()
        """People who take no direct messages."""
        self.commands: dict[str | None, list[Payload]] = {}
        """What is registered, by server; None is everywhere."""
        self.nonces: dict[tuple[str, str], str] = {}
        self.invited = True
        self.address = ""
        self.violations: list[str] = []
        self._add_role(self.id, "@everyone", 0, EVERYBODY)
        self.bot_role = self._add_role(snowflake(), "modelus", 10, ALL, managed=True)
        self.admin_role = self._add_role(snowflake(), "Admins", 8, ALL | ADMINISTRATOR)
        self.oncall_role = self.add_role("On call")
        self.me = _user(self.application_id, "modelus", bot=True)
        self._join(self.me, [self.bot_role])
        self.owner = self.add_person("owner", [self.admin_role])
        self.general, self.duty, self.alerts = map(self.add_channel, ("general", "duty", "alerts"))

    # people, roles and channels

    def add_person(self, name: str, roles: list[str] | None = None) -> str:
        """Let somebody join and return the id."""
        user = _user(snowflake(), name)
        self._join(user, roles or [])
        self.people[name] = user["id"]
        return str(user["id"])

    def add_role(self, name: str, position: int = 3, permissions: int = 0) -> str:
        """Make a role and return its id; the bot's own is at position 10."""
        return self._add_role(snowflake(), name, position, permissions)

    def add_channel(self, name: str, kind: int = TEXT) -> str:
        """Make a channel of Discord's type ``kind`` and return its id."""
        number = snowflake()
        self.channels[number] = {
            "id": number,
            "type": kind,
            "guild_id": self.id,
            "name": name,
            "position": len(self.channels),
            "permission_overwrites": [],
            "nsfw": False,
            "topic": None,
            "rate_limit_per_user": 0,
            "parent_id": None,
            "last_message_id": None,
            "flags": 0,
        }
        return number

    def channel(self, number: str) -> Payload:
        """Return a channel; raises ``Refused``."""
        if number not in self.channels or (not self.invited and number not in self.direct.values()):
            raise Refused(404, 10003, "Unknown Channel")
        return self.channels[number]

    def direct_channel(self, person: str) -> Payload:
        """Return the channel of direct messages with a person; raises ``Refused``."""
        if person not in self.members:
            raise Refused(400, 50033, "Invalid Recipient(s)")
        if person not in self.direct:
            number = self.direct[person] = snowflake()
            recipients = [self.members[person]["user"]]
            self.channels[number] = {
                "id": number,
                "type": DIRECT,
                "last_message_id": None,
                "flags": 0,
                "recipients": recipients,
            }
        return self.channels[self.direct[person]]

    def permissions(self, person: str, channel: str | None = None) -> int:
        """Return what somebody may do, in a channel if one is named."""
        roles = [self.id, *self.members[person]["roles"]]
        can = 0
        for role in roles:
            can |= int(self.roles[role]["permissions"]) if role in self.roles else 0
        if person == self.owner or can & ADMINISTRATOR:
            return ALL | ADMINISTRATOR
        place = self.channels.get(channel or "", {})
        # A thread has the rules of the channel it is in.
        place = self.channels.get(place.get("parent_id") or "", place)
        for rule in place.get("permission_overwrites", []):
            if rule["id"] in roles:
                can = can & ~int(rule["deny"]) | int(rule["allow"])
        return can

    def deny(self, channel: str, permissions: int) -> Payload:
        """Take permissions in a channel from the bot and return the channel."""
        rule = {"id": self.bot_role, "type": 0, "allow": "0", "deny": str(permissions)}
        self.channels[channel]["permission_overwrites"] = [rule]
        return self.channels[channel]

    def _add_role(
        self, number: str, name: str, position: int, permissions: int, *, managed: bool = False
    ) -> str:
        colors = {"primary_color": 0, "secondary_color": None, "tertiary_color": None}
        self.roles[number] = {
            "id": number,
            "name": name,
            "permissions": str(permissions),
            "position": position,
            "color": 0,
            "colors": colors,
            "hoist": False,
            "managed": managed,
            "mentionable": False,
            "flags": 0,
            "icon": None,
            "unicode_emoji": None,
        }
        return number

    def _join(self, user: Payload, roles: list[str]) -> None:
        self.members[user["id"]] = {"user": user, "roles": roles, "joined_at": now(), "nick": None}

    # what the API shows

    def member(self, person: str, *, channel: str | None = None, partial: bool = False) -> Payload:
        """Return a member; ``partial`` is without the user, as in an interaction's options."""
        known = self.members[person]
        shown = {
            **known,
            "roles": [*known["roles"]],
            "flags": 0,
            "avatar": None,
            "banner": None,
            "premium_since": None,
            "pending": False,
            "communication_disabled_until": None,
        }
        if partial:
            del shown["user"]
        else:
            shown |= {"deaf": False, "mute": False}
        return shown | ({"permissions": str(self.permissions(person, channel))} if channel else {})

    def guild(self) -> Payload:
        """Return the server as GUILD_CREATE shows it to a bot that does not ask for its members."""
        return {
            "id": self.id,
            "name": "Model US",
            "owner_id": self.owner,
            "roles": [*self.roles.values()],
            "channels": [
                channel
                for channel in self.channels.values()
                if channel["type"] != DIRECT and "thread_metadata" not in channel
            ],
            "members": [self.member(self.application_id)],
            "member_count": len(self.members),
            "large": False,
            "unavailable": False,
            "joined_at": now(),
            "icon": None,
            "afk_timeout": 300,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "nsfw_level": 0,
            "system_channel_flags": 0,
            **{name: [] for name in _EMPTY},
            "threads": [
                channel
                for channel in self.channels.values()
                if "thread_metadata" in channel and not channel["thread_metadata"]["archived"]
            ],
        }

    def application(self) -> Payload:
        """Return the bot's application."""
        return {
            "id": self.application_id,
            "name": "modelus",
            "icon": None,
            "description": "",
            "verify_key": "0" * 64,
            "flags": 0,
            "owner": self.members[self.owner]["user"],
            "team": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "interactions_endpoint_url": None,
        }

    # messages and commands

    def judge(self, found: list[str]) -> None:
        """Note what Discord would refuse, and refuse it as it does."""
        if found:
            self.violations += found
            raise Refused(400, 50035, "Invalid Form Body", errors={"_errors": found})

    def post(self, channel: str, body: Payload, files: list[str], **more: Any) -> Payload:
        """Keep a new message and return it; raises ``Refused``."""
        self.judge(limits.of_message(body, files))
        message: Payload = {
            "id": snowflake(),
            "channel_id": channel,
            "type": 0,
            "author": self.me,
            "content": "",
            "timestamp": now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "pinned": False,
            "flags": body.get("flags") or 0,
            **{part: [] for part in ("mentions", "mention_roles", "attachments", "embeds", "components")},
            **more,
        }
        self._fill(message, body, files)
        self.messages[message["id"]] = message
        return message

    def edit(self, message: Payload, body: Payload, files: list[str]) -> Payload:
        """Change a message and return it; raises ``Refused``."""
        self.judge(limits.of_message(body, files))
        self._fill(message, body, files)
        message["edited_timestamp"] = now()
        return message

    def _fill(self, message: Payload, body: Payload, files: list[str]) -> None:
        new = {name: body.get(name) or type(message[name])() for name in _PARTS if name in body}
        attached = message["attachments"]
        if "attachments" in body:
            kept = {str(attachment["id"]) for attachment in body["attachments"] or []}
            attached = [item for item in attached if item["id"] in kept]
        attached = [*attached, *map(_attachment, files)]
        loading = message["flags"] & LOADING and not new and not files
        if not loading and not attached and not any(new.get(item, message[item]) for item in _PARTS):
            self.judge(["message: empty"])
        message |= {**new, "attachments": attached}
        if not loading:
            message["flags"] &= ~LOADING

    def message(self, channel: str, number: str) -> Payload:
        """Return a message that the API shows; raises ``Refused``."""
        self.channel(channel)
        found = self.messages.get(number)
        if found is None or found["channel_id"] != channel or found["flags"] & EPHEMERAL:
            raise Refused(404, 10008, "Unknown Message")
        return found

    def register(self, guild: str | None, commands: list[Payload]) -> list[Payload]:
        """Replace the commands of a server, or of all, and return them; raises ``Refused``."""
        if guild is not None:
            self.must_be_in(guild)
        self.judge(limits.of_commands(commands))
        ids = {(item["type"], item["name"]): item["id"] for item in self.commands.get(guild, [])}
        self.commands[guild] = [self._command(guild, command, ids) for command in commands]
        return self.commands[guild]

    def must_be_in(self, guild: str) -> None:
        """Raise ``Refused`` unless the bot is a member of this server."""
        if guild != self.id or not self.invited:
            raise Refused(403, 50001, "Missing Access")

    def _command(self, guild: str | None, sent: Payload, ids: dict[tuple[int, str], str]) -> Payload:
        kind = sent.get("type", 1)
        permissions = sent.get("default_member_permissions")
        shown = {
            "type": kind,
            "description": "",
            "default_permission": True,
            "nsfw": False,
            **{name: value for name, value in sent.items() if value is not None},
            "default_member_permissions": None if permissions is None else str(permissions),
        }
        own = {"id": ids.get((kind, sent["name"])) or snowflake(), "version": snowflake()}
        return shown | own | {"application_id": self.application_id} | ({"guild_id": guild} if guild else {})


_EMPTY = (
    *("emojis", "stickers", "features", "threads", "presences", "voice_states"),
    *("stage_instances", "guild_scheduled_events", "soundboard_sounds"),
)
_PARTS = ("content", "embeds", "components")


def _user(number: str, name: str, *, bot: bool = False) -> Payload:
    return {
        "id": number,
        "username": name,
        "global_name": None if bot else name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
    }


def _attachment(name: str) -> Payload:
    number = snowflake()
    url = f"http://127.0.0.1/cdn/attachments/{number}/{name}"
    return {"id": number, "filename": name, "size": 1, "url": url, "proxy_url": url}
