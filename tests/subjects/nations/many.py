"""Many nations with a long history, entered at once: for plans and figures."""

from __future__ import annotations

import sqlite3

__all__ = ["MANY", "PER_NATION", "enter"]

MANY, PER_NATION = 5000, 40
_NATIONS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO nations(name, prefix, gdp, population, stability_bp, tax_bp, ground, naval, air, status,
    created_at, updated_at)
SELECT 'Nation ' || (i * 7919 % 100000), iif(i % 3 = 0, 'Republic of', NULL), i * 7919 % 1000 * 1000000000,
    i * 104729 % 50000000, i * 31 % 10001, i * 17 % 5001, i % 101, i * 3 % 101, i * 7 % 101,
    iif(i % 20 = 0, 'archived', 'active'), i, i
FROM n
"""
_NAMES = """
INSERT INTO nation_names(name, nation_id, kind, by_user, at)
SELECT 'Former ' || (id * 31 % 99991), id, 'former', NULL, id FROM nations WHERE id % 2 = 0
"""
_HISTORY = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO nation_history(nation_id, metric, old, new, cause, changed_by, at)
SELECT id, CASE i % 4 WHEN 0 THEN 'gdp' WHEN 1 THEN 'population' WHEN 2 THEN 'tax_bp' ELSE 'ground' END,
    i, i + 1, 'admin', NULL, i FROM n, nations
"""
_CITIES = """
INSERT INTO nation_cities(nation_id, name, is_capital, position)
SELECT n.id, 'City ' || c.i, c.i = 1, c.i
FROM nations AS n, (SELECT 1 AS i UNION ALL SELECT 2 UNION ALL SELECT 3) AS c
"""
_OFFICES = """
INSERT INTO nation_offices(nation_id, user_id, office, since)
SELECT id, ?, 'president', 0 FROM nations WHERE id = 77
"""


def enter(connection: sqlite3.Connection, leader: int, *, many: int = MANY, each: int = PER_NATION) -> None:
    """Enter ``many`` nations with ``each`` changes of their figures; a known member leads number 77."""
    connection.execute(_NATIONS, (many,))
    connection.execute(_NAMES)
    connection.execute(_HISTORY, (each,))
    connection.execute(_CITIES)
    connection.execute(_OFFICES, (leader,))
