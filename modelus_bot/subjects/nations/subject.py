"""Declares the subject `nations`: nations, their figures, names, offices and cities."""

from __future__ import annotations

from modelus_bot.domain.personal_data import PersonalRows
from modelus_bot.domain.subject import Screens, Subject, Topic, Wording
from modelus_bot.subjects.nations.invariants import INVARIANTS
from modelus_bot.subjects.nations.visibility import VISIBLE

__all__ = ["SUBJECT"]


def _screens() -> Screens:
    from modelus_bot.subjects.nations.commands.admin_group import NationAdminCommands
    from modelus_bot.subjects.nations.commands.group import NationCommands
    from modelus_bot.subjects.nations.commands.ranking import RankCommands
    from modelus_bot.subjects.nations.jobs import NationLeaves

    return Screens(commands=(NationCommands, NationAdminCommands, RankCommands), jobs=(NationLeaves,))


_PERCENT = "0 to 100 percent"
_FORCE = "0 to 10"
_WORDING = Wording(
    rows={
        "nations": "nations",
        "nation_names": "former and other names of nations",
        "nation_offices": "offices of nations",
        "nation_cities": "cities",
        "nation_history": "changes of nations' figures",
        "cooldowns": "waiting times of nations",
    },
    row={
        "nations": "a nation",
        "nation_names": "another name of a nation",
        "nation_offices": "an office of a nation",
        "nation_cities": "a city",
        "nation_history": "a change of a nation's figures",
        "cooldowns": "a waiting time of a nation",
    },
    ranges={
        "nations_name_length": ("The name of a nation", "1 to 50 characters long"),
        "nations_prefix_length": ("The prefix of a nation", "1 to 40 characters long"),
        "nations_gdp_range": ("The GDP of a nation", "0 to 900 trillion dollars"),
        "nations_population_range": ("The population of a nation", "0 to 20 billion"),
        "nations_stability_range": ("The stability of a nation", _PERCENT),
        "nations_tax_range": ("The tax rate of a nation", _PERCENT),
        "nations_debt_range": ("The debt of a nation", "0 to 900 trillion dollars"),
        "nations_ground_range": ("The ground forces of a nation", _FORCE),
        "nations_naval_range": ("The naval forces of a nation", _FORCE),
        "nations_air_range": ("The air forces of a nation", _FORCE),
        "nations_government_length": ("The government of a nation", "1 to 40 characters long"),
        "nations_description_length": ("The description of a nation", "1 to 1000 characters long"),
        "nations_status_known": ("The status of a nation", "active, on leave or archived"),
        "nation_names_name_length": ("Another name of a nation", "1 to 50 characters long"),
        "nation_names_kind_known": ("The kind of another name", "a former name or an alias"),
        "nation_offices_office_known": ("An office of a nation", "president or vice president"),
        "nation_cities_name_length": ("The name of a city", "1 to 50 characters long"),
        "nation_cities_is_capital_flag": ("Whether a city is the capital", "yes or no"),
        "nation_history_metric_known": ("The figure that changed", "one that nations have"),
        "nation_history_cause_known": ("The cause of a change", "one that is known"),
        "nation_history_reason_length": ("The reason of a change", "1 to 300 characters long"),
        "cooldowns_command_length": ("What a nation waits for", "1 to 32 characters long"),
    },
    sentences={
        "nations_name_trimmed": (
            "The name of a nation begins and ends with something that can be seen. Correct it and try again."
        ),
        "nations_flag_place": (
            "A flag is kept with its message and its channel, or not at all. Please tell an administrator."
        ),
        "nations_leave_until": (
            "Only a nation on leave has a day on which it comes back. Please tell an administrator."
        ),
        "nation_offices_order": "An office ends after it began. Please tell an administrator.",
        "nation_history_undo_of": (
            "A change that undoes another says which one. Please tell an administrator."
        ),
    },
    taken={
        "nations.id": "There is a nation with this number already. Please try again.",
        "nations.name": "There is a nation of this name already. Choose another name.",
        "nation_names.name, nation_names.nation_id": "The nation has this other name already.",
        "nation_offices.id": "There is an office with this number already. Please try again.",
        "nation_offices.nation_id, nation_offices.office": (
            "This office is held by somebody already. Look at the nation with `/nation show` and try again."
        ),
        "nation_offices.user_id": (
            "This member holds an office already. End it with `/nation-admin unlink` first."
        ),
        "nation_cities.id": "There is a city with this number already. Please try again.",
        "nation_cities.nation_id, nation_cities.name": "The nation has a city of this name already.",
        "nation_cities.nation_id": "The nation has a capital already. Please try again.",
        "nation_history.id": "There is a change with this number already. Please try again.",
        "cooldowns.nation_id, cooldowns.command": "The nation waits for this already. Please try again.",
    },
    columns={
        "nation_id": "the nation",
        "name": "the name",
        "gdp": "the GDP",
        "population": "the population",
        "stability_bp": "the stability",
        "tax_bp": "the tax rate",
        "debt": "the debt",
        "treasury": "the treasury",
        "ground": "the ground forces",
        "naval": "the naval forces",
        "air": "the air forces",
        "government": "the government",
        "office": "the office",
        "is_capital": "whether it is the capital",
        "position": "the position",
        "metric": "the figure",
        "new": "the new value",
        "cause": "the cause",
        "turn": "the turn",
        "at": "the time",
        "since": "the time it began",
        "until": "the time it ends",
        "command": "the command",
    },
    fields={
        "name": "name",
        "gdp": "GDP in dollars",
        "population": "population",
        "stability_bp": "stability",
        "tax_bp": "tax rate",
        "ground": "ground forces",
        "naval": "naval forces",
        "air": "air forces",
        "government": "government",
        "prefix": "prefix",
        "channel_id": "channel",
        "comes_back": "day on which it comes back",
        "description": "description",
        "history_id": "number of the change",
        "message_id": "message",
        "metric": "figure",
        "mode": "way to change it",
        "nation_id": "nation",
        "office": "office",
        "user_id": "member",
        "username": "name",
        "value": "value",
    },
    told={
        "alias": "the other name",
        "flag_channel_id": "the channel of the flag",
        "flag_message_id": "the message of the flag",
        "leave_until": "the end of the leave",
        "prefix": "the prefix",
    },
)

