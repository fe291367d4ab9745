"""A database shaped as the original Model US bot makes it, with each fault that is known of its data."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from modelus_bot.subjects.modelus_import.model.source import RecordPlace, RecordRow

__all__ = ["EDITOR", "PRESIDENT", "ROWS", "VICE", "make_original", "many_rows", "original_row"]

PRESIDENT, VICE, EDITOR = (2**58 + number for number in range(21, 24))
MADE = "2025-03-01 12:00:00"
RENAMED = "2025-03-05 09:30:00"

SCHEMA = """
CREATE TABLE nations(
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    gdp REAL NOT NULL CHECK (gdp >= 0), stability REAL DEFAULT 0, population INTEGER NOT NULL,
    tax_rate REAL DEFAULT 20, budget REAL GENERATED ALWAYS AS (gdp * tax_rate / 100) STORED,
    gdp_per_capita REAL GENERATED ALWAYS AS (gdp * 1000000000.0 / population) VIRTUAL,
    previous_gdp REAL, previous_population INTEGER, flag TEXT, flag_set_at DATETIME, capitol TEXT,
    description TEXT, military_readiness REAL DEFAULT 50, ground_strength REAL DEFAULT 5,
    naval_strength REAL DEFAULT 5, air_strength REAL DEFAULT 5, vice_president TEXT,
    tax_rate_changed_at DATETIME, government_type TEXT DEFAULT 'Democracy', provincial_capitals TEXT,
    national_debt REAL DEFAULT 0, trading_partners TEXT, last_rename_at DATETIME,
    created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME);
CREATE TABLE user_links(
    id INTEGER PRIMARY KEY, discord_id TEXT UNIQUE,
    nation_name TEXT COLLATE NOCASE REFERENCES nations(name) ON UPDATE CASCADE ON DELETE CASCADE,
    role TEXT DEFAULT 'president', created_at DATETIME);
CREATE TABLE nation_renames(
    id INTEGER PRIMARY KEY, old_name TEXT, new_name TEXT, renamed_by TEXT, renamed_at DATETIME);
CREATE TABLE wars(
    id INTEGER PRIMARY KEY, name TEXT, participants TEXT, start_date TEXT, end_date TEXT,
    casualties INTEGER DEFAULT 0, description TEXT, status TEXT DEFAULT 'active', created_at DATETIME);
CREATE TABLE tags(id INTEGER PRIMARY KEY, name TEXT UNIQUE, description TEXT);
CREATE TABLE laws(
    id INTEGER PRIMARY KEY, name TEXT, body_text TEXT, is_public INTEGER DEFAULT 1,
    nation_name TEXT COLLATE NOCASE, created_by TEXT, created_at DATETIME, edited_at DATETIME,
    edited_by TEXT, original_text TEXT, UNIQUE(name, nation_name));
CREATE TABLE law_tags(law_id INTEGER, tag_id INTEGER, PRIMARY KEY(law_id, tag_id));
CREATE TABLE alliances(
    id INTEGER PRIMARY KEY, nation1 TEXT, nation2 TEXT, status TEXT, requested_by TEXT,
    requested_at DATETIME, approved_at DATETIME, UNIQUE(nation1, nation2));
CREATE TABLE multi_alliances(
    id INTEGER PRIMARY KEY, name TEXT UNIQUE, description TEXT, leader_nation TEXT, created_at DATETIME);
CREATE TABLE multi_alliance_members(
    id INTEGER PRIMARY KEY, alliance_id INTEGER, nation_name TEXT, joined_at DATETIME,
    UNIQUE(alliance_id, nation_name));
CREATE TABLE loans(
    id INTEGER PRIMARY KEY, loan_code TEXT, description TEXT, lender TEXT, borrower TEXT, amount REAL);
