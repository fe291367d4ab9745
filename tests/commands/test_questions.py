"""Questions before a change: private, red where something goes, answered once with the rights of today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.commands.acting import card_words, dump, labels, rows, words_of
from tests.conftest import BotEnv

if TYPE_CHECKING:
    import simcord

ON_ROSTER = "SELECT count(*) FROM user_disciplines WHERE discipline = 'account' AND is_active = 1"
SAVED = "SELECT count(*) FROM audit_logs WHERE table_name = 'user_disciplines' AND operation = 'DELETE'"


async def question(env: BotEnv, **more: Any) -> simcord.InteractionResult:
    """Let a manager be asked whether Casey leaves the account roster."""
    return await env.manager.slash(
        env.channel, "roster remove", discipline="account", member="Casey Account", **more
    )


async def test_destructive_questions_are_red(rota_env: BotEnv) -> None:
    """Removing is asked with a red button, adding with a green one; Cancel is grey."""
    red, green, grey = 4, 3, 2
    asked = await question(rota_env)
    assert styles(asked) == {"Remove": red, "Cancel": grey}
    adding = await rota_env.manager.slash(
        rota_env.channel, "roster add", discipline="po", user=rota_env.staff("avery")
    )
    assert styles(adding) == {"Add": green, "Cancel": grey}


def styles(asked: simcord.InteractionResult) -> dict[str, int]:
    """Return the styles of a question's buttons by label."""
    assert asked.response is not None
    return {
        component["label"]: component["style"]
        for row in asked.response.components
        for component in row["components"]
    }


async def test_confirming_and_cancelling_at_once_says_what_was_done(rota_env: BotEnv) -> None:
    """Whichever press came first counts, and the card tells the truth."""
    env = rota_env
    asked = await question(env)
    await env.press_at_once(asked.response, (env.manager, "Remove"), (env.manager, "Cancel"))
    assert "Saved" in words_of(asked)
    assert rows(env, SAVED) == [(1,)]
    assert labels(asked.response) == []

    again = await env.manager.slash(env.channel, "roster remove", discipline="account", member="Bo Account")
    await env.press_at_once(again.response, (env.manager, "Cancel"), (env.manager, "Remove"))
    assert "Cancelled" in words_of(again)
    assert rows(env, SAVED) == [(1,)]
    assert labels(again.response) == []


async def test_a_press_delivered_twice_is_one_change(rota_env: BotEnv) -> None:
    """The gateway repeating the press changes nothing more and answers nothing wrong."""
    env = rota_env
    asked = await question(env)
    pressed = await env.manager.click(asked.response, label="Remove")
    before, said = dump(env), words_of(asked)
    await env.deliver_again(pressed)
    assert dump(env) == before
    assert words_of(asked) == said


async def test_rights_lost_since_the_question_count(rota_env: BotEnv) -> None:
    """Whoever is no manager any more when pressing is refused, in place of the question."""
    env = rota_env
    asked = await question(env)
    await env.admin.slash(env.channel, "member role", user=env.manager, role="none")
    await env.manager.click(asked.response, label="Remove")
    assert "Only project managers and administrators" in words_of(asked)
    assert labels(asked.response) == []
    assert rows(env, ON_ROSTER) == [(3,)]


async def test_nobody_else_sees_a_question(rota_env: BotEnv) -> None:
    """Questions are private."""
    asked = await question(rota_env)
    assert asked.ephemeral
    others = rota_env.channel.history(viewer=rota_env.second_manager)
    assert not [other for other in others if "Casey" in card_words(other)]
