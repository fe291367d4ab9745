"""What Discord refuses of a payload, as its documentation says; pure.

Every function returns sentences, none when Discord would take it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["of_choices", "of_commands", "of_message", "of_modal"]

Payload = dict[str, Any]

COMMAND_NAME = re.compile(r"^[-_'\w]{1,32}$")
SUBCOMMANDS = {1, 2}
CAN_SUGGEST = {3, 4, 10}
BUTTON, TEXT_INPUT = 2, 4
SELECTS = {3, 5, 6, 7, 8}
LINK_STYLE = 5


def of_message(body: Payload, files: Iterable[str] = ()) -> list[str]:
    """Check a message, an edit of one, or the data of a first answer."""
    found = list(_too_long(body, "message", content=2000, nonce=25))
    embeds = body.get("embeds") or []
    found += _too_many(embeds, 10, "embeds")
    for embed in embeds:
        found += _of_embed(embed)
    total = sum(map(_characters, embeds))
    if total > 6000:
        found.append(f"embeds: {total} characters together")
    named = set(files)
    found += _too_many(named, 10, "files")
    found += _of_components(body.get("components") or [])
    return found


def _of_embed(embed: Payload) -> Iterator[str]:
    yield from _too_long(embed, "embed", title=256, description=4096)
    yield from _too_long(embed.get("footer") or {}, "footer", text=2048)
    yield from _too_long(embed.get("author") or {}, "author", name=256)
    fields = embed.get("fields") or []
    yield from _too_many(fields, 25, "fields")
    for field in fields:
        yield from _too_long(field, "field", name=256, value=1024)
        for part in ("name", "value"):
            if not (field.get(part) or "").strip():
                yield f"field: empty {part}"
    if not any(embed.get(item) for item in ("title", "description", "fields", "image", "footer", "author")):
        yield "embed: empty"
    for part in ("image", "thumbnail"):
        address = (embed.get(part) or {}).get("url")
        if address and not address.startswith(("http://", "https://", "attachment://")):
            yield f"embed: {part} {address!r}"
    link = embed.get("url")
    if link and not link.startswith(("http://", "https://")):
        yield f"embed: url {link!r}"


def _characters(embed: Payload) -> int:
    fields = embed.get("fields") or []
    texts = [
        embed.get("title"),
        embed.get("description"),
        (embed.get("footer") or {}).get("text"),
        (embed.get("author") or {}).get("name"),
        *(field.get(part) for field in fields for part in ("name", "value")),
    ]
    return sum(len(text or "") for text in texts)


def _of_components(rows: list[Payload]) -> Iterator[str]:
    yield from _too_many(rows, 5, "rows")
    parts = [part for row in rows for part in row.get("components") or []]
    ids = [part["custom_id"] for part in parts if part.get("custom_id") is not None]
    if len(set(ids)) != len(ids):
        yield f"components: a custom_id twice in {ids}"
    for number in ids:
        if not 1 <= len(number) <= 100:
            yield f"components: custom_id of {len(number)} characters"
    for row in rows:
        inside = row.get("components") or []
        if row.get("type") != 1 or not inside:
            yield "components: a row that is none, or is empty"
        yield from _too_many(inside, 5, "parts of a row")
        if len(inside) > 1 and any(item["type"] in SELECTS for item in inside):
            yield "components: a list that shares its row"
    for part in parts:
        yield from _of_button(part) if part["type"] == BUTTON else _of_select(part)


def _of_button(button: Payload) -> Iterator[str]:
    yield from _too_long(button, "button", label=80, url=512)
    if not (button.get("label") or "").strip() and not button.get("emoji"):
        yield "button: neither label nor emoji"
    if (button.get("style") == LINK_STYLE) is not bool(button.get("url")):
        yield "button: a link without url, or a url without being a link"


def _of_select(select: Payload) -> Iterator[str]:
    yield from _too_long(select, "list", placeholder=150)
    options = select.get("options") or []
    if select["type"] == 3 and not 1 <= len(options) <= 25:
        yield f"list: {len(options)} options"
    for option in options:
        yield from _too_long(option, "option", label=100, value=100, description=100)
        if not option.get("label") or not option.get("value"):
            yield "option: empty"
    values = [option.get("value") for option in options]
    if len(set(values)) != len(values):
        yield "list: a value twice"


def of_modal(data: Payload) -> list[str]:
    """Check the data of a form."""
    found = list(_too_long(data, "form", title=45, custom_id=100))
    rows = data.get("components") or []
    if not 1 <= len(rows) <= 5 or not (data.get("title") or "").strip():
        found.append(f"form: {len(rows)} rows, title {data.get('title')!r}")
    inputs = [part for row in rows for part in row.get("components") or [row.get("component") or {}]]
    ids = [value.get("custom_id") for value in inputs]
    if len(set(ids)) != len(ids):
        found.append("form: a custom_id twice")
    for row in rows:
        found += _too_long(row, "label", label=45, description=100)
    for value in inputs:
        if value.get("type") in SELECTS:
            found += _of_select(value)
        found += _too_long(value, "input", label=45, placeholder=100, value=4000, custom_id=100)
    return found


def of_choices(choices: list[Payload]) -> list[str]:
    """Check suggestions, or the fixed choices of an option."""
    found = list(_too_many(choices, 25, "choices"))
    for choice in choices:
        value = choice["value"]
        if not choice["name"].strip() or len(choice["name"]) > 100:
            found.append(f"choice: name of {len(choice['name'])} characters")
        if isinstance(value, str) and len(value) > 100:
            found.append(f"choice: value of {len(value)} characters")
    return found


def of_commands(commands: list[Payload]) -> list[str]:
    """Check a whole list of commands that is registered."""
    found = list(_too_many([command for command in commands if command.get("type", 1) == 1], 100, "commands"))
    names = [(command.get("type", 1), command["name"]) for command in commands]
    if len(set(names)) != len(names):
        found.append("commands: a name twice")
    for command in commands:
        found += _of_command(command, f"/{command['name']}", kind=command.get("type", 1))
        if (size := _size(command)) > 8000:
            found.append(f"/{command['name']}: {size} characters")
    return found


def _of_command(command: Payload, where: str, *, kind: int = 1) -> Iterator[str]:
    if kind == 1:
        name, description = command["name"], command.get("description") or ""
        if not COMMAND_NAME.match(name) or name != name.lower():
            yield f"{where}: name"
        if not 1 <= len(description.strip()) <= 100 or len(description) > 100:
            yield f"{where}: description of {len(description)} characters"
    options = command.get("options") or []
    yield from (f"{where}: {item}" for item in _too_many(options, 25, "options"))
    if len({option["name"] for option in options}) != len(options):
        yield f"{where}: an option twice"
    if len({option["type"] in SUBCOMMANDS for option in options}) > 1:
        yield f"{where}: commands among options"
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield f"{where}: a required option after one that is not"
    for option in options:
        inside = f"{where} {option['name']}"
        yield from _of_option(option, inside)
        yield from _of_command(option, inside)


def _of_option(option: Payload, where: str) -> Iterator[str]:
    if option.get("autocomplete") and (option.get("choices") or option["type"] not in CAN_SUGGEST):
        yield f"{where}: suggestions beside choices, or of what has none"
    yield from (f"{where}: {choice}" for choice in of_choices(option.get("choices") or []))


def _size(command: Payload) -> int:
    own = len(command["name"]) + len(command.get("description") or "")
    choices = sum(len(item["name"]) + len(str(item["value"])) for item in command.get("choices") or [])
    return own + choices + sum(map(_size, command.get("options") or []))


def _too_long(payload: Payload, what: str, **limits: int) -> Iterator[str]:
    for name, limit in limits.items():
        length = len(str(payload.get(name) or ""))
        if length > limit:
            yield f"{what}: {name} of {length} characters"


def _too_many(things: Any, limit: int, what: str) -> Iterator[str]:
    if len(things) > limit:
        yield f"{len(things)} {what}"
