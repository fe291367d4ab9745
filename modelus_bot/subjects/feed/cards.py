"""What the feed posts, what `/feed recent` lists, and how the feed is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from modelus_bot.subjects.feed.model import Event, FeedPost, FeedState
from modelus_bot.subjects.feed.rules.kinds import KINDS, title_of
from modelus_bot.subjects.feed.rules.packing import mark_of
from modelus_bot.text.escaping import plain
from modelus_bot.ui import cards
from modelus_bot.ui.cards import Card
from modelus_bot.ui.people import moment, name_of

__all__ = ["is_post", "post_card", "recent_card", "state_card"]

SETTING = "`[server] feed_channel_id` in the settings file"


def post_card(post: FeedPost, names: Mapping[int, str]) -> Card:
    """Return what is posted of some events; its foot has their numbers."""
    text = "\n".join(f"{_line(event, names)} {moment(event.at, 'R')}" for event in post.events)
    return cards.info(title_of(post.events), text).with_footer(mark_of(post.ids))


def is_post(post: FeedPost, foot: str | None, text: str | None) -> bool:
    """Say whether a message tells of these events: a restored database gives their numbers to others."""
    return foot == mark_of(post.ids) and all(plain(event.headline) in (text or "") for event in post.events)


def recent_card(events: Sequence[Event], names: Mapping[int, str]) -> Card:
    """Return a page of what happened, the newest first."""
    lines = [f"{moment(event.at, 'f')} {_line(event, names)}" for event in events]
    return cards.info("What happened", cards.lines(lines, empty="Nothing has happened yet."))


def state_card(channel_id: int | None, state: FeedState, trouble: str | None, hours: int) -> Card:
    """Return where the feed is posted, whether that works, and how to change it."""
    if channel_id is None:
        text = f"The feed is posted nowhere. Set {SETTING}; it counts at once. `/feed recent` works without."
        return cards.info("The feed has no channel", text)
    wrong = trouble or state.refusal
    if wrong is not None:
        title, said = "The feed cannot be posted", [f"<#{channel_id}>: {plain(wrong)}"]
        said.append(f"What waits is posted once that is mended, but nothing older than {_hours(hours)}.")
    else:
        title, said = "The feed is posted", [f"Its channel is <#{channel_id}>."]
    said.append(f"Another channel: {SETTING}; it counts at once.")
    card = (cards.info if wrong is None else cards.warning)(title, "\n".join(said))
    card = card.with_field("Waiting", f"{state.waiting:,}", inline=True)
    last = moment(state.posted_at, "R") if state.posted_at is not None else "nothing yet"
    return card.with_field("Posted there last", last, inline=True)


def _hours(hours: int) -> str:
    return "an hour" if hours == 1 else f"{hours} hours"


def _line(event: Event, names: Mapping[int, str]) -> str:
    who = f": {name_of(event.user_id, names)}" if event.user_id is not None else ""
    return f"{KINDS[event.kind].sign} {plain(event.headline)}{who}"
