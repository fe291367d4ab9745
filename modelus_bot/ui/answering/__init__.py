"""Answering people: the only room that speaks to an interaction, so that each answer arrives, once.

``defer`` says in time that the bot is at work, ``answer`` shows what came of it, ``tell`` adds a private
word, ``fail`` says privately what went wrong, ``show_form`` opens a form, ``answer_pictured`` waits a
little for one. ``Desk`` knows who is being answered, so that stopping can wait for them.
"""

from modelus_bot.ui.answering.answers import (
    answer,
    ask_here,
    defer,
    fail,
    message_id,
    show_form,
    show_progress,
    tell,
)
from modelus_bot.ui.answering.arriving import FAILURES, NoAnswer, may_have_arrived, passes, together
from modelus_bot.ui.answering.desk import Desk
from modelus_bot.ui.answering.pictured import MakesFile, answer_pictured

__all__ = [
    "FAILURES",
    "Desk",
    "MakesFile",
    "NoAnswer",
    "answer",
    "answer_pictured",
    "ask_here",
    "defer",
    "fail",
    "may_have_arrived",
    "message_id",
    "passes",
    "show_form",
    "show_progress",
    "tell",
    "together",
]
