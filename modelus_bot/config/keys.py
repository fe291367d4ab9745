"""Settings by their names, such as ``logging.level``: all of them, their values, what differs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pydantic.fields import FieldInfo

from modelus_bot.config.models import Settings
from modelus_bot.config.section import Section

__all__ = ["changed_keys", "field_of", "keys", "sections", "value_of", "with_keys_of"]


def sections() -> Iterator[tuple[str, type[Section]]]:
    """Yield every section with its name, in the order of the document."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            yield name, field.annotation


def keys() -> Iterator[str]:
    """Yield every key, in the order of the document."""
    return (f"{name}.{key}" for name, section in sections() for key in section.model_fields)


def field_of(key: str) -> FieldInfo:
    """Return a setting's definition; raises ``KeyError`` when there is none of this name."""
    section, _, name = key.partition(".")
    return dict(sections())[section].model_fields[name]


def value_of(settings: Settings, key: str) -> Any:
    """Return a setting's value."""
    section, _, name = key.partition(".")
    return getattr(getattr(settings, section), name)


def changed_keys(old: Settings, new: Settings) -> list[str]:
    """Return the keys whose values differ, in the order of the document."""
    return [key for key in keys() if value_of(old, key) != value_of(new, key)]


def with_keys_of(settings: Settings, new: Settings, chosen: Collection[str]) -> Settings:
    """Return ``settings`` with the values of ``new`` for the ``chosen`` keys."""
    update: dict[str, dict[str, Any]] = {}
    for key in chosen:
        section, _, name = key.partition(".")
        update.setdefault(section, {})[name] = value_of(new, key)
    changed = {name: getattr(settings, name).model_copy(update=values) for name, values in update.items()}
    return settings.model_copy(update=changed)
