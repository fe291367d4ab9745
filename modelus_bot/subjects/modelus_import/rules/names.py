"""Which nation a name of the original bot means: names there carried prefixes, and were changed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from modelus_bot.subjects.nations.rules.names import split_prefix
from modelus_bot.text.escaping import folded

__all__ = ["NationNames", "Split", "distinct", "split_names"]


@dataclass(frozen=True, slots=True)
class Split:
    """A name as it stood there, apart from its prefixes, the outermost first."""

    whole: str
    prefixes: tuple[str, ...]
    name: str


def split_names(text: str) -> Split:
    """Return a name apart from all known prefixes that stand before it."""
    whole = " ".join(text.split())
    prefixes: list[str] = []
    prefix, rest = split_prefix(whole)
    while prefix is not None:
        prefixes.append(prefix)
        prefix, rest = split_prefix(rest)
    return Split(whole, tuple(prefixes), rest)


def distinct(names: Iterable[str], most: int) -> Iterator[str]:
    """Yield names so that no two are the same: later ones get a number."""
    listed = list(names)
    taken, given, counts = {folded(name) for name in listed}, set[str](), Counter[str]()
    for name in listed:
        candidate, first = name, folded(name)
        while folded(candidate) in given or (counts[first] and folded(candidate) in taken):
            counts[first] += 1
            number = str(counts[first] + 1)
            candidate = f"{name[: most - 1 - len(number)].rstrip()} {number}"
        given.add(folded(candidate))
        yield candidate


@dataclass(frozen=True, slots=True)
class NationNames:
    """Numbers of nations by what they are and were called, folded; None where several had a name."""

    present: Mapping[str, str]
    former: Mapping[str, str | None]

    @classmethod
    def of(cls, nations: Iterable[tuple[str, str]], renames: Iterable[tuple[str, str]]) -> NationNames:
        """Take nations as number and name, and renames as old and new name, in the order they happened."""
        present: dict[str, str] = {}
        bare: dict[str, str | None] = {}
        for number, name in nations:
            present.setdefault(folded(name), number)
            short = folded(split_names(name).name)
            bare[short] = number if bare.get(short, number) == number else None
        former = {name: number for name, number in bare.items() if name not in present}
        book = cls(present, former)
        # The latest first: what a name became is known by then.
        for old, new in reversed(list(renames)):
            meant, name = book.meant(new), folded(old)
            if meant is not None and name not in present:
                former[name] = meant if former.get(name, meant) == meant else None
        return book

    def meant(self, name: str) -> str | None:
        """Return the number of the nation that is, or alone was, called so."""
        wanted = folded(name)
        return self.present.get(wanted) or self.former.get(wanted)

    def is_present(self, name: str) -> bool:
        """Say whether a nation is called so now, prefixes included."""
        return folded(name) in self.present
