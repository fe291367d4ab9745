"""Tasks on the sandbox page: the board with its menus, a task's buttons, and the burndown."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright", reason="playwright is not installed")

from tests.page.conftest import SandboxProcess, Visitor

MANAGER = "Petra"
DRAWN = """() => {
    const found = [...document.querySelectorAll(".channel-message")].at(-1).querySelectorAll("img");
    return [...found].some((image) => image.naturalWidth === 880);
}"""
"""Whether the newest message shows a picture of the burndown's size."""


def test_the_board_and_a_task(sandbox: SandboxProcess, visitor: Visitor) -> None:
    """A manager moves a card by the board's menu, opens a task, finishes it, and looks at the burndown."""
    visitor.visit(sandbox.url)
    visitor.look_as(MANAGER)
    board = visitor.command("/task board")
    visitor.picture("20-task-board")
    assert "To do (4)" in board
    assert "Done (3)" in board
    assert "votes of the Senate" in board
    visitor.page.locator(".select-trigger").first.click()
    visitor.page.get_by_role("option").filter(has_text="8: Check the rolls").first.click()
    visitor.page.locator(".channel-message", has_text="To do (3)").wait_for()
    visitor.picture("21-task-board-moved")
    shown = visitor.command("/task show", task="budget")
    visitor.picture("22-task")
    assert "60 %" in shown
    visitor.press("Done")
    assert "Next for its owner" in visitor.last_message()
    assert "Status: Done" in visitor.conversation()
    assert "late" in visitor.command("/task late").lower()
    visitor.picture("23-late")
    for theme in ("dark", "light"):
        visitor.command("/task burndown", theme=theme)
        visitor.page.wait_for_function(DRAWN)
        visitor.picture(f"24-burndown-{theme}")
    assert "hours are left" in visitor.last_message()
