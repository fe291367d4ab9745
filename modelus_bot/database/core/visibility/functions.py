"""Which of SQLite's functions a gated connection has: those that read their arguments and nothing else."""

from __future__ import annotations

__all__ = ["ADMIN", "HARMLESS", "LEAKPROOF", "TABLE_FUNCTIONS", "VIEWER"]

VIEWER = "viewer_id"
ADMIN = "viewer_is_admin"

LEAKPROOF = frozenset(
    {
        VIEWER, ADMIN,
        "avg", "count", "max", "min", "sum", "total",
        "coalesce", "ifnull", "iif", "nullif", "typeof",
        "length", "lower", "substr", "substring", "unicode", "upper",
        "date", "datetime", "julianday", "strftime", "time", "unixepoch",
        "round", "sign",
        "cume_dist", "dense_rank", "first_value", "lag", "last_value", "lead", "nth_value", "ntile",
        "percent_rank", "rank", "row_number",
    }
)  # fmt: skip
"""Those that take any value without an error, and about as long for each: they tell nothing of a row that
they are asked about before the rule has taken it out."""

HARMLESS = LEAKPROOF | frozenset(
    {
        "abs", "char", "format", "glob", "group_concat", "hex", "instr", "like", "likelihood", "likely",
        "ltrim", "printf", "quote", "replace", "rtrim", "string_agg", "trim", "unlikely",
        "bm25", "highlight", "match", "snippet",
        "->", "->>", "json", "json_array", "json_array_length", "json_extract", "json_group_array",
        "json_group_object", "json_object", "json_quote", "json_type", "json_valid",
        "ceil", "ceiling", "floor", "mod", "pow", "power", "sqrt", "trunc",
    }
)  # fmt: skip
"""Those that read nothing but their arguments, though they may fail or take long for some."""

TABLE_FUNCTIONS = frozenset({"json_each", "json_tree"})
"""Functions that are asked like tables; they read their arguments alone."""
