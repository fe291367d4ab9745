"""A sandbox in a process of its own, and a person with a browser in front of it."""

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
REPLY_MS = 20_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class SandboxProcess:
    """``python -m modelus_bot sandbox`` on one database file; it can be killed and started again."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        self.folder = folder
        self.host = host
        self.database = folder / "data" / "sandbox.db"
        self.port = free_port()
        self.url = ""
        self._process: subprocess.Popen[str] | None = None
        self._starts = 0

    def start(self) -> None:
        """Start it and wait for its address; fails with its output if it ends instead."""
        self._starts += 1
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DISCORD_", "MODELUS_", "COV_"))
        }
        environment |= {
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "MODELUS_BOT__SANDBOX__HOST": self.host,
            "MODELUS_BOT__SANDBOX__PORT": str(self.port),
            "MODELUS_BOT__SANDBOX__PATH": str(self.database),
        }
        with self.log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "modelus_bot", "sandbox"],
                cwd=self.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.url = self._read_address(self._process)

    @property
    def log(self) -> Path:
        """What the current process wrote to standard error."""
        return self.folder / f"sandbox-{self._starts}.log"

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to close in order and return its exit status; None if it was not running."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        process.send_signal(number)
        try:
            status = process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            assert process.stdout is not None
            process.stdout.close()
        return status

    def _read_address(self, process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        printed = []
        for line in process.stdout:
            printed.append(line)
            if found := re.search(r"http://\S+:\d+/#\S+", line):
                return found.group()
        pytest.fail(f"the sandbox ended: {''.join(printed)}{self.log.read_text()[-4000:]}")


SETTLED = """() => /ready|switched|opened|updated|refreshed|completed/i.test(
    document.getElementById("action-status").textContent)"""
"""The page says in words when it has finished loading; before that it drops what people do."""


ANSWERED = """() => /completed/i.test(document.getElementById("action-status").textContent)"""


class Visitor:
    """Somebody using the page as people do: picking commands, filling in options, pressing buttons."""

    def __init__(self, page: "playwright.Page", pictures: Path | None) -> None:
        self.page = page
        self._pictures = pictures

    def visit(self, url: str) -> None:
        """Open the page and wait until it can be used."""
        self.page.goto("about:blank")  # the same address with another secret would not load again
        self.page.goto(url)
        self._wait_until_ready()

    def look_as(self, name: str) -> None:
        """Look through the eyes of the person whose name begins with ``name``."""
        picker = self.page.locator("#viewer-picker")
        label = next(text for text in picker.locator("option").all_inner_texts() if text.startswith(name))
        picker.select_option(label=label)
        self.page.locator("#viewer-picker option:checked", has_text=label).wait_for(state="attached")
        self._wait_until_ready()

    def enter(self, room: str) -> None:
        """Go to a channel, or to the direct messages with the bot, from the list on the left."""
        self.page.locator(f'.rooms a[data-room="{room}"]').click()
        self.page.locator(f'.rooms a[data-room="{room}"][aria-current="page"]').wait_for()
        self._wait_until_ready()

    def command(self, command: str, **options: str) -> str:
        """Type a slash command, choose each option's first suggestion or type it, and return the reply."""
        before = self.page.locator(".channel-message").count()
        self.page.locator("#channel-composer-input").click()
        self.page.keyboard.type(command)
        self.page.locator(".command-entry").filter(
            has=self.page.get_by_text(command, exact=True)
        ).first.click()
        for name, value in options.items():
            self._fill(name, value)
        self.page.locator("#send-message").click()
        self.page.locator("#channel-composer-input").wait_for(timeout=REPLY_MS)
        self.page.locator(".channel-message").nth(before).wait_for(timeout=REPLY_MS)
        return self.last_message()

    def press(self, label: str) -> None:
        """Press the newest button with this label and wait until the bot has answered."""
        self.page.evaluate("document.getElementById('action-status').textContent = ''")
        self.page.get_by_role("button", name=label, exact=True).last.click()
        self.page.wait_for_function(ANSWERED, timeout=REPLY_MS)

    def choose(self, label: str) -> None:
        """Choose the entry of the newest menu whose label begins so, and wait for the bot's answer."""
        self.page.evaluate("document.getElementById('action-status').textContent = ''")
        self.page.locator(".select-trigger").last.click()
        self.page.get_by_role("option").filter(has_text=re.compile(f"^\\s*{re.escape(label)}")).first.click()
        self.page.wait_for_function(ANSWERED, timeout=REPLY_MS)

    def last_message(self) -> str:
        """Text of the newest message."""
        return self.page.locator(".channel-message").last.inner_text()

    def conversation(self) -> str:
        """Text of all messages."""
        return "\n".join(self.page.locator(".channel-message").all_inner_texts())

    def picture(self, name: str) -> None:
        """Keep a screenshot if MODELUS_SCREENSHOTS names a folder."""
        if self._pictures is not None:
            self.page.locator(".channel-message").last.scroll_into_view_if_needed()
            self.page.screenshot(path=self._pictures / f"{name}.png")

    def _fill(self, name: str, value: str) -> None:
        field = self.page.locator(f'.command-option-input[data-option="{name}"]')
        if not field.count():
            self.page.locator(".command-ghost").click()
            self.page.locator(".command-suggestion").filter(
                has=self.page.get_by_text(name, exact=True)
            ).first.click()
        field.fill(value)
        suggestion = self.page.locator(".command-suggestion", has_text=value).first
        try:
            suggestion.wait_for(timeout=4000)
        except playwright.TimeoutError:
            return  # free text
        suggestion.click()

    def _wait_until_ready(self) -> None:
        self.page.locator('#preview-app[aria-busy="false"]').wait_for(timeout=REPLY_MS)
        self.page.wait_for_function(SETTLED, timeout=REPLY_MS)
        self.page.locator(".rooms a").first.wait_for(timeout=REPLY_MS)


def free_port() -> int:
    """Return a port nobody listens on, from this worker's own range: others would take one that is let go."""
    first = 20_000 + 1_000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in random.sample(range(first, first + 1_000), 50):
        with socket.socket() as listener, contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port
    pytest.skip("no port is free")


@pytest.fixture(scope="module")
def browser() -> Iterator["playwright.Browser"]:
    """Return the system's browser without a window; skips where there is none."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser found: install one of {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(browser: "playwright.Browser") -> Iterator[Visitor]:
    """Return somebody with a fresh browser profile."""
    folder = os.environ.get("MODELUS_SCREENSHOTS")
    pictures = Path(folder) if folder else None
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(REPLY_MS)
    yield Visitor(context.new_page(), pictures)
    context.close()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SandboxProcess]:
    """Return a sandbox that is running on an empty folder."""
    started = SandboxProcess(tmp_path)
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def shared_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    """Return a sandbox for those who leave nothing behind that others would mind."""
    started = SandboxProcess(tmp_path_factory.mktemp("shared"))
    started.start()
    yield started
    started.stop()
