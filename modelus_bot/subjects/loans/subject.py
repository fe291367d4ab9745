"""Declares the subject `loans`: loans between nations."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.loans.invariants import INVARIANTS
from modelus_bot.subjects.loans.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.loans.commands.administering import LoanAdminCommands
    from modelus_bot.subjects.loans.commands.lending import LoanCommands

    return Screens(commands=(LoanCommands, LoanAdminCommands))


_TELL = "Please tell an administrator."
_WORDING = Wording(
    rows={"loans": "loans"},
    row={"loans": "a loan"},
    told={
        "due_turn": "the turn it is due",
    },
    ranges={
        "loans_code_length": ("The code of a loan", "6 to 12 characters long"),
        "loans_principal_range": ("The amount of a loan", "100 million to 1 trillion dollars"),
        "loans_rate_range": ("The interest of a loan", "0 to 50 percent"),
        "loans_term_range": ("The term of a loan", "1 to 360 turns"),
        "loans_kind_known": ("The kind of a loan", "compound or amortizing"),
        "loans_status_known": ("The status of a loan", "one that is known"),
        "loans_balance_range": ("What is owed of a loan", "0 to 900 trillion dollars"),
        "loans_interest_range": ("The interest that is owed", "0 or more"),
        "loans_anchor_range": ("What a loan grows from", "0 or more"),
        "loans_missed_range": ("The instalments that were missed", "0 to 3"),
        "loans_description_length": ("What a loan is for", "1 to 200 characters long"),
    },
    sentences={
        "loans_two_nations": "A nation does not lend to itself. Choose another one.",
        "loans_interest_owed": f"The interest that is owed is part of what is owed. {_TELL}",
        "loans_over_is_nothing": f"Of a loan that does not run nothing is owed. {_TELL}",
        "loans_active_runs": f"A loan that runs began with a turn and ends with one. {_TELL}",
        "nation has open loans": (
            "This nation has loans that are not over. Let them be paid, forgiven or void first; `/loan list`"
            " shows them."
        ),
    },
    taken={
        "loans.id": "There is a loan with this number already. Please try again.",
        "loans.code": "There is a loan with this code already. Please try again.",
    },
    columns={
        "anchor": "what it grows from",
        "balance": "what is owed",
        "borrower_id": "the borrower",
        "code": "the code",
        "interest": "the interest that is owed",
        "lender_id": "the lender",
        "missed": "the instalments that were missed",
        "principal": "the amount",
        "rate_bp": "the interest",
        "term_months": "the term",
    },
    fields={
        "accept": "answer",
        "amount": "amount",
        "borrower_id": "borrower",
        "code": "code",
        "repayment": "way to pay back",
        "principal": "amount",
        "rate_bp": "interest",
        "term_months": "term",
    },
)

_PERSONAL = (
    PersonalRows(
        table="loans",
        exported="SELECT * FROM loans WHERE :id IN (offered_by, decided_by) ORDER BY id",
        erased=(
            (
                "UPDATE loans SET description = NULL WHERE offered_by = :id AND description IS NOT NULL"
                " RETURNING id, description"
            ),
        ),
        stays="That you offered or answered a loan, under your number, without your words.",
    ),
)

SUBJECT = Subject(
    name="loans",
    topic=Topic("economy", "Economy", "what nations have, lend and owe", 2),
    needs={"loan": "anyone", "loan-admin": "admin"},
    audited=("loans",),
    invariants=INVARIANTS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
