"""The sandbox page as people use it: commands, buttons, other people's eyes, and a crash in between."""

import json
import re
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.page.conftest import SandboxProcess, Visitor

pytestmark = [pytest.mark.page, pytest.mark.slow, pytest.mark.timeout(240)]

MANAGER = "Petra"
ADMINISTRATOR = "Ada"


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is on duty as account manager now, and who could step in."""

    holder: str
    replacement: str


def turn_in(database: Path) -> Turn:
    """Return the current account turn as the sandbox's file has it."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        holder_id, holder = connection.execute(
            "SELECT user_id, username FROM current_holders JOIN users ON discord_id = user_id"
            " WHERE discipline = 'account'"
        ).fetchone()
        (replacement,) = connection.execute(
            "SELECT username FROM user_disciplines AS d JOIN users ON discord_id = user_id"
            " WHERE discipline = 'account' AND d.is_active = 1 AND user_id <> ? ORDER BY position LIMIT 1",
            (holder_id,),
        ).fetchone()
    return Turn(holder, replacement)


def untimed(text: str) -> str:
    """Return a message without the time it was sent at."""
    return re.sub(r"\d+/\d+/\d+, \d+:\d+ [AP]M", "", text)


def test_cover_survives_a_crash(sandbox: SandboxProcess, visitor: Visitor) -> None:
    """A cover asked for and approved on the page changes who is on duty, and is still there after kill -9."""
    turn = turn_in(sandbox.database)
    visitor.visit(sandbox.url)
    visitor.picture("01-welcome")

    visitor.look_as(MANAGER)
    roster = visitor.command("/roster show")
    visitor.picture("02-roster-show")
    assert turn.holder in roster
    assert turn.replacement in roster
    assert turn.holder in visitor.command("/oncall now")
    visitor.picture("03-oncall-before")

    visitor.look_as(turn.holder)
    card = visitor.command(
        "/cover request", sprint="yours", discipline="account", replacement=turn.replacement, reason="Dentist"
    )
    visitor.picture("04-cover-request")
    assert turn.replacement in card
    assert "Dentist" in card

    visitor.look_as(MANAGER)
    visitor.press("Approve")
    visitor.picture("05-cover-approved")
    assert "approved" in visitor.conversation().lower()

    on_duty = visitor.command("/oncall now")
    visitor.picture("06-oncall-after")
    assert turn.replacement in on_duty

    visitor.look_as(ADMINISTRATOR)
    assert "database" in visitor.command("/dbhealth").lower()
    visitor.picture("07-dbhealth")

    sandbox.kill()
    sandbox.start()
    visitor.visit(sandbox.url)
    visitor.look_as(MANAGER)
    assert untimed(visitor.command("/oncall now")) == untimed(on_duty)
    assert untimed(visitor.command("/roster show")) == untimed(roster)
    visitor.picture("08-after-the-crash")


def test_notice_arrives_in_direct_messages(shared_sandbox: SandboxProcess, visitor: Visitor) -> None:
    """Who is asked to step in finds a message from the bot among their direct messages."""
    turn = turn_in(shared_sandbox.database)
    visitor.visit(shared_sandbox.url)
    visitor.look_as(turn.holder)
    visitor.command("/cover request", sprint="yours", discipline="account", replacement=turn.replacement)

    visitor.look_as(turn.replacement)
    visitor.enter("Model US Bot")
    visitor.page.locator(".channel-message", has_text=turn.holder).first.wait_for()
    visitor.picture("09-direct-message")

    assert turn.holder in visitor.last_message()


def test_players_do_not_see_the_staff_channels(shared_sandbox: SandboxProcess, visitor: Visitor) -> None:
    """The list of channels follows the person looked through, and the chosen person stays chosen."""
    visitor.visit(shared_sandbox.url)
    rooms = visitor.page.locator(".rooms a")
    visitor.look_as("Paula")
    assert [name.split("\n")[-1] for name in rooms.all_inner_texts()] == ["general", "news", "Model US Bot"]

    visitor.look_as(MANAGER)
    rooms.filter(has_text="duty-desk").wait_for()
    visitor.enter("duty-desk")
    visitor.page.locator("#viewer-picker option:checked", has_text=MANAGER).wait_for(state="attached")

    assert visitor.page.locator("#channel-name").inner_text() == "duty-desk"


def test_moments_are_counted_from_now(shared_sandbox: SandboxProcess, visitor: Visitor) -> None:
    """What has just happened is not ahead, however long nothing was said in the channel before."""
    visitor.visit(shared_sandbox.url)
    visitor.look_as(ADMINISTRATOR)
    visitor.page.wait_for_timeout(12_000)
    shown = visitor.command("/backup create") and visitor.command("/dbhealth")
    assert "Newest backup" in shown
    assert not re.search(r"Newest backup\s+in ", shown)


def test_the_other_administrator_is_there(shared_sandbox: SandboxProcess, visitor: Visitor) -> None:
    """Somebody else than the one who asks can decide about a restore."""
    visitor.visit(shared_sandbox.url)
    visitor.look_as("Olive")
    assert "Database" in visitor.command("/dbhealth")


