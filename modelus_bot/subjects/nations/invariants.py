"""Rules over several rows that the schema alone cannot hold.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_FIGURES = Invariant(
    "figures_have_history",
    """
    WITH now(nation_id, metric, value) AS (
        SELECT id, 'gdp', gdp FROM nations UNION ALL SELECT id, 'population', population FROM nations
        UNION ALL SELECT id, 'stability_bp', stability_bp FROM nations
        UNION ALL SELECT id, 'tax_bp', tax_bp FROM nations UNION ALL SELECT id, 'debt', debt FROM nations
        UNION ALL SELECT id, 'treasury', treasury FROM nations
        UNION ALL SELECT id, 'ground', ground FROM nations
        UNION ALL SELECT id, 'naval', naval FROM nations UNION ALL SELECT id, 'air', air FROM nations)
    SELECT 'nations', nation_id, 'its ' || group_concat(metric, ', ') || ' is not what its history says'
    FROM now
    WHERE value <> (
        SELECT h.new FROM nation_history AS h
        WHERE h.nation_id = now.nation_id AND h.metric = now.metric ORDER BY h.id DESC LIMIT 1)
    GROUP BY nation_id
    """,
    "Each figure of a nation is what its last change made of it. The figure counts: where it was changed"
    " outside of the bot, its history gets to know.",
    repair="""
    INSERT INTO nation_history(nation_id, metric, old, new, cause, reason, at)
    SELECT nation_id, metric, last, value, 'import', 'Changed outside of the bot', unixepoch() FROM (
        SELECT nation_id, metric, value, (
            SELECT h.new FROM nation_history AS h
            WHERE h.nation_id = now.nation_id AND h.metric = now.metric ORDER BY h.id DESC LIMIT 1) AS last
        FROM (
            SELECT id AS nation_id, 'gdp' AS metric, gdp AS value FROM nations
            UNION ALL SELECT id, 'population', population FROM nations
            UNION ALL SELECT id, 'stability_bp', stability_bp FROM nations
            UNION ALL SELECT id, 'tax_bp', tax_bp FROM nations UNION ALL SELECT id, 'debt', debt FROM nations
            UNION ALL SELECT id, 'treasury', treasury FROM nations
            UNION ALL SELECT id, 'ground', ground FROM nations
            UNION ALL SELECT id, 'naval', naval FROM nations
            UNION ALL SELECT id, 'air', air FROM nations) AS now)
    WHERE value <> last
    """,
)

INVARIANTS = (_FIGURES,)
