"""Staff see the tasks that are theirs, their role's, or made by them; managers see all of them."""

from __future__ import annotations

from modelus_bot.domain.visibility import MANAGER, ROLE, mine, those

__all__ = ["VISIBLE"]

VISIBLE = (
    those("tasks", mine("assigned_user_id", "created_by"), f"assigned_role = {ROLE}", MANAGER, reported=True),
)
