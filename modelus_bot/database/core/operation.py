"""Write and Query: what callers hand to the database, a change as an object and a read as a function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints, overload

from pydantic import BaseModel, ConfigDict, TypeAdapter

from modelus_bot.database.core.errors import QueryFailed
from modelus_bot.database.core.transaction import ReadTransaction, Transaction
from modelus_bot.database.core.visibility.declaration import Viewer

__all__ = ["Priority", "Query", "Write", "query", "viewer_query"]

P = ParamSpec("P")
R = TypeVar("R")


class Priority(IntEnum):
    """Who goes first when writes wait; lower goes first."""

    HIGH = 0
    MEDIUM = 1
    LOW = 2


class Write(BaseModel, Generic[R]):
    """A change as an object: validated when built, applied in a transaction, exactly once.

    Subclasses are frozen pydantic models with an ``apply`` that is a plain function over the
    transaction: it holds no state, takes time and randomness from ``tx.context``, and may be run
    again from the start. Its annotated result type must survive JSON, because a repeated request
    is answered with the stored result. Raise any exception to undo.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    deferrable: ClassVar[bool] = False
    """Whether it may be saved in the journal while the database is away, and made later."""
    saved_as: ClassVar[str] = ""
    """The name under which the journal finds its class again; it outlives a move to another module."""
    priority: ClassVar[Priority] = Priority.MEDIUM
    confidential: ClassVar[bool] = False
    """Whether no log may show its values, not even the log for debugging."""

    def apply(self, tx: Transaction) -> R:
        """Make the change through ``tx`` and return what its author wants to know."""
        raise QueryFailed(f"{type(self).__name__} has no apply")

    @classmethod
    @functools.cache
    def result_adapter(cls) -> TypeAdapter[Any]:
        """Return the reader and writer of this operation's stored results, always the same one."""
        return TypeAdapter(get_type_hints(cls.apply)["return"])


@dataclass(frozen=True, slots=True)
class Query(Generic[P, R]):
    """A named read: a plain function of a read-only transaction, run whole on one snapshot.

    ``long`` queries (exports, searches, reports) have a reader of their own, so that short ones
    never wait behind them. ``kept`` ones read kept tables only, so that the last snapshot can answer
    them while the database cannot; answers of ``hot`` ones are cached until the next commit. Those for a
    ``viewer``, their first argument, read only what that member may see. A ``report`` may take long, too, and
    reads only tables that subjects let reports read. The values of ``confidential`` ones are in no log,
    not even in the one for debugging.
    """

    function: Callable[Concatenate[ReadTransaction, P], R]
    name: str
    long: bool = False
    kept: bool = False
    hot: bool = False
    viewer: bool = False
    report: bool = False
    confidential: bool = False

    def __call__(self, tx: ReadTransaction, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run inside a transaction that already exists, for instance in a Write.

        Raises ``QueryFailed`` for a viewer's query in a transaction that is not that viewer's.
        """
        if self.viewer and tx.viewer != self.seen_by(args):
            raise QueryFailed("this transaction is not the viewer's", operation=self.name)
        return self.function(tx, *args, **kwargs)

    def seen_by(self, args: tuple[Any, ...]) -> Viewer | None:
        """Return whose rows it reads when it is called with ``args``; None: everybody's."""
        if not self.viewer:
            return None
        if not args or not isinstance(args[0], Viewer):
            raise QueryFailed("it needs a viewer", operation=self.name)
        return args[0]


@overload
def query(function: Callable[Concatenate[ReadTransaction, P], R], /) -> Query[P, R]: ...


@overload
def query(
    *, long: bool = False, kept: bool = False, hot: bool = False, report: bool = False
) -> Callable[[Callable[Concatenate[ReadTransaction, P], R]], Query[P, R]]: ...


def query(
    function: Callable[Concatenate[ReadTransaction, P], R] | None = None,
    /,
    *,
    long: bool = False,
    kept: bool = False,
    hot: bool = False,
    report: bool = False,
) -> Query[P, R] | Callable[[Callable[Concatenate[ReadTransaction, P], R]], Query[P, R]]:
    """Make a ``Query`` of a function: ``@query``, or for instance ``@query(kept=True)``."""

    def wrap(inner: Callable[Concatenate[ReadTransaction, P], R]) -> Query[P, R]:
        name = f"{subject_of(inner.__module__)}.{inner.__name__}"
        return Query(inner, name, long, kept, hot, report=report)

    return wrap(function) if function is not None else wrap


@overload
def viewer_query(
    function: Callable[Concatenate[ReadTransaction, Viewer, P], R], /
) -> Query[Concatenate[Viewer, P], R]: ...


@overload
def viewer_query(
    *, kept: bool = False, hot: bool = False, confidential: bool = False
) -> Callable[[Callable[Concatenate[ReadTransaction, Viewer, P], R]], Query[Concatenate[Viewer, P], R]]: ...


def viewer_query(
    function: Callable[Concatenate[ReadTransaction, Viewer, P], R] | None = None,
    /,
    *,
    kept: bool = False,
    hot: bool = False,
    confidential: bool = False,
) -> Any:
    """Make a ``Query`` of a function whose first argument is the viewer whose rows it may read.

    It runs on a connection that shows that viewer's rows of each table, under the table's own name, whatever
    the SQL is. The viewer is passed by position.
    """

    def wrap(
        inner: Callable[Concatenate[ReadTransaction, Viewer, P], R],
    ) -> Query[Concatenate[Viewer, P], R]:
        name = f"{subject_of(inner.__module__)}.{inner.__name__}"
        return Query(inner, name, kept=kept, hot=hot, viewer=True, confidential=confidential)

    return wrap(function) if function is not None else wrap


def subject_of(module: str) -> str:
    """Return what a module is about: its own name, its package's if it is called ``queries``."""
    *_, package, name = ["", *module.split(".")]
    return package if name == "queries" else name
