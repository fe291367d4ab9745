-- Nations: what each is now, every name it had, who holds its offices, its cities, and every change of its figures.

CREATE TABLE nations (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL COLLATE NOCASE CONSTRAINT nations_name_length CHECK (length(name) BETWEEN 1 AND 50),
    prefix          TEXT CONSTRAINT nations_prefix_length CHECK (length(prefix) BETWEEN 1 AND 40),
    gdp             INTEGER NOT NULL CONSTRAINT nations_gdp_range CHECK (gdp BETWEEN 0 AND 900000000000000),
    population      INTEGER NOT NULL CONSTRAINT nations_population_range CHECK (population BETWEEN 0 AND 20000000000),
    stability_bp    INTEGER NOT NULL DEFAULT 5000 CONSTRAINT nations_stability_range CHECK (stability_bp BETWEEN 0 AND 10000),
    tax_bp          INTEGER NOT NULL DEFAULT 2000 CONSTRAINT nations_tax_range CHECK (tax_bp BETWEEN 0 AND 10000),
    debt            INTEGER NOT NULL DEFAULT 0 CONSTRAINT nations_debt_range CHECK (debt BETWEEN 0 AND 900000000000000),
    treasury        INTEGER NOT NULL DEFAULT 0,
    ground          INTEGER NOT NULL DEFAULT 50 CONSTRAINT nations_ground_range CHECK (ground BETWEEN 0 AND 100),
    naval           INTEGER NOT NULL DEFAULT 50 CONSTRAINT nations_naval_range CHECK (naval BETWEEN 0 AND 100),
    air             INTEGER NOT NULL DEFAULT 50 CONSTRAINT nations_air_range CHECK (air BETWEEN 0 AND 100),
    government      TEXT NOT NULL DEFAULT 'Democracy' CONSTRAINT nations_government_length CHECK (length(government) BETWEEN 1 AND 40),
    description     TEXT CONSTRAINT nations_description_length CHECK (length(description) BETWEEN 1 AND 1000),
    flag_channel_id INTEGER,
    flag_message_id INTEGER,
    status          TEXT NOT NULL DEFAULT 'active' CONSTRAINT nations_status_known CHECK (status IN ('active', 'leave', 'archived')),
    leave_until     INTEGER,
    version         INTEGER NOT NULL DEFAULT 1,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    budget          INTEGER GENERATED ALWAYS AS (gdp * tax_bp / 10000) VIRTUAL,
    gdp_per_capita  INTEGER GENERATED ALWAYS AS (CASE WHEN population > 0 THEN gdp / population END) VIRTUAL,
    CONSTRAINT nations_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT nations_flag_place CHECK ((flag_channel_id IS NULL) = (flag_message_id IS NULL)),
    CONSTRAINT nations_leave_until CHECK (leave_until IS NULL OR status = 'leave')
) STRICT;
CREATE UNIQUE INDEX nations_name_unique ON nations (name) WHERE status <> 'archived';
CREATE INDEX idx_nations_gdp ON nations (gdp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_population ON nations (population DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_stability ON nations (stability_bp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_tax ON nations (tax_bp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_per_capita ON nations (gdp_per_capita DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_ground ON nations (ground DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_naval ON nations (naval DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_air ON nations (air DESC, id) WHERE status = 'active';

CREATE TABLE nation_names (
    name      TEXT NOT NULL COLLATE NOCASE CONSTRAINT nation_names_name_length CHECK (length(name) BETWEEN 1 AND 50),
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CONSTRAINT nation_names_kind_known CHECK (kind IN ('former', 'alias')),
    by_user   INTEGER,
    at        INTEGER NOT NULL,
    PRIMARY KEY (name, nation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_nation_names_nation ON nation_names (nation_id, at);

CREATE TABLE nation_offices (
    id        INTEGER PRIMARY KEY,
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    user_id   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    office    TEXT NOT NULL CONSTRAINT nation_offices_office_known CHECK (office IN ('president', 'vice_president')),
    since     INTEGER NOT NULL,
    until     INTEGER,
    CONSTRAINT nation_offices_order CHECK (until IS NULL OR until >= since)
) STRICT;
CREATE UNIQUE INDEX office_one_holder ON nation_offices (nation_id, office) WHERE until IS NULL;
CREATE UNIQUE INDEX office_one_per_user ON nation_offices (user_id) WHERE until IS NULL;
CREATE INDEX idx_nation_offices_nation ON nation_offices (nation_id, id DESC);
CREATE INDEX idx_nation_offices_user ON nation_offices (user_id, id DESC);

CREATE TABLE nation_cities (
    id         INTEGER PRIMARY KEY,
    nation_id  INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    name       TEXT NOT NULL COLLATE NOCASE CONSTRAINT nation_cities_name_length CHECK (length(name) BETWEEN 1 AND 50),
    is_capital INTEGER NOT NULL DEFAULT 0 CONSTRAINT nation_cities_is_capital_flag CHECK (is_capital IN (0, 1)),
    position   INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX city_one_name ON nation_cities (nation_id, name);
CREATE UNIQUE INDEX city_one_capital ON nation_cities (nation_id) WHERE is_capital = 1;

-- A change that undid another has that one's number as its cause_id.
CREATE TABLE nation_history (
    id         INTEGER PRIMARY KEY,
    nation_id  INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    metric     TEXT NOT NULL CONSTRAINT nation_history_metric_known CHECK (metric IN ('gdp', 'population', 'stability_bp', 'tax_bp', 'debt', 'treasury', 'ground', 'naval', 'air')),
    old        INTEGER,
    new        INTEGER NOT NULL,
    cause      TEXT NOT NULL CONSTRAINT nation_history_cause_known CHECK (cause IN ('admin', 'tax', 'law', 'loan', 'invest', 'disaster', 'war', 'turn', 'undo', 'import')),
    cause_id   INTEGER,
    turn       INTEGER NOT NULL DEFAULT 0,
    changed_by INTEGER,
    reason     TEXT CONSTRAINT nation_history_reason_length CHECK (length(reason) BETWEEN 1 AND 300),
    at         INTEGER NOT NULL,
    CONSTRAINT nation_history_undo_of CHECK (cause <> 'undo' OR cause_id IS NOT NULL)
) STRICT;
CREATE INDEX idx_nation_history ON nation_history (nation_id, metric, id DESC, new);
CREATE INDEX idx_nation_history_author ON nation_history (changed_by, id DESC) WHERE changed_by IS NOT NULL;

CREATE TABLE cooldowns (
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    command   TEXT NOT NULL CONSTRAINT cooldowns_command_length CHECK (length(command) BETWEEN 1 AND 32),
    until     INTEGER NOT NULL,
    PRIMARY KEY (nation_id, command)
) STRICT, WITHOUT ROWID;