_PERSONAL = (
    PersonalRows(
        table="nation_offices",
        exported="SELECT * FROM nation_offices WHERE user_id = :id ORDER BY id",
        erased=(
            (
                "UPDATE nation_offices SET until = max(since, :at) WHERE user_id = :id AND until IS NULL"
                " RETURNING id, until"
            ),
        ),
        stays="Which offices you held and when, under your number: they are the nations' history.",
    ),
    PersonalRows(
        table="nation_history",
        exported="SELECT * FROM nation_history WHERE changed_by = :id ORDER BY id",
        erased=(
            (
                "UPDATE nation_history SET reason = NULL WHERE changed_by = :id AND reason IS NOT NULL"
                " RETURNING id, reason"
            ),
        ),
        stays="That you changed a nation's figures, under your number, without your words.",
    ),
    PersonalRows(
        table="nation_names",
        exported="SELECT * FROM nation_names WHERE by_user = :id ORDER BY nation_id, name",
        stays="That you gave a nation another name, under your number.",
    ),
)

SUBJECT = Subject(
    name="nations",
    topic=Topic("nations", "Nations", "nations, who leads them, and how they rank", 1),
    needs={"nation": "anyone", "rank": "anyone", "nation-admin": "admin"},
    kept_tables=("nations", "nation_names", "nation_offices", "nation_cities"),
    audited=("nations", "nation_offices", "nation_cities"),
    invariants=INVARIANTS,
    visible=VISIBLE,
    personal=_PERSONAL,
    wording=_WORDING,
    screens=_screens,
)
