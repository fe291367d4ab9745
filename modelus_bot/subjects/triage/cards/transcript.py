"""The transcript of an item: one page of HTML that needs nothing else and runs nothing. Pure."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from modelus_bot.runtime.tunables import Tunable
from modelus_bot.subjects.conversations.model import ChatMessage
from modelus_bot.subjects.triage.model import TriageItem

__all__ = ["LONGEST", "file_name", "transcript"]

LONGEST = Tunable(2000)
"""Messages of a transcript at most; it says when there are more."""
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin-bottom: .2rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; }
dt { opacity: .7; }
dd { margin: 0; }
p, dd { overflow-wrap: anywhere; }
.text { white-space: pre-wrap; }
article { border-left: 3px solid #8886; margin: 1rem 0; padding: .1rem 0 .1rem .8rem; }
article.reporter { border-color: #2f6fed; }
article.staff { border-color: #2e9e5b; }
article header { font-weight: 600; }
time { font-weight: 400; opacity: .7; margin-left: .5rem; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever a page would load or run, a browser refuses; all that people wrote is escaped besides."""


def file_name(item: TriageItem) -> str:
    """Return what the transcript of an item is called."""
    return f"report-{item.id}.html"


def transcript(
    item: TriageItem, messages: Iterable[ChatMessage], names: Mapping[int, str], zone: str
) -> bytes:
    """Return the page; what is internal is left out, whoever asks."""
    shown = [message for message in messages if not message.internal]
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Report {item.id}: {_safe(item.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Report {item.id}: <bdi>{_safe(item.title)}</bdi></h1><dl>",
        *_facts(item, names, zone),
        f'</dl><p class="text"><bdi>{_safe(item.description)}</bdi></p>',
        *(_article(message, item, names, zone) for message in shown[: LONGEST.value]),
    ]
    if len(shown) > LONGEST.value:
        parts.append(f"<p>… and {len(shown) - LONGEST.value} more messages.</p>")
    return "\n".join([*parts, "</body></html>", ""]).encode("utf-8", "replace")


def _facts(item: TriageItem, names: Mapping[int, str], zone: str) -> Iterator[str]:
    facts = {
        "Reported by": _name(item.reporter_id, names),
        "Reported": _moment(item.created_at, zone),
        "Category": item.category,
        "Priority": item.priority,
        "Dealt with by": _name(item.assigned_to, names),
        "Closed": _moment(item.resolved_at, zone) if item.resolved_at is not None else "not yet",
        "Outcome": item.resolution or "none yet",
    }
    for name, value in facts.items():
        yield f'<dt>{name}</dt><dd class="text"><bdi>{_safe(value)}</bdi></dd>'


def _article(message: ChatMessage, item: TriageItem, names: Mapping[int, str], zone: str) -> str:
    stamp = datetime.fromtimestamp(message.created_at, ZoneInfo(zone))
    time = f'<time datetime="{stamp.isoformat()}">{_moment(message.created_at, zone)}</time>'
    text = f'<p class="text"><bdi>{_safe(message.text)}</bdi></p>'
    if message.type == "system":
        return f'<article class="system"><header>{time}</header>{text}</article>'
    side = "reporter" if message.sender_id == item.reporter_id else "staff"
    edited = " (edited)" if message.edited_at is not None and message.deleted_at is None else ""
    who = f"<bdi>{_safe(_name(message.sender_id, names))}</bdi>{edited}"
    return f'<article class="{side}"><header>{who}{time}</header>{text}</article>'


def _name(person: int | None, names: Mapping[int, str]) -> str:
    return "nobody" if person is None else names.get(person, f"Member {person}")


def _moment(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def _safe(text: str) -> str:
    """Return a text as HTML shows it, without characters that no page may have."""
    kept = "".join(letter for letter in text if letter in "\n\t" or ord(letter) >= 0x20)
    return html.escape(kept)
