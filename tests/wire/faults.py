"""What goes wrong on purpose: requests that fail before or after their effect, and buckets that run out."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from typing import Literal

from tests.waiting import scene_of

__all__ = ["Bucket", "Dropped", "Fault", "Faults", "Refused", "rate_limited"]

What = Literal["drop", "hang", "slow"] | int


class Refused(Exception):
    """Discord's answer when it does not do what was asked."""

    def __init__(self, status: int, code: int, message: str, **extra: object) -> None:
        """Take the HTTP status, Discord's own code and its words."""
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.body: dict[str, object] = {"code": code, "message": message, **extra}
        self.headers: dict[str, str] = {}


class Dropped(Exception):
    """The connection ends instead of an answer."""


def rate_limited(seconds: float, scope: str = "shared", headers: dict[str, str] | None = None) -> Refused:
    """Return the 429 that asks to wait; its scope is user, shared or global."""
    answer = Refused(
        429, 0, "You are being rate limited.", retry_after=round(seconds, 3), **{"global": scope == "global"}
    )
    answer.headers = {
        "Retry-After": f"{seconds:.3f}",
        "X-RateLimit-Scope": scope,
        "Via": "1.1 wire",  # without it discord.py takes the 429 for Cloudflare's ban
        **(headers or {}),
        **({"X-RateLimit-Global": "true"} if scope == "global" else {}),
    }
    return answer


@dataclass
class Fault:
    """What happens to the next ``times`` requests whose "METHOD /path" matches; ``hits`` counts them.

    ``what`` is a status, "drop" (the connection ends), "hang" (no answer for ``seconds``) or "slow" (an
    answer after ``seconds``).
    """

    match: str
    what: What
    when: Literal["before", "after"] = "before"
    times: int = 1
    code: int = 0
    retry_after: float = 0.5
    scope: Literal["user", "shared", "global"] = "shared"
    seconds: float = 3600.0
    hits: int = 0

    async def strike(self) -> None:
        """Fail as described."""
        if self.what == "drop":
            raise Dropped
        if self.what in {"hang", "slow"}:
            await scene_of(self.seconds)
            if self.what == "hang":
                raise Dropped
            return
        if self.what == 429:
            raise rate_limited(self.retry_after, self.scope)
        raise Refused(int(self.what), self.code, "this fails on purpose")


@dataclass
class Bucket:
    """A limit for requests whose "METHOD /path" matches; group 1 of the match has a bucket of its own."""

    match: str
    limit: int
    per: float
    left: dict[str, tuple[int, float]] = field(default_factory=dict)

    def take(self, line: str) -> dict[str, str]:
        """Count a request and return its headers; raises ``Refused`` when the bucket is empty."""
        found = re.search(self.match, line)
        if found is None:
            return {}
        now = time.time()
        left, reset = self.left.get(found.group(1), (self.limit, now + self.per))
        if now >= reset:
            left, reset = self.limit, now + self.per
        headers = {
            "X-RateLimit-Bucket": f"{abs(hash(self.match)):x}",
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(0, left - 1)),
            "X-RateLimit-Reset": f"{reset:.3f}",
            "X-RateLimit-Reset-After": f"{reset - now:.3f}",
        }
        if left <= 0:
            raise rate_limited(reset - now, "user", headers)
        self.left[found.group(1)] = (left - 1, reset)
        return headers


class Faults:
    """The faults that wait for their request, and the buckets."""

    LIKE_DISCORD = (
        (r"POST /channels/(\d+)/messages", 5, 5.0),
        (r"PATCH /channels/(\d+)/messages", 5, 5.0),
        (r"PATCH /channels/(\d+)$", 2, 600.0),
        (r"(?:POST|PATCH) /webhooks/\d+/([^/]+)", 5, 2.0),
        (r"(?:PUT|DELETE) /guilds/(\d+)/members/\d+/roles", 10, 10.0),
    )
    """What is told of Discord's buckets; its documentation gives no sizes."""

    def __init__(self) -> None:
        """Nothing goes wrong yet."""
        self.waiting: list[Fault] = []
        self.buckets: list[Bucket] = []

    def add(self, match: str, what: What, **rest: object) -> Fault:
        """Let the next matching request fail; the rest is as in ``Fault``."""
        fault = Fault(match, what, **rest)  # type: ignore[arg-type]
        self.waiting.append(fault)
        return fault

    def limit_like_discord(self) -> None:
        """Let the buckets have the sizes that Discord's are said to have."""
        self.buckets = [Bucket(*item) for item in self.LIKE_DISCORD]

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self.waiting.clear()
        self.buckets.clear()

    def of(self, line: str) -> Fault | None:
        """Take the fault that waits for this request."""
        for fault in self.waiting:
            if re.search(fault.match, line):
                fault.hits += 1
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None

    def headers(self, line: str) -> dict[str, str]:
        """Count a request against the buckets; raises ``Refused`` when one is empty."""
        headers: dict[str, str] = {}
        for bucket in self.buckets:
            headers |= bucket.take(line)
        return headers