def test_commands_answer_after_a_restore(sandbox: SandboxProcess, visitor: Visitor) -> None:
    """Pressing Restore starts the archive anew; nobody waits for that, and the copy it came from stays."""
    visitor.visit(sandbox.url)
    visitor.look_as(ADMINISTRATOR)
    made = re.search(r"sandbox-\S+-manual\.db", visitor.command("/backup create"))
    assert made is not None
    visitor.command("/backup restore", backup=made.group(), reason="a rehearsal")
    visitor.page.locator(".channel-message", has_text="waiting for a second one").wait_for()
    visitor.look_as("Olive")
    visitor.enter("Model US Bot")
    visitor.page.locator(".channel-message", has_text="a rehearsal").wait_for()
    visitor.press("Restore")
    assert "restored" in visitor.conversation().lower()

    visitor.page.wait_for_timeout(3_000)
    visitor.enter("general")
    visitor.look_as(ADMINISTRATOR)
    assert "The database was restored" in visitor.conversation()
    for _ in range(2):
        assert "Database" in visitor.command("/dbhealth")
    assert made.group() in visitor.command("/backup list")


def test_a_fresh_sandbox_has_first_steps(sandbox: SandboxProcess, visitor: Visitor) -> None:
    """The welcome has buttons; who may not see the rota reads how to look as somebody who may."""
    visitor.visit(sandbox.url)
    visitor.press("Who is on duty?")
    assert "Petra (project manager)" in visitor.last_message()
    visitor.look_as(MANAGER)
    visitor.press("Who is on duty?")
    assert turn_in(sandbox.database).holder in visitor.last_message()
    assert " covers " in visitor.command("/sprint list"), "two days of the next turn are covered"
    visitor.press("What can I do?")
    visitor.picture("10-first-steps")
    visitor.choose("Covers")
    visitor.picture("12-help-covers")
    assert "/cover request" in visitor.last_message()


def test_cover_is_asked_for_in_a_form(shared_sandbox: SandboxProcess, visitor: Visitor) -> None:
    """The button under the welcome opens a form with one's own turns and the reason; sending it asks."""
    turn = turn_in(shared_sandbox.database)
    visitor.visit(shared_sandbox.url)
    visitor.look_as(turn.holder)
    visitor.press("Ask for cover")
    form = visitor.page.get_by_role("dialog")
    form.locator(".select-trigger").click()
    visitor.picture("13-cover-form")
    visitor.page.locator("[role=option]", has_text="Account, ").first.click()
    form.locator("textarea").fill("Dentist")
    form.get_by_role("button", name="Submit").click()
    visitor.page.locator(".channel-message", has_text="Reason: Dentist").wait_for()
    visitor.picture("14-cover-asked")
    assert "Withdraw" in visitor.last_message()


def test_the_chosen_person_stays_and_lists_open_at_once(
    shared_sandbox: SandboxProcess, visitor: Visitor
) -> None:
    """After a reload and in a new tab it is the same person; a list is offered before a letter is typed."""
    visitor.visit(shared_sandbox.url)
    visitor.look_as(MANAGER)
    chosen = visitor.page.locator("#viewer-picker option:checked", has_text=MANAGER)
    visitor.page.reload()
    chosen.wait_for(state="attached")
    visitor.page.locator('.rooms a[data-room="duty-desk"]').wait_for()
    visitor.page = visitor.page.context.new_page()
    visitor.visit(shared_sandbox.url)
    visitor.page.locator("#viewer-picker option:checked", has_text=MANAGER).wait_for(state="attached")
    visitor.page.locator('.rooms a[data-room="duty-desk"]').wait_for()
    visitor.page.locator("#channel-composer-input").click()
    visitor.page.keyboard.type("/roster remove")
    visitor.page.locator(".command-entry", has_text="/roster remove").first.click()
    visitor.page.locator(".command-suggestion", has_text="Account (account)").wait_for()


def test_a_restore_is_asked_by_direct_message_only(sandbox: SandboxProcess, visitor: Visitor) -> None:
    """The player sees nothing of it; the other administrator has the buttons."""
    visitor.visit(sandbox.url)
    visitor.look_as(ADMINISTRATOR)
    visitor.command("/backup create")
    visitor.command("/backup preview", at="2020-01-01 00:00")
    visitor.page.locator(".channel-message", has_text="The archive holds").wait_for()
    asked = visitor.command("/backup restore", backup="sandbox", reason="A try")
    visitor.page.locator(".channel-message", has_text="waiting for a second one").wait_for()
    assert "Restore the database?" not in asked
    visitor.look_as("Paula")
    assert "database" not in visitor.conversation().replace("database file", "")
    visitor.look_as("Olive")
    visitor.enter("Model US Bot")
    visitor.page.locator(".channel-message", has_text="A try").wait_for()
    visitor.picture("11-restore-question")
    assert visitor.page.get_by_role("button", name="Restore", exact=True).count() == 1
    visitor.press("Cancel")
    assert "stays as it is" in visitor.last_message()


@pytest.mark.parametrize("host", ["::1", "localhost"])
def test_other_names_of_this_machine(tmp_path: Path, visitor: Visitor, host: str) -> None:
    """Served at the IPv6 loopback address or under its name, the page opens there and works."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        try:
            listener.bind((host, 0))
        except OSError as error:
            pytest.skip(f"{host} is not there: {error}")
    sandbox = SandboxProcess(tmp_path, host)
    sandbox.start()
    try:
        assert sandbox.url.startswith("http://[::1]:" if ":" in host else "http://localhost:")
        visitor.visit(sandbox.url)
        assert "Pong" in visitor.command("/ping")
    finally:
        sandbox.stop()


def test_closing_in_order(sandbox: SandboxProcess) -> None:
    """SIGTERM ends the sandbox with status 0, and it remembers that everything was closed."""
    assert sandbox.stop() == 0
    assert sandbox.database.exists()
    state = json.loads(sandbox.database.with_name("sandbox.db-state").read_text())
    assert state["clean"]
    assert state["audit_id"] > 0
