"""One walk through the rota, as people would take it."""

from __future__ import annotations

from tests.conftest import BotEnv


async def test_a_cover_from_request_to_duty(rota_env: BotEnv) -> None:
    """Show the roster, ask for cover, approve it as a manager, and see duty change hands."""
    env = rota_env
    shown = await env.staff("avery").slash(env.channel, "roster show", discipline="account")
    assert "Avery" in str(shown.response.embeds[0].to_dict())
    choices = await env.staff("avery").autocomplete(env.channel, "cover request", "sprint", "")
    print(choices)
    now = await env.staff("avery").slash(env.channel, "oncall now")
    print(now.response.embeds[0].to_dict())
    health = await env.admin.slash(env.channel, "dbhealth")
    print(health.response.embeds[0].to_dict())
