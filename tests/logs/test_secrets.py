"""No secret is in a log: neither what is known to be one, nor what is called or looks like one."""

import io
import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as configured
from hypothesis import strategies as st
from loguru import logger

from modelus_bot.config import Settings
from modelus_bot.logs import configure_logging, hider
from modelus_bot.logs.secrets import HIDDEN

WORD = string.ascii_letters + string.digits
BASE64 = WORD + "+/"
URL_SAFE = WORD + "-_"


def letters(alphabet: str, least: int, most: int | None = None) -> st.SearchStrategy[str]:
    """Return texts of one alphabet."""
    return st.text(alphabet, min_size=least, max_size=most or least)


def joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    """Return texts put together from parts."""
    made = [st.just(part) if isinstance(part, str) else part for part in parts]
    return st.tuples(*made).map("".join)


DISCORD_TOKENS = joined(letters(URL_SAFE, 24, 28), ".", letters(URL_SAFE, 6), ".", letters(URL_SAFE, 27, 40))
WEBHOOKS = joined(letters(string.digits, 17, 19), "/", letters(URL_SAFE, 60, 68))
# Each has a digit, which the plain text around it has not.
INTERACTIONS = joined("aW50ZXJhY3Rpb246", letters(WORD, 60, 180))
AWS_KEY_IDS = joined(st.sampled_from(["AKIA", "ASIA"]), letters(string.ascii_uppercase + string.digits, 16))
AWS_SECRETS = letters(BASE64, 40).filter(
    lambda text: (
        all(any(c in kind for c in text) for kind in (string.ascii_uppercase, string.ascii_lowercase))
        and any(c.isdigit() for c in text)
    )
)
OPAQUE = joined(letters(WORD, 11, 40), "7")
PASSWORDS = joined(letters(WORD + "!$%*-._~", 6, 20), "7")

SHOWN = st.one_of(
    DISCORD_TOKENS.map(lambda secret: (secret, secret)),
    INTERACTIONS.map(lambda secret: (secret, secret)),
    AWS_KEY_IDS.map(lambda secret: (secret, secret)),
    AWS_SECRETS.map(lambda secret: (secret, secret)),
    WEBHOOKS.map(lambda secret: (secret.split("/")[1], f"https://discord.com/api/webhooks/{secret}")),
    WEBHOOKS.map(lambda secret: (secret.split("/")[1], f"/api/v10/interactions/{secret}/callback")),
    OPAQUE.map(lambda secret: (secret, f"Authorization: Bot {secret}")),
    joined(letters(URL_SAFE, 24, 60), "7").map(lambda secret: (secret, f"sent Bearer {secret}")),
    OPAQUE.map(lambda secret: (secret, f"aws_secret_access_key = {secret}")),
    OPAQUE.map(lambda secret: (secret, f'{{"SecretAccessKey": "{secret}"}}')),
    OPAQUE.map(lambda secret: (secret, f"https://bucket/x?X-Amz-Date=1&X-Amz-Signature={secret}&y=1")),
    PASSWORDS.map(lambda secret: (secret, f"https://bot:{secret}@example.org/bucket")),
)
"""A secret, and a text in which it may turn up."""

NAMES = st.sampled_from(
    ["token", "api_token", "DISCORD_TOKEN", "client_secret", "password", "Authorization", "Set-Cookie",
     "aws_access_key_id", "secretAccessKey", "session_key", "webhook_url", "credentials", "api-key"]
)  # fmt: skip
PLAIN = st.text(string.ascii_letters + " ,.()→é\n\x1b\"'{}", max_size=20)


@st.composite
def hidden_somewhere(draw: st.DrawFn, *, as_text: bool) -> tuple[str, Any]:
    """Return a secret, and data of any shape with it somewhere inside, which may be about to become text."""
    if draw(st.booleans()):
        secret = draw(OPAQUE)
        shapes: list[Any] = [secret, [secret], secret.encode(), *([] if as_text else [{"x": secret}])]
        value: Any = {draw(NAMES): draw(st.sampled_from(shapes))}
    else:
        secret, text = draw(SHOWN)
        value = f"{draw(PLAIN)} {text} {draw(PLAIN)}"
    for wrap in draw(st.lists(st.sampled_from(["list", "tuple", "dict", "key", "object"]), max_size=3)):
        value = {
            "list": lambda inner=value: [1, inner],
            "tuple": lambda inner=value: (inner, None),
            "dict": lambda inner=value: {"about": inner},
            "key": lambda inner=value: {inner: 1} if isinstance(inner, str) else {"about": inner},
            "object": lambda inner=value: ValueError(inner) if isinstance(inner, str) else inner,
        }[wrap]()
    return secret, value