CREATE TABLE investments(id INTEGER PRIMARY KEY, target TEXT REFERENCES international_countries(name));
CREATE TABLE international_countries(id INTEGER PRIMARY KEY, name TEXT, code TEXT UNIQUE);
CREATE TABLE diplomatic_requests(id INTEGER PRIMARY KEY, code TEXT, type TEXT, status TEXT);
CREATE TABLE disasters(id INTEGER PRIMARY KEY, title TEXT);
CREATE TABLE user_activity(discord_id TEXT, channel_id TEXT, count INTEGER);
CREATE TABLE admin_actions(id INTEGER PRIMARY KEY, admin_id TEXT, action TEXT, details TEXT);
CREATE TABLE map_settings(id INTEGER PRIMARY KEY, map_type TEXT, url TEXT);
CREATE TABLE something_else(x);
"""
ROWS: dict[str, list[dict[str, Any]]] = {
    "nations": [
        {"id": 1, "name": "Texas", "gdp": 2400.123456789, "stability": 62.5, "population": 30_000_000,
         "tax_rate": 21.25, "previous_gdp": 2300.0, "previous_population": 29_000_000,
         "flag": "https://cdn.discordapp.com/attachments/1/2/f.png?ex=66&is=65&hm=0", "capitol": "Austin",
         "provincial_capitals": json.dumps(["Dallas", "Houston", "dallas", "El <Paso>", "Waco", "Austin"]),
         "ground_strength": 7.5, "national_debt": 12.5, "description": "Big.",
         "government_type": "federal republic", "last_rename_at": "2025-03-05 09:30:00"},
        {"id": 2, "name": "Republic of Kingdom of Ohio", "gdp": 800, "population": 11_800_000,
         "stability": 140, "air_strength": "strong", "government_type": "Vibes"},
        {"id": 3, "name": "Republic of Texas", "gdp": 1e9, "population": 5, "provincial_capitals": "[broken"},
        {"id": 4, "name": "West Virginia", "gdp": 0, "population": 0, "tax_rate": None,
         "capitol": "Charleston", "provincial_capitals": "Wheeling, Huntington"},
    ],
    "nation_renames": [
        {"id": 1, "old_name": "Tejas", "new_name": "Lone Star", "renamed_at": MADE},
        {"id": 2, "old_name": "Lone Star", "new_name": "Texas", "renamed_at": RENAMED},
        {"id": 3, "old_name": "Ohio", "new_name": "Republic of Kingdom of Ohio", "renamed_at": RENAMED},
        {"id": 4, "old_name": "Atlantis", "new_name": "Lemuria", "renamed_at": RENAMED},
    ],
    "user_links": [
        {"discord_id": str(PRESIDENT), "nation_name": "texas", "role": "president", "created_at": MADE},
        {"discord_id": str(VICE), "nation_name": "Texas", "role": "vice_president"},
        {"discord_id": "2.8e17", "nation_name": "Texas", "role": "president"},
        {"discord_id": str(EDITOR), "nation_name": "Texas", "role": "president"},
        {"discord_id": str(EDITOR + 1), "nation_name": "Nowhere", "role": "president"},
    ],
    "wars": [
        {"id": 1, "name": "Border War", "participants": '["Lone Star", "West Virginia"]',
         "start_date": "2025-04-01", "end_date": "2025-05-01", "casualties": 1200, "status": "ended"},
        {"id": 2, "name": "Great War", "participants": '["Texas", "West Virginia", "Ohio", "Mars"]',
         "start_date": "2025-06-01", "status": "active"},
        {"id": 3, "name": "great war", "participants": '["A"', "start_date": "someday",
         "created_at": MADE, "status": "active"},
        {"id": 4, "name": "Lost War", "participants": None, "start_date": None, "status": "active"},
    ],
    "tags": [
        {"id": 1, "name": "Economy", "description": "Money, trade"},
        {"id": 2, "name": "tax, fees"},
        {"id": 3, "name": "  "},
        *({"id": number, "name": f"tag {number}"} for number in range(4, 9)),
    ],
    "laws": [
        {"id": 1, "name": "Tax Act", "body_text": "All pay 2 %.", "original_text": "All pay 1 %.",
         "nation_name": "Texas", "created_by": str(PRESIDENT), "created_at": MADE, "edited_at": RENAMED,
         "edited_by": str(EDITOR)},
        {"id": 2, "name": "TAX ACT", "body_text": "Nobody pays.", "nation_name": "Texas",
         "edited_at": RENAMED, "created_by": str(VICE), "created_at": MADE},
        {"id": 3, "name": "Secret Plan", "body_text": "We hide the gold.", "is_public": 0,
         "original_text": "We hide the gold.", "nation_name": "Texas", "created_by": str(PRESIDENT),
         "created_at": MADE},
        {"id": 4, "name": "Unsigned", "body_text": "x", "nation_name": "West Virginia", "created_by": None},
        {"id": 5, "name": "Whose", "body_text": "x", "nation_name": "Gone", "created_by": str(VICE)},
        {"id": 6, "name": "Hidden", "body_text": b"\xff broken", "is_public": "maybe",
         "nation_name": "Texas", "created_by": str(VICE), "created_at": MADE},
        {"id": 7, "name": "Empty", "body_text": " ", "nation_name": "Texas", "created_by": str(VICE)},
    ],
    "law_tags": [
        {"law_id": 1, "tag_id": 1},
        {"law_id": 1, "tag_id": 2},
        {"law_id": 1, "tag_id": 3},
        {"law_id": 99, "tag_id": 1},
        *({"law_id": 3, "tag_id": number} for number in (1, 4, 5, 6, 7, 8)),
    ],
    "alliances": [
        {"nation1": "Texas", "nation2": "Ohio", "status": "pending", "requested_at": MADE},
        {"nation1": "Ohio", "nation2": "Lone Star", "status": "active", "requested_at": MADE,
         "approved_at": RENAMED},
        {"nation1": "Texas", "nation2": "West Virginia", "status": "declined", "requested_at": MADE},
        {"nation1": "Ohio", "nation2": "West Virginia", "status": "pending", "requested_at": MADE},
        {"nation1": "Republic of Texas", "nation2": "Ohio", "status": "broken", "requested_at": MADE},
        {"nation1": "Texas", "nation2": "texas", "status": "active"},
        {"nation1": "Texas", "nation2": "Mars", "status": "active"},
    ],
    "multi_alliances": [
        {"id": 1, "name": "Gulf Pact", "description": "The sea.", "leader_nation": "Texas",
         "created_at": MADE},
        {"id": 2, "name": "GULF  PACT", "leader_nation": "Gone"},
        {"id": 3, "name": " ", "leader_nation": "Ohio", "created_at": MADE},
        {"id": 4, "name": "Empty", "leader_nation": None},
    ],
    "multi_alliance_members": [
        {"alliance_id": 1, "nation_name": "Ohio", "joined_at": RENAMED},
        {"alliance_id": 1, "nation_name": "West Virginia", "joined_at": RENAMED},
        {"alliance_id": 2, "nation_name": "West Virginia", "joined_at": MADE},
        {"alliance_id": 2, "nation_name": "Ohio", "joined_at": MADE},
        {"alliance_id": 3, "nation_name": "West Virginia"},
        {"alliance_id": 3, "nation_name": "Mars"},
        {"alliance_id": 9, "nation_name": "Ohio"},
    ],
    "loans": [
        {"loan_code": "LOAN-4KX", "lender": "Texas", "borrower": "Ohio", "amount": 5.0},
        {"loan_code": "LOAN-9QP", "lender": "Texas", "borrower": "Ohio", "amount": 1.0},
    ],
    "investments": [{"target": "Georgia"}],
    "diplomatic_requests": [{"code": "DIPL-1", "type": "peace_treaty", "status": "approved"}],
    "disasters": [{"title": "Quake"}],
    "user_activity": [{"discord_id": "1", "channel_id": "2", "count": 7}],
    "admin_actions": [{"admin_id": "1", "action": "NATION_EDIT", "details": "Virginia"}],
    "map_settings": [{"map_type": "world", "url": "x"}],
    "something_else": [{"x": 1}],
}  # fmt: skip


def make_original(path: Path, more: dict[str, Iterable[dict[str, Any]]] | None = None) -> Path:
    """Make the file, with more rows where they are given."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    for table in ROWS | (more or {}):
        for row in (more or {}).get(table, ROWS.get(table, ())):
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO {table}({names}) VALUES({marks})", tuple(row.values()))
    connection.commit()
    connection.close()
    return path


def original_row(table: str, values: dict[str, Any]) -> RecordRow:
    """Return a row as it is found in a file."""
    return RecordRow(RecordPlace("old.db", table, str(values.get("id"))), values)


def many_rows(count: int) -> dict[str, Iterable[dict[str, Any]]]:
    """Return so many laws of one nation, for a run that takes long enough to be stopped."""
    return {
        "laws": [
            {"id": number, "name": f"Law {number}", "body_text": f"Text {number}", "nation_name": "Texas",
             "created_by": str(PRESIDENT), "created_at": MADE}
            for number in range(1, count + 1)
        ],
        "law_tags": [{"law_id": number, "tag_id": 1} for number in range(1, count + 1)],
    }  # fmt: skip
