"""Rules over several rows that the schema alone cannot hold, in the order of their repairs.

They hold after every operation; a row that breaks one was written by something else.
"""

from __future__ import annotations

from modelus_bot.database import Invariant

__all__ = ["INVARIANTS"]

_PEOPLE = Invariant(
    "people_named",
    """
    SELECT 'users', discord_id, 'has a name, role, time zone, flag or quiet hours that cannot be' FROM users
    WHERE typeof(username) <> 'text' OR length(username) NOT BETWEEN 1 AND 100
       OR role NOT IN ('developer', 'designer', 'tester', 'project_manager', 'admin')
       OR typeof(timezone) <> 'text' OR length(timezone) NOT BETWEEN 1 AND 64
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
       OR (typeof(quiet_from) = 'null') <> (typeof(quiet_to) = 'null')
       OR quiet_from NOT BETWEEN 0 AND 1439 OR quiet_to NOT BETWEEN 0 AND 1439
    """,
    "Everybody has a name, and a role only if it is one of the five.",
    repair="""
    UPDATE users SET
        username = CASE WHEN typeof(username) <> 'text' OR length(username) = 0 THEN 'Member ' || discord_id
            ELSE substr(username, 1, 100) END,
        role = CASE WHEN role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')
            THEN role END,
        timezone = CASE WHEN typeof(timezone) = 'text' AND length(timezone) BETWEEN 1 AND 64 THEN timezone
            ELSE 'America/New_York' END,
        is_active = CASE WHEN typeof(is_active) = 'integer' AND is_active IN (0, 1) THEN is_active ELSE 1 END,
        quiet_from = CASE WHEN quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439
            THEN quiet_from END,
        quiet_to = CASE WHEN quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439 THEN quiet_to END
    WHERE typeof(username) <> 'text' OR length(username) NOT BETWEEN 1 AND 100
       OR role NOT IN ('developer', 'designer', 'tester', 'project_manager', 'admin')
       OR typeof(timezone) <> 'text' OR length(timezone) NOT BETWEEN 1 AND 64
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
       OR (typeof(quiet_from) = 'null') <> (typeof(quiet_to) = 'null')
       OR quiet_from NOT BETWEEN 0 AND 1439 OR quiet_to NOT BETWEEN 0 AND 1439
    """,
)

INVARIANTS = (_PEOPLE,)