@configured(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), way=st.sampled_from(["field", "message", "exception", "argument"]))
def test_no_secret_is_ever_written(
    data: st.DataObject, way: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever carries it, and however deep: neither terminal nor file has the secret in it."""
    secret, value = data.draw(hidden_somewhere(as_text=way in ("message", "exception")))
    path, shown = tmp_path_factory.mktemp("log") / "bot.jsonl", io.StringIO()
    settings = Settings.model_validate({"logging": {"file": path}})
    with configure_logging(settings, terminal=shown):
        if way == "field":
            logger.bind(found=value).info("an_event")
        elif way == "message":
            logger.info("{}", value if isinstance(value, str) else json.dumps(value, default=str))
        elif way == "argument":
            logger.bind(rows=[("name", value)]).warning("an_event")
        else:
            try:
                raise RuntimeError(value if isinstance(value, str) else json.dumps(value, default=str))
            except RuntimeError:
                logger.exception("it_failed")

    for text in (shown.getvalue(), path.read_text("utf-8")):
        assert secret not in text
        assert HIDDEN in text
    (line,) = path.read_text("utf-8").splitlines()
    assert json.loads(line)["level"]


@configured(max_examples=100, deadline=None)
@given(secret=st.text(string.printable, min_size=8, max_size=60).map(str.strip).filter(lambda s: len(s) >= 8))
def test_what_the_environment_calls_a_secret_is_known(secret: str) -> None:
    """Values of variables called like secrets are hidden wherever they turn up, whatever they look like."""
    hide = hider(Settings(), {"LITESTREAM_SECRET_ACCESS_KEY": secret, "DISCORD_TOKEN_FILE": "/run/token"})

    assert secret not in hide(f"before <{secret}> after")
    assert hide("reading /run/token now") == "reading /run/token now"


@pytest.mark.parametrize(
    "text",
    [
        "An edit of /etc/modelus/config.toml was not applied; the settings stay as they are.",
        "database_opened path=/home/ada/modelus/data/modelus.db sqlite=3.40.1",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "modelus-20261121T102409Z-scheduled.db",
        "shard 0 of 1, 10:24:09: connected to gateway.discord.gg",
        "asked for members: 5 at once, key 7, 1234567890123456789",
        "https://discord.com/api/v10/guilds/123456789012345678/channels",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Paths, hashes, names and ids are there to be read."""
    assert hider(Settings(), {})(text) == text


def test_what_cannot_be_shown_is_logged_all_the_same(tmp_path: Any) -> None:
    """An object whose text raises, and numbers that JSON does not know, cost no record."""

    class Broken:
        def __str__(self) -> str:
            raise RuntimeError("no text")

    path = tmp_path / "bot.jsonl"
    with configure_logging(Settings.model_validate({"logging": {"file": path}}), terminal=None):
        logger.bind(broken=Broken(), odd=float("nan"), deep=[[[[[[[[[[1]]]]]]]]]], half="\udc80").info(
            "an_event"
        )

    line = json.loads(path.read_text("utf-8"))
    assert line["broken"] == "<Broken: RuntimeError>"
    assert line["odd"] == "nan"
    assert line["half"] == "\udc80"


@pytest.mark.parametrize(
    "line",
    [
        "get credentials: failed to refresh cached credentials, no EC2 IMDS role found",
        "token: invalid",
        "the signature: missing, see above",
        "password: required.",
    ],
)
def test_what_is_said_of_a_secret_is_kept(line: str) -> None:
    """An error about credentials can be read; what only begins like such a word is hidden."""
    hide = hider(Settings(), {})

    assert hide(line) == line
    assert hide("password: failed7x and token=invalid-9") == f"password: {HIDDEN} and token={HIDDEN}"
