"""Rules over several rows that the schema alone cannot hold, and what to do about a row that breaks one.

They hold after every operation; a row that breaks one was written by something else. Their order is
that of their repairs: who is on duty follows from everything before it.
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
_DISCIPLINES = Invariant(
    "disciplines_named",
    """
    SELECT 'disciplines', key, 'has a name, rotation or flag that cannot be' FROM disciplines
    WHERE typeof(label) <> 'text' OR length(label) NOT BETWEEN 1 AND 60
       OR typeof(scheduler) <> 'text' OR scheduler NOT IN ('carry', 'modulo')
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
    """,
    "Every discipline has a name and one of the two kinds of rotation.",
    repair="""
    UPDATE disciplines SET
        label = CASE WHEN typeof(label) <> 'text' OR length(label) = 0 THEN key ELSE substr(label, 1, 60) END,
        scheduler = CASE WHEN scheduler IN ('carry', 'modulo') THEN scheduler ELSE 'carry' END,
        is_active = CASE WHEN typeof(is_active) = 'integer' AND is_active IN (0, 1) THEN is_active ELSE 1 END
    WHERE typeof(label) <> 'text' OR length(label) NOT BETWEEN 1 AND 60
       OR typeof(scheduler) <> 'text' OR scheduler NOT IN ('carry', 'modulo')
       OR typeof(is_active) <> 'integer' OR is_active NOT IN (0, 1)
    """,
)
_SPRINT_NAMES = Invariant(
    "sprints_named",
    """
    SELECT 'sprints', id, 'has no name that can be read' FROM sprints
    WHERE typeof(name) <> 'text' OR length(name) NOT BETWEEN 1 AND 60
    """,
    "Every sprint has a name.",
    repair="""
    UPDATE sprints SET name = CASE WHEN typeof(name) <> 'text' OR length(name) = 0 THEN 'Sprint ' || id
        ELSE substr(name, 1, 60) END
    WHERE typeof(name) <> 'text' OR length(name) NOT BETWEEN 1 AND 60
    """,
)
_SPRINTS_APART = Invariant(
    "sprints_apart",
    """
    SELECT 'sprints', b.id, 'overlaps with sprint ' || min(a.id) FROM sprints a JOIN sprints b ON b.id > a.id
    WHERE a.sprint_index IS NOT NULL AND b.sprint_index IS NOT NULL
      AND a.start_date < b.end_date AND b.start_date < a.end_date
    GROUP BY b.id
    """,
    "Two sprints of the calendar never overlap; the later one is taken out of the calendar.",
    repair="""
    UPDATE sprints SET sprint_index = NULL WHERE sprint_index IS NOT NULL AND EXISTS (
        SELECT 1 FROM sprints a WHERE a.id < sprints.id AND a.sprint_index IS NOT NULL
        AND a.start_date < sprints.end_date AND sprints.start_date < a.end_date)
    """,
)
_COVERS_APART = Invariant(
    "covers_apart",
    """
    SELECT 'overrides', o.id, 'has a day in common with a later approved cover of the same turn'
    FROM overrides AS o
    WHERE o.status = 'approved' AND EXISTS (
        SELECT 1 FROM overrides AS other
        WHERE other.sprint_id = o.sprint_id AND other.discipline = o.discipline
          AND other.status = 'approved'
          AND (coalesce(other.decided_at, 0), other.id) > (coalesce(o.decided_at, 0), o.id)
          AND (other.first_day IS NULL OR o.first_day IS NULL
               OR (other.first_day <= o.last_day AND o.first_day <= other.last_day)))
    """,
    "Approved covers of a turn have no day in common; the one that was approved last counts.",
    repair="""
    UPDATE overrides SET status = 'revoked' WHERE id IN (
        SELECT o.id FROM overrides AS o
        WHERE o.status = 'approved' AND EXISTS (
            SELECT 1 FROM overrides AS other
            WHERE other.sprint_id = o.sprint_id AND other.discipline = o.discipline
              AND other.status = 'approved'
              AND (coalesce(other.decided_at, 0), other.id) > (coalesce(o.decided_at, 0), o.id)
              AND (other.first_day IS NULL OR o.first_day IS NULL
                   OR (other.first_day <= o.last_day AND o.first_day <= other.last_day))))
    """,
)
_COVER_DAYS = Invariant(
    "cover_days_in_turn",
    """
    SELECT 'overrides', o.id, 'is about days that its turn does not have'
    FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
    WHERE o.status IN ('open', 'taken', 'approved')
      AND (o.first_day < s.start_date OR o.last_day >= s.end_date)
    """,
    "A cover of days that waits or is approved has days of its turn only; any other is revoked or declined.",
    repair="""
    UPDATE overrides SET status = iif(status = 'approved', 'revoked', 'declined'),
        decided_at = coalesce(decided_at, updated_at)
    WHERE id IN (
        SELECT o.id FROM overrides AS o JOIN sprints AS s ON s.id = o.sprint_id
        WHERE o.status IN ('open', 'taken', 'approved')
          AND (o.first_day < s.start_date OR o.last_day >= s.end_date))
    """,
)
_UNDECIDED = Invariant(
    "cover_undecided",
    """
    SELECT 'overrides', id, 'has a decision, but waits for one or has expired' FROM overrides
    WHERE status IN ('open', 'taken', 'expired') AND (decided_by IS NOT NULL OR decided_at IS NOT NULL)
    """,
    "A cover request that waits or has expired was decided by nobody; what is in doubt needs approval again.",
    repair="""
    UPDATE overrides SET decided_by = NULL, decided_at = NULL
    WHERE status IN ('open', 'taken', 'expired') AND (decided_by IS NOT NULL OR decided_at IS NOT NULL)
    """,
)
_DECIDED = Invariant(
    "cover_decided",
    """
    SELECT 'overrides', id, 'is decided, but nobody knows when' FROM overrides
    WHERE decided_at IS NULL AND status IN ('declined', 'withdrawn', 'revoked')
    """,
    "Every decision on a cover request has its time; the row's last change stands for one that is lost.",
    repair="""
    UPDATE overrides SET decided_at = updated_at
    WHERE decided_at IS NULL AND status IN ('declined', 'withdrawn', 'revoked')
    """,
)
_TAKEN = Invariant(
    "cover_taken",
    """
    SELECT 'overrides', id, 'is taken by nobody' FROM overrides
    WHERE status = 'taken' AND replacement_id IS NULL
    """,
    "A cover request is taken by somebody; otherwise it is open.",
    repair="UPDATE OR IGNORE overrides SET status = 'open' WHERE status = 'taken' AND replacement_id IS NULL",
)
_ASKED = Invariant(
    "cover_asked",
    "SELECT 'overrides', id, 'was asked for less than once' FROM overrides WHERE attempts < 1",
    "A cover request was made at least once.",
    repair="UPDATE overrides SET attempts = 1 WHERE attempts < 1",
)
_PLACES = Invariant(
    "roster_places",
    """
    SELECT 'user_disciplines', id, 'has no place of its own on the roster' FROM (
        SELECT id, position, row_number() OVER (PARTITION BY discipline, position ORDER BY id) AS place
        FROM user_disciplines)
    WHERE position < 1 OR place > 1
    """,
    "Nobody shares a place on a roster, not even with those who left; places count from 1.",
    repair="""
    UPDATE OR IGNORE user_disciplines SET position = 1048576 + id WHERE id IN (SELECT id FROM (
        SELECT id, position, row_number() OVER (PARTITION BY discipline, position ORDER BY id) AS place
        FROM user_disciplines)
    WHERE position < 1 OR place > 1)
    """,
)
_ABSENCES = Invariant(
    "roster_absences",
    """
    SELECT 'user_disciplines', id, 'has a last day away and no first' FROM user_disciplines
    WHERE away_to IS NOT NULL AND away_from IS NULL
    """,
    "A last day away has a first one.",
    repair="UPDATE user_disciplines SET away_to = NULL WHERE away_to IS NOT NULL AND away_from IS NULL",
)
_NOTICES = Invariant(
    "notices_have_readers",
    """
    SELECT 'notifications', id, 'is for somebody without a Discord account' FROM notifications
    WHERE user_id < 1099511627776
    """,
    "Notices are for people with a Discord account; nobody else can get one.",
)
_ANSWERS = Invariant(
    "requests_answered",
    "SELECT 'requests', request_id, 'has no stored result' FROM requests WHERE typeof(outcome) = 'null'",
    "Every request that is known has its result, with which a repetition is answered.",
)
_AUDIT = Invariant(
    "audit_without_gaps",
    """
    SELECT 'audit_logs', id, 'the entry before it is missing' FROM (
        SELECT id, operation, table_name, lag(id, 1, 0) OVER (ORDER BY id) AS before FROM audit_logs
        WHERE (SELECT count(*) FROM audit_logs) <> (SELECT max(id) FROM audit_logs) - coalesce(
            (SELECT id - 1 FROM audit_logs WHERE id = (SELECT min(id) FROM audit_logs)
             AND operation = 'RESTORE' AND table_name = 'audit_logs'), 0))
    WHERE before <> id - 1 AND NOT (before = 0 AND operation = 'RESTORE' AND table_name = 'audit_logs')
    """,
    "Audit entries are numbered without gaps, from 1 or from the one that begins a new log after damage.",
)
_STATE = Invariant(
    "state_in_calendar",
    """
    SELECT 'current_state', id, 'names a sprint that is not in the calendar' FROM current_state
    WHERE sprint_id IS NOT NULL
      AND sprint_id NOT IN (SELECT id FROM sprints WHERE sprint_index IS NOT NULL)
    """,
    "The current sprint is in the calendar; a lost one is chosen anew at the next hand-over.",
    repair="""
    UPDATE current_state SET sprint_id = NULL, version = version + 1
    WHERE sprint_id IS NOT NULL
      AND sprint_id NOT IN (SELECT id FROM sprints WHERE sprint_index IS NOT NULL)
    """,
)
_HOLDERS = Invariant(
    "holders_have_turns",
    """
    SELECT 'current_holders', h.discipline, 'is not who has the turn'
    FROM current_holders AS h
    JOIN disciplines AS d ON d.key = h.discipline AND d.is_active = 1
    LEFT JOIN current_state AS c ON c.id = 1
    LEFT JOIN assignments AS a ON a.sprint_id = c.sprint_id AND a.discipline = h.discipline
    LEFT JOIN overrides AS o ON o.sprint_id = c.sprint_id AND o.discipline = h.discipline
        AND o.status = 'approved' AND o.first_day IS NULL
    WHERE (h.user_id IS NOT coalesce(o.replacement_id, a.user_id)
        OR h.source <> CASE WHEN o.replacement_id IS NOT NULL THEN 'override'
            WHEN a.user_id IS NULL THEN 'none' WHEN a.source = 'manual' THEN 'manual' ELSE 'rotation' END)
      AND NOT EXISTS (
        SELECT 1 FROM overrides AS days
        WHERE days.sprint_id = c.sprint_id AND days.discipline = h.discipline
          AND days.status = 'approved' AND days.first_day IS NOT NULL
          AND h.source = 'override' AND h.user_id = days.replacement_id)
    """,
    "On duty is who has the current sprint's turn, or covers days of it: by an approved cover, else by hand,"
    " else by rotation. The next hand-over knows which day it is.",
    repair="""
    UPDATE current_holders SET (user_id, source) = (
        SELECT coalesce(o.replacement_id, a.user_id),
            CASE WHEN o.replacement_id IS NOT NULL THEN 'override' WHEN a.user_id IS NULL THEN 'none'
                WHEN a.source = 'manual' THEN 'manual' ELSE 'rotation' END
        FROM (SELECT 1)
        LEFT JOIN current_state AS c ON c.id = 1
        LEFT JOIN assignments AS a
            ON a.sprint_id = c.sprint_id AND a.discipline = current_holders.discipline
        LEFT JOIN overrides AS o ON o.sprint_id = c.sprint_id
            AND o.discipline = current_holders.discipline AND o.status = 'approved' AND o.first_day IS NULL)
    WHERE discipline IN (SELECT key FROM disciplines WHERE is_active = 1)
    """,
)

INVARIANTS: tuple[Invariant, ...] = (
    _PEOPLE,
    _DISCIPLINES,
    _SPRINT_NAMES,
    _SPRINTS_APART,
    _COVER_DAYS,
    _COVERS_APART,
    _UNDECIDED,
    _DECIDED,
    _TAKEN,
    _ASKED,
    _PLACES,
    _ABSENCES,
    _NOTICES,
    _ANSWERS,
    _AUDIT,
    _STATE,
    _HOLDERS,
)
