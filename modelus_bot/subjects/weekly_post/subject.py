"""Declares the subject `weekly_post`: who is on duty this week, in a channel."""

from __future__ import annotations

from modelus_bot.domain.subject import Screens, Subject, Wording

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.weekly_post.jobs import WeeklyPostJob

    return Screens(jobs=(WeeklyPostJob,))


SUBJECT = Subject(
    name="weekly_post",
    wording=Wording(
        fields={
            "channel_id": "channel",
            "digest": "digest",
            "message_id": "message",
            "run_key": "week",
        }
    ),
    screens=_screens,
)
