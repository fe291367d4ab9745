"""Private threads as Discord has them: opened in a channel, joined, archived, deleted by hand."""

from __future__ import annotations

from tests.wire.faults import Refused
from tests.wire.server import Payload, Server, now, snowflake

__all__ = ["CREATE_PRIVATE_THREADS", "SEND_IN_THREADS", "Threads"]

CREATE_PRIVATE_THREADS, SEND_IN_THREADS = 1 << 36, 1 << 38
PRIVATE_THREAD = 12
ARCHIVED = 50083


class Threads:
    """The threads of a server; they are among its channels, too."""

    def __init__(self, server: Server) -> None:
        """Begin without any."""
        self.server = server
        self.joined: dict[str, list[str]] = {}
        """Who is in each thread."""

    def all(self) -> list[Payload]:
        """Return the threads that are there, oldest first."""
        return [item for item in self.server.channels.values() if item["type"] == PRIVATE_THREAD]

    def active(self) -> Payload:
        """Return what Discord answers who asks for the threads that are not put away."""
        found = [item for item in self.all() if not item["thread_metadata"]["archived"]]
        return {"threads": found, "members": []}

    def archived(self, channel: str) -> Payload:
        """Return those of a channel that are put away."""
        found = [
            item
            for item in self.all()
            if item["thread_metadata"]["archived"] and item["parent_id"] == channel
        ]
        return {"threads": found, "members": [], "has_more": False}

    def open(self, channel: str, body: Payload) -> Payload:
        """Open a thread and return it; raises ``Refused``."""
        if not 1 <= len(body["name"]) <= 100 or body["type"] != PRIVATE_THREAD:
            self.server.judge([f"thread: {body}"])
        number, me = snowflake(), self.server.application_id
        thread = {
            "id": number,
            "type": PRIVATE_THREAD,
            "guild_id": self.server.id,
            "name": body["name"],
            "parent_id": channel,
            "owner_id": me,
            "last_message_id": None,
            "message_count": 0,
            "member_count": 1,
            "rate_limit_per_user": 0,
            "flags": 0,
            "total_message_sent": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": body.get("auto_archive_duration", 1440),
                "archive_timestamp": now(),
                "locked": False,
                "invitable": body.get("invitable", True),
                "create_timestamp": now(),
            },
            "member": {"id": number, "user_id": me, "join_timestamp": now(), "flags": 0},
        }
        self.server.channels[number] = thread
        self.joined[number] = [me]
        return thread

    def of(self, number: str) -> Payload | None:
        """Return a thread, or None for other channels."""
        found = self.server.channels.get(number)
        return found if found is not None and found["type"] == PRIVATE_THREAD else None

    def change(self, thread: Payload, body: Payload) -> Payload:
        """Put a thread away or bring it back, and return it."""
        thread["thread_metadata"] |= {name: body[name] for name in ("archived", "locked") if name in body}
        thread |= {name: body[name] for name in ("name",) if name in body}
        return thread

    def may_write(self, thread: Payload) -> None:
        """Raise ``Refused`` for a thread that is put away."""
        if thread["thread_metadata"]["archived"]:
            raise Refused(400, ARCHIVED, "Thread is archived")

    def add(self, number: str, person: str) -> None:
        """Let somebody join; raises ``Refused`` for who is not on the server."""
        if person not in self.server.members:
            raise Refused(404, 10007, "Unknown Member")
        if person not in self.joined[number]:
            self.joined[number].append(person)
