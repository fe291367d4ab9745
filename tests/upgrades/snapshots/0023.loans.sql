BEGIN TRANSACTION;
CREATE TABLE "_yoyo_log" (
            "id" VARCHAR(36),
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "operation" VARCHAR(10),
            "username" VARCHAR(255),
            "hostname" VARCHAR(255),
            "comment" VARCHAR(255),
            "created_at_utc" TIMESTAMP,
            PRIMARY KEY ("id")
        );
CREATE TABLE "_yoyo_migration" (
            "migration_hash" VARCHAR(64),
            "migration_id" VARCHAR(255),
            "applied_at_utc" TIMESTAMP,
            PRIMARY KEY ("migration_hash")
        );
INSERT INTO "_yoyo_migration" VALUES('bf569be113b4879ae24bd92b49d2b9dee707a7f814aa2aa78f86fdd2543ef629','0001.core','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('0c077aebd34eddb1ea093191cadbbf277b311de5ca6e084224d7e04b8422199c','0002.staff','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('91679b608a062d2379e5b46fbd72aa1c9c61c3b67c0b340f0f0e0ef84982fefb','0003.quarantine','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('c95f095c4e0f705a39bcb03f7957bc421c6f2cda1fa6b3f0937910fededcd005','0004.cover_cards','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('80466cd68d5114af7fb245d038160fb401157a6e72448b1338c3d5259a86601b','0005.cover_days','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('7156ccd8ed9428a533be9eeb14024194c3424a7c059c0474ae0f4ed0fc5afc47','0006.inbox','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('dd3c0cb1246c7e2d064153b077c90b057d5d77e6b0781a00a1f778845257ccda','0007.tasks','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('b8cf2b6736ab09b56391000b0be7d9ac0241ab6be72d3ce14aff93366f25539b','0008.triage','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('36e378caeef713373b396b48dcb6066c6eca703afa331cad3d54b7c85b66be5a','0009.messages','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('8992c92072e432e48e5f8307c2a077ef3d9d4e0ffc6d622cb13564a500535a08','0010.calendar_entries','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('cd0be26528cc0d8685be38dbb80744a324a80fbcd172392612f806d5a86499cb','0011.chat_search','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('8c9c8a88ac34fbe9431e0a2e767346db17d5f9ac40712d85a47ca8610114105b','0012.nations','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('38d8a8c4c1e2f1f6e90e60cd400ec6ee859ceb68f18df0010974451d6f1d5e39','0013.message_changes','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('32e7af2989bd490affb00b62f22e73d76d8845c8d5d01a14a349548d7bf1363a','0014.item_tasks','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('4836c543e6dda58c2456318c686d845e2b06e31f12590e786d2c9626a449ce6b','0015.laws','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('3fcf838c2963260cdd69c611d2767e858242f95b9a8e1492ca752321576f755f','0016.wars','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('16b7b044a84d311b20f671e2d1037de8546c8087d10c8febb52f31ec098ecec1','0017.law_search','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('91acdf33367071430a37393df80f8efe5ad0885e91dccf84dc32dec003cf9207','0018.events','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('5bf9100ea73aeb030d54b603f6b94634f8d389338657ddc577c93bd8256406fa','0019.treaties','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('3501581286b29e97be901537e2d8bc324ae55963096737f6d02a408c9171f55f','0020.blocs','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('b765c5439142fc3f378597825945a38c69c679f2a2f808caae596c47790cb626','0021.activity','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('310faf422f14898ec156b69286bf584c0e555a863363c02c3d20a27d3b95ae72','0022.ledger','2026-01-01 00:00:00');
INSERT INTO "_yoyo_migration" VALUES('aff458955b3ea3f71bafbdd362effce9d2e9bf2c8990bcb478f1d90fb7a33d18','0023.loans','2026-01-01 00:00:00');
CREATE TABLE "_yoyo_version" (
            "version" INT NOT NULL PRIMARY KEY,
            "installed_at_utc" TIMESTAMP
        );
INSERT INTO "_yoyo_version" VALUES(2,'2026-01-01 00:00:00');
CREATE TABLE activity (
    channel_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    day        TEXT NOT NULL CONSTRAINT activity_day_date CHECK (day IS date(day, '+0 days')),
    messages   INTEGER NOT NULL CONSTRAINT activity_messages_range CHECK (messages BETWEEN 1 AND 1000000000),
    last_at    INTEGER NOT NULL,
    PRIMARY KEY (channel_id, user_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO "activity" VALUES(900,101,'2026-01-05',12,1767600000);
INSERT INTO "activity" VALUES(900,102,'2026-01-05',1,1767600001);
INSERT INTO "activity" VALUES(901,101,'2026-01-06',1000000000,1767700000);
CREATE TABLE assignments (
    sprint_id  INTEGER NOT NULL REFERENCES sprints (id) ON DELETE CASCADE,
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id    INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    source     TEXT NOT NULL CONSTRAINT assignments_source_known CHECK (source IN ('rotation', 'manual', 'import')),
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (sprint_id,discipline)
) STRICT, WITHOUT ROWID;
INSERT INTO "assignments" VALUES(1,'po',101,'rotation',0);
INSERT INTO "assignments" VALUES(2,'po',102,'manual',0);
CREATE TABLE audit_logs (
    id         INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL CONSTRAINT audit_logs_table_name_length CHECK (length(table_name) BETWEEN 1 AND 64),
    record_id  TEXT NOT NULL CONSTRAINT audit_logs_record_id_length CHECK (length(record_id) BETWEEN 1 AND 64),
    operation  TEXT NOT NULL CONSTRAINT audit_logs_operation_known CHECK (operation IN ('INSERT', 'UPDATE', 'DELETE', 'COMMAND', 'RETRY', 'REPLAY', 'RESTORE', 'UNDO')),
    nation_id  INTEGER,
    old_values TEXT CONSTRAINT audit_logs_old_values_json CHECK (old_values IS NULL OR json_valid(old_values)),
    new_values TEXT CONSTRAINT audit_logs_new_values_json CHECK (new_values IS NULL OR json_valid(new_values)),
    changed_by INTEGER,
    reason     TEXT CONSTRAINT audit_logs_reason_length CHECK (length(reason) BETWEEN 0 AND 300),
    request_id TEXT CONSTRAINT audit_logs_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64),
    attempt    INTEGER NOT NULL DEFAULT 1,
    changed_at INTEGER NOT NULL,
    prev_hash  BLOB NOT NULL,
    row_hash   BLOB NOT NULL
) STRICT;
INSERT INTO "audit_logs" VALUES(1,'users','101','INSERT',NULL,NULL,NULL,NULL,NULL,NULL,1,0,X'00',X'01');
CREATE TABLE backups (
    id          INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CONSTRAINT backups_kind_known CHECK (kind IN ('full', 'wal', 'pre_migration', 'pre_restore')),
    path        TEXT NOT NULL CONSTRAINT backups_path_length CHECK (length(path) BETWEEN 1 AND 300),
    bytes       INTEGER NOT NULL CONSTRAINT backups_bytes_range CHECK (bytes >= 0),
    sha256      TEXT NOT NULL CONSTRAINT backups_sha256_length CHECK (length(sha256) BETWEEN 64 AND 64),
    base_id     INTEGER REFERENCES backups (id) ON DELETE RESTRICT,
    from_at     INTEGER,
    to_at       INTEGER NOT NULL,
    verified_at INTEGER,
    drill_at    INTEGER,
    status      TEXT NOT NULL CONSTRAINT backups_status_known CHECK (status IN ('SUCCESS', 'FAILED', 'IN_PROGRESS', 'PRUNED')),
    created_at  INTEGER NOT NULL,
    CONSTRAINT backups_path_unique UNIQUE (path),
    CONSTRAINT backups_wal_has_base CHECK ((kind='wal')=(base_id IS NOT NULL))
) STRICT;
INSERT INTO "backups" VALUES(1,'full','base',1,'0000000000000000000000000000000000000000000000000000000000000000',NULL,NULL,1,NULL,NULL,'SUCCESS',1);
INSERT INTO "backups" VALUES(2,'wal','first',1,'0000000000000000000000000000000000000000000000000000000000000000',1,NULL,2,NULL,NULL,'SUCCESS',2);
INSERT INTO "backups" VALUES(3,'wal','second',1,'0000000000000000000000000000000000000000000000000000000000000000',2,NULL,3,NULL,NULL,'SUCCESS',3);
CREATE TABLE bloc_members (
    bloc_id    INTEGER NOT NULL REFERENCES blocs (id) ON DELETE CASCADE,
    nation_id  INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    rank       TEXT NOT NULL DEFAULT 'member' CONSTRAINT bloc_members_rank_known CHECK (rank IN ('leader', 'member', 'invited')),
    at         INTEGER NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (bloc_id, nation_id),
    CONSTRAINT bloc_members_invited_expires CHECK ((rank = 'invited') = (expires_at IS NOT NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO "bloc_members" VALUES(1,1,'leader',5,NULL);
INSERT INTO "bloc_members" VALUES(1,2,'invited',9,1800000000);
INSERT INTO "bloc_members" VALUES(3,2,'leader',6,NULL);
CREATE TABLE blocs (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL COLLATE NOCASE CONSTRAINT blocs_name_length CHECK (length(name) BETWEEN 1 AND 50),
    description  TEXT CONSTRAINT blocs_description_length CHECK (length(description) BETWEEN 1 AND 500),
    status       TEXT NOT NULL DEFAULT 'active' CONSTRAINT blocs_status_known CHECK (status IN ('active', 'disbanded')),
    created_at   INTEGER NOT NULL,
    disbanded_at INTEGER,
    version      INTEGER NOT NULL DEFAULT 1,
    updated_at   INTEGER NOT NULL,
    CONSTRAINT blocs_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT blocs_disbanded_has_time CHECK ((status = 'disbanded') = (disbanded_at IS NOT NULL))
) STRICT;
INSERT INTO "blocs" VALUES(1,'Gulf Pact','The *sea*.','active',5,NULL,4,9);
INSERT INTO "blocs" VALUES(2,'Gulf pact',NULL,'disbanded',1,4,3,4);
INSERT INTO "blocs" VALUES(3,'Second',NULL,'active',6,NULL,1,6);
CREATE TABLE calendar_entries (
    uid          TEXT NOT NULL CONSTRAINT calendar_entries_uid_length CHECK (length(uid) BETWEEN 1 AND 64),
    sprint_id    INTEGER NOT NULL REFERENCES sprints (id) ON DELETE CASCADE,
    discipline   TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id      INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    starts_at    INTEGER NOT NULL,
    ends_at      INTEGER NOT NULL,
    digest       TEXT NOT NULL CONSTRAINT calendar_entries_digest_length CHECK (length(digest) = 16),
    sequence     INTEGER NOT NULL DEFAULT 0 CONSTRAINT calendar_entries_sequence_range CHECK (sequence >= 0),
    is_cancelled INTEGER NOT NULL DEFAULT 0 CONSTRAINT calendar_entries_is_cancelled_flag CHECK (is_cancelled IN (0, 1)),
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    PRIMARY KEY (uid),
    CONSTRAINT calendar_entries_order CHECK (ends_at > starts_at)
) STRICT, WITHOUT ROWID;
INSERT INTO "calendar_entries" VALUES('4f0c9f1e-8a2b-5d3c-9e4f-0123456789ab',2,'po',102,1773666000,1774875600,'0123456789abcdef',2,0,1,9);
INSERT INTO "calendar_entries" VALUES('5f0c9f1e-8a2b-5d3c-9e4f-0123456789ab',2,'po',101,1773666000,1774875600,'fedcba9876543210',1,1,1,5);
CREATE TABLE chat_messages (
    id                 INTEGER PRIMARY KEY,
    sender_id          INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    recipient_id       INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    triage_id          INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT,
    channel            TEXT NOT NULL DEFAULT 'general' CONSTRAINT chat_messages_channel_length CHECK (length(channel) BETWEEN 1 AND 50),
    message            TEXT NOT NULL CONSTRAINT chat_messages_message_length CHECK (length(message) BETWEEN 1 AND 4000),
    message_type       TEXT NOT NULL DEFAULT 'text' CONSTRAINT chat_messages_message_type_known CHECK (message_type IN ('text', 'system', 'file')),
    is_internal        INTEGER NOT NULL DEFAULT 0 CONSTRAINT chat_messages_is_internal_flag CHECK (is_internal IN (0, 1)),
    discord_message_id INTEGER,
    is_edited          INTEGER NOT NULL DEFAULT 0 CONSTRAINT chat_messages_is_edited_flag CHECK (is_edited IN (0, 1)),
    edited_at          INTEGER,
    deleted_at         INTEGER,
    created_at         INTEGER NOT NULL,
    pair_lo            INTEGER GENERATED ALWAYS AS (min(sender_id, coalesce(recipient_id, sender_id))) VIRTUAL,
    pair_hi            INTEGER GENERATED ALWAYS AS (max(sender_id, coalesce(recipient_id, sender_id))) VIRTUAL, is_behind INTEGER NOT NULL DEFAULT 0
    CONSTRAINT chat_messages_is_behind_flag CHECK (is_behind IN (0, 1)),
    CONSTRAINT chat_edited_has_time CHECK ((is_edited = 1) = (edited_at IS NOT NULL))
) STRICT;
INSERT INTO "chat_messages" VALUES(1,103,101,2,'triage','We look into it now.','text',0,950000000000000003,1,90,NULL,60,1);
INSERT INTO "chat_messages" VALUES(2,103,NULL,2,'triage','Hard to believe.','text',1,NULL,0,NULL,NULL,61,0);
INSERT INTO "chat_messages" VALUES(3,101,103,2,'triage','(deleted)','text',0,NULL,0,NULL,70,62,0);
INSERT INTO "chat_messages" VALUES(4,101,NULL,2,'triage','Claimed.','system',1,NULL,0,NULL,NULL,63,0);
INSERT INTO "chat_messages" VALUES(5,101,102,NULL,'general','Hello','text',0,NULL,0,NULL,NULL,64,0);
INSERT INTO "chat_messages" VALUES(6,103,101,2,'triage','Zoë found the receipt.','text',0,NULL,0,NULL,NULL,80,0);
INSERT INTO "chat_messages" VALUES(7,101,102,NULL,'general','Nobody finds this.','text',0,NULL,0,NULL,NULL,81,0);
PRAGMA writable_schema=ON;
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','chat_search','chat_search',0,'CREATE VIRTUAL TABLE chat_search USING fts5(
    message, triage_id UNINDEXED, sender_id UNINDEXED, reporter_id UNINDEXED, title UNINDEXED,
    is_internal UNINDEXED, message_type UNINDEXED, created_at UNINDEXED, edited_at UNINDEXED,
    discord_message_id UNINDEXED, thread_id UNINDEXED,
    content = ''chat_texts'', content_rowid = ''id'', tokenize = ''unicode61 remove_diacritics 2'', prefix = ''2 3''
)');
CREATE TABLE 'chat_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "chat_search_config" VALUES('version',4);
CREATE TABLE 'chat_search_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "chat_search_data" VALUES(1,X'040D00000000000000000000');
INSERT INTO "chat_search_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "chat_search_data" VALUES(137438953473,X'000000AC083062656C696576650202040107636C61696D65640402020104686172640202020104696E746F01020402017401020501046C6F6F6B0102030102746F0202030102776501020200033162650202040102636C040202010268610202020102696E01020402017401020501026C6F0102030102746F0202030102776501020200043262656C0202040103636C6104020201036861720202020103696E7401020401036C6F6F010203040C0C090906090707080707070607070709080808');
INSERT INTO "chat_search_data" VALUES(274877906945,X'000000680630666F756E64060203010772656365697074060205010374686506020401037A6F65060202000331666F060203010272650602050102746806020401027A6F060202000432666F750602030103726563060205010374686506020401037A6F65060202040A0C080808070707090808');
INSERT INTO "chat_search_data" VALUES(412316860417,X'000000670530696E746F01030402017401030501046C6F6F6B01030301036E6F7701020601027765010302000331696E01030402017401030501026C6F01030301026E6F01020601027765010302000432696E7401030401036C6F6F01030301036E6F7701020604090609080708060707070908');
CREATE TABLE 'chat_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO "chat_search_docsize" VALUES(1,X'0500000000000000000000');
INSERT INTO "chat_search_docsize" VALUES(2,X'0300000000000000000000');
INSERT INTO "chat_search_docsize" VALUES(4,X'0100000000000000000000');
INSERT INTO "chat_search_docsize" VALUES(6,X'0400000000000000000000');
CREATE TABLE 'chat_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "chat_search_idx" VALUES(1,X'',2);
INSERT INTO "chat_search_idx" VALUES(2,X'',2);
INSERT INTO "chat_search_idx" VALUES(3,X'',2);
CREATE TABLE cooldowns (
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    command   TEXT NOT NULL CONSTRAINT cooldowns_command_length CHECK (length(command) BETWEEN 1 AND 32),
    until     INTEGER NOT NULL,
    PRIMARY KEY (nation_id, command)
) STRICT, WITHOUT ROWID;
INSERT INTO "cooldowns" VALUES(1,'tax',1800000000);
INSERT INTO "cooldowns" VALUES(2,'name',5);
CREATE TABLE cover_cards (
    message_id INTEGER NOT NULL,
    channel_id INTEGER NOT NULL,
    cover_id   INTEGER NOT NULL REFERENCES overrides (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CONSTRAINT cover_cards_kind_known CHECK (kind IN ('card', 'notice')),
    shown_at   INTEGER NOT NULL,
    PRIMARY KEY (message_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "cover_cards" VALUES(900000000000000001,800000000000000001,1,'card',0);
INSERT INTO "cover_cards" VALUES(900000000000000002,800000000000000001,2,'card',0);
CREATE TABLE current_holders (
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    user_id    INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    source     TEXT NOT NULL CONSTRAINT current_holders_source_known CHECK (source IN ('rotation', 'override', 'manual', 'none')),
    since      INTEGER NOT NULL,
    PRIMARY KEY (discipline)
) STRICT, WITHOUT ROWID;
INSERT INTO "current_holders" VALUES('po',102,'override',0);
CREATE TABLE current_state (
    id         INTEGER PRIMARY KEY,
    sprint_id  INTEGER REFERENCES sprints (id) ON DELETE RESTRICT,
    version    INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    CONSTRAINT unique_current_state CHECK (id=1)
) STRICT;
INSERT INTO "current_state" VALUES(1,1,1,0);
CREATE TABLE db_errors (
    id          INTEGER PRIMARY KEY,
    error_type  TEXT NOT NULL CONSTRAINT db_errors_error_type_known CHECK (error_type IN ('CONNECTION_LOST', 'QUERY_FAILED', 'SCHEMA_MISMATCH', 'TRANSACTION_FAILED', 'CORRUPTION_DETECTED', 'BACKUP_FAILED', 'MIGRATION_FAILED')),
    severity    TEXT NOT NULL CONSTRAINT db_errors_severity_known CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
    sqlite_code TEXT CONSTRAINT db_errors_sqlite_code_length CHECK (length(sqlite_code) BETWEEN 1 AND 40),
    message     TEXT NOT NULL CONSTRAINT db_errors_message_length CHECK (length(message) BETWEEN 1 AND 500),
    operation   TEXT CONSTRAINT db_errors_operation_length CHECK (length(operation) BETWEEN 1 AND 64),
    reference   TEXT NOT NULL CONSTRAINT db_errors_reference_length CHECK (length(reference) BETWEEN 1 AND 16),
    retry_count INTEGER NOT NULL DEFAULT 0,
    resolved_at INTEGER,
    at          INTEGER NOT NULL
) STRICT;
INSERT INTO "db_errors" VALUES(1,'QUERY_FAILED','LOW',NULL,'no such table',NULL,'ABCD',0,NULL,0);
CREATE TABLE disciplines (
    key       TEXT NOT NULL CONSTRAINT disciplines_key_length CHECK (length(key) BETWEEN 1 AND 32),
    label     TEXT NOT NULL CONSTRAINT disciplines_label_length CHECK (length(label) BETWEEN 1 AND 60),
    role_id   INTEGER,
    scheduler TEXT NOT NULL DEFAULT 'carry' CONSTRAINT disciplines_scheduler_known CHECK (scheduler IN ('carry', 'modulo')),
    is_active INTEGER NOT NULL DEFAULT 1 CONSTRAINT disciplines_is_active_flag CHECK (is_active IN (0, 1)),
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;
INSERT INTO "disciplines" VALUES('po','Product owner',NULL,'carry',1);
CREATE TABLE events (
    id                INTEGER PRIMARY KEY,
    kind              TEXT NOT NULL CONSTRAINT events_kind_length CHECK (length(kind) BETWEEN 1 AND 40),
    nation_id         INTEGER,
    user_id           INTEGER,
    headline          TEXT NOT NULL CONSTRAINT events_headline_length CHECK (length(headline) BETWEEN 1 AND 200),
    ref_table         TEXT CONSTRAINT events_ref_table_length CHECK (length(ref_table) BETWEEN 1 AND 32),
    ref_id            INTEGER,
    matter            TEXT CONSTRAINT events_matter_length CHECK (length(matter) BETWEEN 1 AND 80),
    was               TEXT CONSTRAINT events_was_length CHECK (length(was) BETWEEN 1 AND 200),
    at                INTEGER NOT NULL,
    channel_id        INTEGER,
    packed_at         INTEGER,
    refusal           TEXT CONSTRAINT events_refusal_length CHECK (length(refusal) BETWEEN 1 AND 200),
    fate              TEXT CONSTRAINT events_fate_known CHECK (fate IN ('posted', 'too_old', 'refused', 'unclear')),
    posted_message_id INTEGER,
    CONSTRAINT events_ref CHECK ((ref_table IS NULL) = (ref_id IS NULL)),
    CONSTRAINT events_packed_for CHECK (packed_at IS NULL OR (channel_id IS NOT NULL AND fate IS NULL)),
    CONSTRAINT events_posted_as CHECK ((fate IS 'posted') = (posted_message_id IS NOT NULL))
) STRICT;
INSERT INTO "events" VALUES(1,'nation.founded',1,NULL,'Texas was founded','nations',1,NULL,NULL,1,7,NULL,NULL,'posted',8);
INSERT INTO "events" VALUES(2,'nation.leader',1,101,'Texas has a new president','nations',1,NULL,NULL,2,7,NULL,'Missing Access','too_old',NULL);
INSERT INTO "events" VALUES(3,'law.enacted',1,NULL,'Texas enacted law 1: Water Act','laws',1,NULL,NULL,3,7,4,NULL,NULL,NULL);
INSERT INTO "events" VALUES(4,'nation.renamed',1,NULL,'Texas is called Tejas now','nations',1,'nation:1:name','Texas',5,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE health_samples (
    at             INTEGER PRIMARY KEY,
    mode           TEXT NOT NULL CONSTRAINT health_samples_mode_known CHECK (mode IN ('normal', 'read_only', 'degraded')),
    queries        INTEGER NOT NULL,
    errors         INTEGER NOT NULL,
    p50_us         INTEGER,
    p99_us         INTEGER,
    db_bytes       INTEGER NOT NULL,
    wal_bytes      INTEGER NOT NULL,
    last_backup_at INTEGER
) STRICT;
INSERT INTO "health_samples" VALUES(1,'normal',1,0,NULL,NULL,1,1,NULL);
CREATE TABLE inactivity_items (
    id           INTEGER PRIMARY KEY,
    office_id    INTEGER NOT NULL REFERENCES nation_offices (id) ON DELETE CASCADE,
    silent_since TEXT NOT NULL CONSTRAINT inactivity_items_since_date CHECK (silent_since IS date(silent_since, '+0 days')),
    item_id      INTEGER NOT NULL REFERENCES triage_items (id) ON DELETE CASCADE,
    made_at      INTEGER NOT NULL,
    UNIQUE (office_id, silent_since)
) STRICT;
INSERT INTO "inactivity_items" VALUES(1,1,'2026-01-01',1,9);
CREATE TABLE job_runs (
    job         TEXT NOT NULL CONSTRAINT job_runs_job_length CHECK (length(job) BETWEEN 1 AND 64),
    run_key     TEXT NOT NULL CONSTRAINT job_runs_run_key_length CHECK (length(run_key) BETWEEN 1 AND 64),
    status      TEXT NOT NULL CONSTRAINT job_runs_status_known CHECK (status IN ('running', 'delivered', 'skipped', 'deferred', 'error')),
    attempts    INTEGER NOT NULL DEFAULT 1,
    details     TEXT CONSTRAINT job_runs_details_json CHECK (details IS NULL OR json_valid(details)),
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (job,run_key)
) STRICT, WITHOUT ROWID;
INSERT INTO "job_runs" VALUES('handoff','1','delivered',1,NULL,0,NULL);
CREATE TABLE law_revisions (
    id        INTEGER PRIMARY KEY,
    law_id    INTEGER NOT NULL REFERENCES laws (id) ON DELETE CASCADE,
    revision  INTEGER NOT NULL CONSTRAINT law_revisions_revision_range CHECK (revision >= 1),
    body      TEXT NOT NULL CONSTRAINT law_revisions_body_length CHECK (length(body) BETWEEN 1 AND 4000),
    by_user   INTEGER,
    note      TEXT CONSTRAINT law_revisions_note_length CHECK (length(note) BETWEEN 1 AND 300),
    published INTEGER NOT NULL DEFAULT 0 CONSTRAINT law_revisions_published_flag CHECK (published IN (0, 1)),
    at        INTEGER NOT NULL
) STRICT;
INSERT INTO "law_revisions" VALUES(1,1,1,'§ Water is free.',101,NULL,1,50);
INSERT INTO "law_revisions" VALUES(2,1,2,'§ Water is free.
§ Dams are not; see Cascadia 1 §1.',101,'Dams',1,60);
INSERT INTO "law_revisions" VALUES(3,2,1,'Everybody trains on Mondays.',102,NULL,0,51);
INSERT INTO "law_revisions" VALUES(4,3,1,'§ Water is dear.',101,NULL,0,52);
INSERT INTO "law_revisions" VALUES(5,4,1,'Nothing.',NULL,NULL,1,10);
INSERT INTO "law_revisions" VALUES(6,5,1,'§ Zoë may trade.',103,NULL,1,90);
INSERT INTO "law_revisions" VALUES(7,6,1,'Nor this.',103,NULL,0,91);
INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','law_search','law_search',0,'CREATE VIRTUAL TABLE law_search USING fts5(
    name, body, tags, place, nation_id UNINDEXED, nation UNINDEXED, number UNINDEXED,
    content = ''law_texts'', content_rowid = ''id'', tokenize = ''unicode61 remove_diacritics 2'', prefix = ''2 3''
)');
CREATE TABLE 'law_search_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO "law_search_config" VALUES('version',4);
CREATE TABLE 'law_search_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO "law_search_data" VALUES(1,X'02040D0204000000');
INSERT INTO "law_search_data" VALUES(10,X'000000000103030003010101020101030101');
INSERT INTO "law_search_data" VALUES(137438953473,X'00000152023031010801010A030103616374010203020272650106010106010863617363616469610106010109010464616D730106010105010466726565010601010401026973010601010301036E6F7401060101070103736565010601010801057761746572010E020101020102020105EE80806E3101060103020402743101060103030003316163010203020172010601010601026361010601010901026461010601010501026672010601010401026973010601010301026E6F010601010701027365010601010801027761010E020101020102020104EE80806E0106010302040174010601030300043261637401020302027265010601010601036361730106010109010364616D01060101050103667265010601010401036E6F740106010107010373656501060101080103776174010E020101020102020105EE80806E310106010302040274310106010303040908090F0B0B090A0A100C0908080909090909090D0B0809090A0A0A0A0A0E0C');
INSERT INTO "law_search_data" VALUES(274877906945,X'0000009C043061637405020301036D617905060101030105747261646505080201010401037A6F6505060101020105EE80806E320506010302000331616305020301026D6105060101030102747205080201010401027A6F05060101020104EE80806E050601030200043261637405020301036D61790506010103010374726105080201010401037A6F6505060101020105EE80806E32050601030204080A0D0A0C08090A090B090A0B0A');
INSERT INTO "law_search_data" VALUES(412316860417,X'000000D704306163740503030107646566656E6365050601020201036D617905070101030105747261646505090201010401037A6F6505070101020105EE80806E320507010302040274320506010303000331616305030301026465050601020201026D6105070101030102747205090201010401027A6F05070101020104EE80806E050701030204017405060103030004326163740503030103646566050601020201036D61790507010103010374726105090201010401037A6F6505070101020105EE80806E32050701030204027432050601030304080E0A0D0A0C090809090A090B08090A0A0B0A0C');
CREATE TABLE 'law_search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
INSERT INTO "law_search_docsize" VALUES(1,X'020A0102000000');
INSERT INTO "law_search_docsize" VALUES(5,X'02030102000000');
CREATE TABLE 'law_search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
INSERT INTO "law_search_idx" VALUES(1,X'',2);
INSERT INTO "law_search_idx" VALUES(2,X'',2);
INSERT INTO "law_search_idx" VALUES(3,X'',2);
CREATE TABLE law_tags (
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    law_id INTEGER NOT NULL REFERENCES laws (id) ON DELETE CASCADE,
    PRIMARY KEY (tag_id, law_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "law_tags" VALUES(1,1);
INSERT INTO "law_tags" VALUES(2,2);
INSERT INTO "law_tags" VALUES(1,3);
INSERT INTO "law_tags" VALUES(2,5);
INSERT INTO "law_tags" VALUES(2,6);
CREATE TABLE laws (
    id          INTEGER PRIMARY KEY,
    nation_id   INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    number      INTEGER CONSTRAINT laws_number_range CHECK (number >= 1),
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT laws_name_length CHECK (length(name) BETWEEN 1 AND 100),
    is_public   INTEGER NOT NULL DEFAULT 1 CONSTRAINT laws_is_public_flag CHECK (is_public IN (0, 1)),
    status      TEXT NOT NULL CONSTRAINT laws_status_known CHECK (status IN ('draft', 'enacted', 'repealed')),
    author_id   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    revision    INTEGER NOT NULL DEFAULT 1 CONSTRAINT laws_revision_range CHECK (revision >= 1),
    enacted_at  INTEGER,
    repealed_at INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT laws_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT laws_enacted_has_time CHECK (status <> 'enacted' OR enacted_at IS NOT NULL),
    CONSTRAINT laws_repealed_has_time CHECK ((status = 'repealed') = (repealed_at IS NOT NULL)),
    CONSTRAINT laws_open_has_number CHECK (is_public = 0 OR enacted_at IS NULL OR number IS NOT NULL)
) STRICT;
INSERT INTO "laws" VALUES(1,1,1,'Water Act',1,'enacted',101,2,50,NULL,3,40,60);
INSERT INTO "laws" VALUES(2,1,NULL,'Militia Plan',0,'enacted',102,1,51,NULL,1,51,51);
INSERT INTO "laws" VALUES(3,1,NULL,'Water Act II',1,'draft',101,1,NULL,NULL,1,52,52);
INSERT INTO "laws" VALUES(4,2,1,'Old Act',1,'repealed',103,1,10,20,2,10,20);
INSERT INTO "laws" VALUES(5,2,2,'Trade Act',1,'enacted',103,1,90,NULL,1,90,90);
INSERT INTO "laws" VALUES(6,2,NULL,'Nobody finds this',0,'enacted',103,1,91,NULL,1,91,91);
CREATE TABLE leaves (
    user_id  INTEGER PRIMARY KEY REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    from_day TEXT NOT NULL CONSTRAINT leaves_from_day_date CHECK (from_day IS date(from_day, '+0 days')),
    to_day   TEXT NOT NULL CONSTRAINT leaves_to_day_date CHECK (to_day IS date(to_day, '+0 days')),
    -- The day on which they said so themselves; somebody who says it for them has not heard them.
    said_on  TEXT CONSTRAINT leaves_said_on_date CHECK (said_on IS date(said_on, '+0 days')),
    CONSTRAINT leaves_order CHECK (to_day >= from_day)
) STRICT;
INSERT INTO "leaves" VALUES(101,'2026-01-08','2026-01-20','2026-01-07');
INSERT INTO "leaves" VALUES(102,'2026-01-08','2026-01-08',NULL);
CREATE TABLE ledger_transactions (
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL CONSTRAINT ledger_transactions_kind_known CHECK (kind IN ('opening', 'adjustment', 'income', 'interest', 'loan', 'payment', 'writeoff', 'invest', 'disaster', 'law', 'reversal')),
    memo     TEXT CONSTRAINT ledger_transactions_memo_length CHECK (length(memo) BETWEEN 1 AND 300),
    turn     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ledger_transactions_turn_range CHECK (turn >= 0),
    reverses INTEGER REFERENCES ledger_transactions (id),
    by_user  INTEGER,
    at       INTEGER NOT NULL,
    CONSTRAINT ledger_transactions_reversal CHECK ((kind = 'reversal') = (reverses IS NOT NULL))
) STRICT;
INSERT INTO "ledger_transactions" VALUES(1,'opening','What nations had when the books were opened',0,NULL,NULL,99);
INSERT INTO "ledger_transactions" VALUES(2,'adjustment','A grant',0,NULL,101,100);
INSERT INTO "ledger_transactions" VALUES(3,'reversal','By mistake',0,2,102,110);
INSERT INTO "ledger_transactions" VALUES(4,'interest',NULL,7,NULL,NULL,120);
INSERT INTO "ledger_transactions" VALUES(9,'loan',NULL,6,NULL,NULL,130);
INSERT INTO "ledger_transactions" VALUES(10,'interest',NULL,7,NULL,NULL,140);
INSERT INTO "ledger_transactions" VALUES(11,'loan',NULL,1,NULL,NULL,150);
CREATE TABLE ledger_transfers (
    id             INTEGER PRIMARY KEY,
    txn            INTEGER NOT NULL REFERENCES ledger_transactions (id),
    debit_nation   INTEGER REFERENCES nations (id),
    debit_account  TEXT NOT NULL CONSTRAINT ledger_transfers_debit_known CHECK (debit_account IN ('treasury', 'debt', 'receivable', 'invested', 'world')),
    credit_nation  INTEGER REFERENCES nations (id),
    credit_account TEXT NOT NULL CONSTRAINT ledger_transfers_credit_known CHECK (credit_account IN ('treasury', 'debt', 'receivable', 'invested', 'world')),
    amount         INTEGER NOT NULL CONSTRAINT ledger_transfers_amount_range CHECK (amount BETWEEN 1 AND 4611686018427387904), loan_id INTEGER REFERENCES loans (id),
    CONSTRAINT ledger_transfers_debit_whose CHECK ((debit_account = 'world') = (debit_nation IS NULL)),
    CONSTRAINT ledger_transfers_credit_whose CHECK ((credit_account = 'world') = (credit_nation IS NULL)),
    CONSTRAINT ledger_transfers_two_accounts CHECK (debit_account <> credit_account OR debit_nation IS NOT credit_nation)
) STRICT;
INSERT INTO "ledger_transfers" VALUES(1,1,1,'treasury',NULL,'world',500,NULL);
INSERT INTO "ledger_transfers" VALUES(2,1,NULL,'world',2,'treasury',5,NULL);
INSERT INTO "ledger_transfers" VALUES(3,1,NULL,'world',2,'debt',900000000000000,NULL);
INSERT INTO "ledger_transfers" VALUES(4,2,1,'treasury',NULL,'world',900000000000000,NULL);
INSERT INTO "ledger_transfers" VALUES(5,3,NULL,'world',1,'treasury',900000000000000,NULL);
INSERT INTO "ledger_transfers" VALUES(6,4,3,'receivable',1,'debt',7,NULL);
INSERT INTO "ledger_transfers" VALUES(7,4,1,'debt',NULL,'world',7,NULL);
INSERT INTO "ledger_transfers" VALUES(8,4,3,'invested',3,'receivable',7,NULL);
INSERT INTO "ledger_transfers" VALUES(9,9,1,'receivable',3,'debt',100000000,1);
INSERT INTO "ledger_transfers" VALUES(10,9,3,'debt',NULL,'world',100000007,NULL);
INSERT INTO "ledger_transfers" VALUES(11,10,1,'receivable',3,'debt',7,1);
INSERT INTO "ledger_transfers" VALUES(12,11,3,'receivable',1,'debt',100,2);
INSERT INTO "ledger_transfers" VALUES(13,11,1,'debt',NULL,'world',100,NULL);
CREATE TABLE loans (
    id          INTEGER PRIMARY KEY,
    code        TEXT NOT NULL COLLATE NOCASE CONSTRAINT loans_code_length CHECK (length(code) BETWEEN 6 AND 12),
    lender_id   INTEGER NOT NULL REFERENCES nations (id),
    borrower_id INTEGER NOT NULL REFERENCES nations (id),
    principal   INTEGER NOT NULL CONSTRAINT loans_principal_range CHECK (principal BETWEEN 100000000 AND 1000000000000),
    rate_bp     INTEGER NOT NULL CONSTRAINT loans_rate_range CHECK (rate_bp BETWEEN 0 AND 5000),
    term_months INTEGER NOT NULL CONSTRAINT loans_term_range CHECK (term_months BETWEEN 1 AND 360),
    kind        TEXT NOT NULL CONSTRAINT loans_kind_known CHECK (kind IN ('compound', 'amortizing')),
    status      TEXT NOT NULL DEFAULT 'pending' CONSTRAINT loans_status_known CHECK (status IN ('pending', 'active', 'paid', 'defaulted', 'declined', 'cancelled', 'forgiven', 'voided')),
    balance     INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_balance_range CHECK (balance BETWEEN 0 AND 900000000000000),
    interest    INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_interest_range CHECK (interest >= 0),
    anchor      INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_anchor_range CHECK (anchor >= 0),
    anchor_turn INTEGER,
    accrued_turn INTEGER,
    due_turn    INTEGER,
    missed      INTEGER NOT NULL DEFAULT 0 CONSTRAINT loans_missed_range CHECK (missed BETWEEN 0 AND 3),
    description TEXT CONSTRAINT loans_description_length CHECK (length(description) BETWEEN 1 AND 200),
    triage_id   INTEGER REFERENCES triage_items (id),
    offered_by  INTEGER,
    decided_by  INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    decided_at  INTEGER,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT loans_two_nations CHECK (lender_id <> borrower_id),
    CONSTRAINT loans_interest_owed CHECK (interest <= balance),
    CONSTRAINT loans_over_is_nothing CHECK (status IN ('active', 'defaulted') OR balance = 0),
    CONSTRAINT loans_active_runs CHECK (status <> 'active' OR (anchor_turn IS NOT NULL AND accrued_turn IS NOT NULL AND due_turn IS NOT NULL))
) STRICT;
INSERT INTO "loans" VALUES(1,'LOAN-1',1,3,100000000,5000,360,'compound','active',100000007,7,100000000,6,7,366,2,'Dams',NULL,101,102,3,1,2,3);
INSERT INTO "loans" VALUES(2,'L-ABC234',3,1,1000000000000,0,1,'amortizing','defaulted',100,0,100,1,2,2,3,NULL,1,NULL,NULL,9,1,2,3);
INSERT INTO "loans" VALUES(3,'ABCDEFGHJKLM',1,3,100000000,1,1,'amortizing','declined',0,0,0,NULL,NULL,NULL,0,NULL,NULL,101,NULL,2,1,2,3);
CREATE TABLE nation_cities (
    id         INTEGER PRIMARY KEY,
    nation_id  INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    name       TEXT NOT NULL COLLATE NOCASE CONSTRAINT nation_cities_name_length CHECK (length(name) BETWEEN 1 AND 50),
    is_capital INTEGER NOT NULL DEFAULT 0 CONSTRAINT nation_cities_is_capital_flag CHECK (is_capital IN (0, 1)),
    position   INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO "nation_cities" VALUES(1,1,'Austin',1,0);
INSERT INTO "nation_cities" VALUES(2,1,'Houston',0,1);
INSERT INTO "nation_cities" VALUES(3,2,'Seattle',1,0);
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
INSERT INTO "nation_history" VALUES(1,1,'tax_bp',2000,2150,'tax',NULL,0,101,NULL,60);
INSERT INTO "nation_history" VALUES(2,1,'gdp',NULL,2400000000000,'import',NULL,0,NULL,'From before',5);
INSERT INTO "nation_history" VALUES(3,1,'ground',50,71,'admin',NULL,3,102,'Manoeuvres',61);
INSERT INTO "nation_history" VALUES(4,1,'air',60,66,'undo',3,3,102,NULL,62);
CREATE TABLE nation_names (
    name      TEXT NOT NULL COLLATE NOCASE CONSTRAINT nation_names_name_length CHECK (length(name) BETWEEN 1 AND 50),
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE CASCADE,
    kind      TEXT NOT NULL CONSTRAINT nation_names_kind_known CHECK (kind IN ('former', 'alias')),
    by_user   INTEGER,
    at        INTEGER NOT NULL,
    PRIMARY KEY (name, nation_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "nation_names" VALUES('Lone Star',1,'former',101,50);
INSERT INTO "nation_names" VALUES('Lone Star',3,'former',NULL,52);
INSERT INTO "nation_names" VALUES('Tejas',1,'alias',NULL,51);
CREATE TABLE nation_offices (
    id        INTEGER PRIMARY KEY,
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    user_id   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    office    TEXT NOT NULL CONSTRAINT nation_offices_office_known CHECK (office IN ('president', 'vice_president')),
    since     INTEGER NOT NULL,
    until     INTEGER,
    CONSTRAINT nation_offices_order CHECK (until IS NULL OR until >= since)
) STRICT;
INSERT INTO "nation_offices" VALUES(1,1,101,'president',10,NULL);
INSERT INTO "nation_offices" VALUES(2,1,102,'vice_president',10,40);
INSERT INTO "nation_offices" VALUES(3,2,103,'president',11,NULL);
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
INSERT INTO "nations" VALUES(1,'Texas','Republic of',2400000000000,30000000,6200,2150,0,500,71,40,66,'Federal Republic','Big.',950000000000000010,950000000000000011,'active',NULL,7,1,99);
INSERT INTO "nations" VALUES(2,'Cascadia',NULL,900000000000000,20000000000,10000,10000,900000000000000,-5,0,100,0,'Democracy',NULL,NULL,NULL,'leave',1800000000,2,2,98);
INSERT INTO "nations" VALUES(3,'Dakota',NULL,0,0,0,0,0,0,0,0,0,'Anarchist Territory',NULL,NULL,NULL,'archived',NULL,3,3,97);
CREATE TABLE notification_prefs (
    user_id  INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE CASCADE,
    type     TEXT NOT NULL CONSTRAINT notification_prefs_type_length CHECK (length(type) BETWEEN 1 AND 32),
    delivery TEXT NOT NULL CONSTRAINT notification_prefs_delivery_known CHECK (delivery IN ('dm', 'inbox', 'off')),
    PRIMARY KEY (user_id,type)
) STRICT, WITHOUT ROWID;
INSERT INTO "notification_prefs" VALUES(101,'cover','dm');
CREATE TABLE notifications (
    id            INTEGER PRIMARY KEY,
    user_id       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    type          TEXT NOT NULL CONSTRAINT valid_notification_type CHECK (type IN ('task_assigned', 'task_delayed', 'task_completed', 'issue_reported', 'system', 'oncall', 'cover', 'nation', 'economy', 'disaster', 'diplomacy')),
    title         TEXT NOT NULL CONSTRAINT notifications_title_length CHECK (length(title) BETWEEN 1 AND 200),
    message       TEXT NOT NULL CONSTRAINT notifications_message_length CHECK (length(message) BETWEEN 1 AND 2000),
    ref_table     TEXT CONSTRAINT notifications_ref_table_length CHECK (length(ref_table) BETWEEN 1 AND 32),
    ref_id        INTEGER,
    dedupe_key    TEXT CONSTRAINT notifications_dedupe_key_length CHECK (length(dedupe_key) BETWEEN 1 AND 100),
    is_read       INTEGER NOT NULL DEFAULT 0 CONSTRAINT notifications_is_read_flag CHECK (is_read IN (0, 1)),
    read_at       INTEGER,
    deliver_after INTEGER NOT NULL,
    delivered_at  INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    last_error    TEXT CONSTRAINT notifications_last_error_length CHECK (length(last_error) BETWEEN 1 AND 200),
    created_at    INTEGER NOT NULL,
    way           TEXT CONSTRAINT notifications_way_known CHECK (way IN ('dm', 'inbox', 'off', 'read', 'closed', 'outdated', 'given_up')),
    parcel        INTEGER,
    packed_at     INTEGER,
    held_from     INTEGER,
    due_at        INTEGER,
    CONSTRAINT notifications_read_has_time CHECK ((is_read=1)=(read_at IS NOT NULL))
) STRICT;
INSERT INTO "notifications" VALUES(1,101,'cover','Cover','It is approved.',NULL,NULL,NULL,0,NULL,0,NULL,0,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "notifications" VALUES(2,101,'oncall','Held by quiet hours','M',NULL,NULL,NULL,0,NULL,900,NULL,0,NULL,100,NULL,NULL,NULL,100,NULL);
INSERT INTO "notifications" VALUES(3,101,'oncall','Packed','M',NULL,NULL,NULL,0,NULL,100,NULL,1,'no answer',100,NULL,3,150,NULL,NULL);
INSERT INTO "notifications" VALUES(4,101,'oncall','For later','M',NULL,NULL,NULL,0,NULL,500,NULL,0,NULL,100,NULL,NULL,NULL,NULL,500);
INSERT INTO "notifications" VALUES(5,102,'cover','Closed','M',NULL,NULL,NULL,0,NULL,100,200,0,'closed',100,'closed',5,150,NULL,NULL);
INSERT INTO "notifications" VALUES(6,102,'cover','Given up','M',NULL,NULL,NULL,0,NULL,100,300,10,'no answer',100,'given_up',6,150,NULL,NULL);
CREATE TABLE overrides (
    id             INTEGER PRIMARY KEY,
    sprint_id      INTEGER NOT NULL REFERENCES sprints (id) ON DELETE RESTRICT,
    discipline     TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    requested_by   INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    original_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    replacement_id INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    status         TEXT NOT NULL DEFAULT 'open' CONSTRAINT overrides_status_known CHECK (status IN ('open', 'taken', 'approved', 'declined', 'withdrawn', 'expired', 'revoked')),
    reason         TEXT CONSTRAINT overrides_reason_length CHECK (length(reason) BETWEEN 1 AND 300),
    message_id     INTEGER,
    attempts       INTEGER NOT NULL DEFAULT 1,
    decided_by     INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    decided_at     INTEGER,
    created_at     INTEGER NOT NULL,
    updated_at     INTEGER NOT NULL,
    first_day      TEXT CONSTRAINT overrides_first_day_date CHECK (first_day IS date(first_day, '+0 days')),
    last_day       TEXT CONSTRAINT overrides_last_day_date CHECK (last_day IS date(last_day, '+0 days')),
    CONSTRAINT overrides_unique_days UNIQUE (sprint_id,discipline,requested_by,replacement_id,first_day,last_day),
    CONSTRAINT override_no_self_approval CHECK (decided_by IS NULL OR status IN('withdrawn','expired') OR decided_by NOT IN(requested_by,coalesce(replacement_id,0))),
    CONSTRAINT override_distinct CHECK (replacement_id IS NULL OR replacement_id<>original_id),
    CONSTRAINT override_approved_full CHECK (status<>'approved' OR (replacement_id IS NOT NULL AND decided_by IS NOT NULL AND decided_at IS NOT NULL)),
    CONSTRAINT override_days_both CHECK ((first_day IS NULL)=(last_day IS NULL)),
    CONSTRAINT override_days_order CHECK (last_day>=first_day)
) STRICT;
INSERT INTO "overrides" VALUES(1,1,'po',101,101,102,'approved',NULL,NULL,1,103,1,0,0,NULL,NULL);
INSERT INTO "overrides" VALUES(2,2,'po',102,102,101,'approved',NULL,NULL,1,103,1,0,0,'2026-03-18','2026-03-20');
INSERT INTO "overrides" VALUES(3,2,'po',102,102,101,'open',NULL,NULL,1,NULL,NULL,0,0,'2026-03-23','2026-03-23');
INSERT INTO "overrides" VALUES(4,2,'po',102,102,NULL,'open',NULL,NULL,1,NULL,NULL,0,0,'2026-03-24','2026-03-25');
INSERT INTO "overrides" VALUES(5,2,'po',102,102,101,'revoked',NULL,NULL,1,NULL,1,0,0,NULL,NULL);
CREATE TABLE quarantined_rows (
    id         INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL CONSTRAINT quarantined_rows_table_name_length CHECK (length(table_name) BETWEEN 1 AND 64),
    record_id  TEXT NOT NULL CONSTRAINT quarantined_rows_record_id_length CHECK (length(record_id) BETWEEN 1 AND 64),
    row        TEXT NOT NULL CONSTRAINT quarantined_rows_row_json CHECK (json_valid(row)),
    reason     TEXT NOT NULL CONSTRAINT quarantined_rows_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    found_at   INTEGER NOT NULL,
    request_id TEXT CONSTRAINT quarantined_rows_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64)
) STRICT;
INSERT INTO "quarantined_rows" VALUES(1,'users','104','{"discord_id": 104, "username": {"text": "ff"}}','has text in username that is no UTF-8',1,'r2');
CREATE TABLE requests (
    request_id   TEXT NOT NULL CONSTRAINT requests_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64),
    command      TEXT NOT NULL CONSTRAINT requests_command_length CHECK (length(command) BETWEEN 1 AND 64),
    actor        INTEGER NOT NULL,
    payload_hash BLOB NOT NULL,
    outcome      TEXT CONSTRAINT requests_outcome_json CHECK (outcome IS NULL OR json_valid(outcome)),
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (request_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "requests" VALUES('r1','SetRole',0,X'00','1',0);
CREATE TABLE settings (
    key        TEXT NOT NULL CONSTRAINT settings_key_length CHECK (length(key) BETWEEN 1 AND 64),
    value      TEXT NOT NULL CONSTRAINT settings_value_json CHECK (json_valid(value)),
    version    INTEGER NOT NULL DEFAULT 1,
    updated_by INTEGER,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (key)
) STRICT, WITHOUT ROWID;
INSERT INTO "settings" VALUES('colour','"red"',1,NULL,0);
CREATE TABLE simulation_clock (
    id        INTEGER PRIMARY KEY CONSTRAINT simulation_clock_one CHECK (id = 1),
    turn      INTEGER NOT NULL DEFAULT 0 CONSTRAINT simulation_clock_turn_range CHECK (turn >= 0),
    phase     TEXT NOT NULL DEFAULT 'idle' CONSTRAINT simulation_clock_phase_known CHECK (phase IN ('idle', 'income', 'loans')),
    cursor    INTEGER NOT NULL DEFAULT 0 CONSTRAINT simulation_clock_cursor_range CHECK (cursor >= 0),
    next_at   INTEGER NOT NULL,
    paused_at INTEGER
) STRICT;
INSERT INTO "simulation_clock" VALUES(1,7,'loans',0,1800000000,5);
CREATE TABLE sprints (
    id           INTEGER PRIMARY KEY,
    sprint_index INTEGER CONSTRAINT sprints_sprint_index_range CHECK (sprint_index >= 0),
    name         TEXT NOT NULL CONSTRAINT sprints_name_length CHECK (length(name) BETWEEN 1 AND 60),
    start_date   TEXT NOT NULL CONSTRAINT sprints_start_date_date CHECK (start_date IS date(start_date, '+0 days')),
    end_date     TEXT NOT NULL CONSTRAINT sprints_end_date_date CHECK (end_date IS date(end_date, '+0 days')),
    updated_at   INTEGER NOT NULL,
    CONSTRAINT sprint_date_order CHECK (end_date>start_date)
) STRICT;
INSERT INTO "sprints" VALUES(1,0,'First','2026-03-02','2026-03-16',0);
INSERT INTO "sprints" VALUES(2,1,'Second','2026-03-16','2026-03-30',0);
CREATE TABLE tags (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT tags_name_length CHECK (length(name) BETWEEN 1 AND 50),
    description TEXT CONSTRAINT tags_description_length CHECK (length(description) BETWEEN 1 AND 200),
    created_by  INTEGER,
    created_at  INTEGER NOT NULL,
    CONSTRAINT tags_name_trimmed CHECK (name = trim(name))
) STRICT;
INSERT INTO "tags" VALUES(1,'water','Rivers, lakes and dams',101,30);
INSERT INTO "tags" VALUES(2,'defence',NULL,NULL,31);
CREATE TABLE tasks (
    id               INTEGER PRIMARY KEY,
    title            TEXT NOT NULL CONSTRAINT tasks_title_length CHECK (length(title) BETWEEN 1 AND 200),
    status           TEXT NOT NULL DEFAULT 'todo' CONSTRAINT valid_status CHECK (status IN ('todo', 'in_progress', 'done', 'cancelled')),
    assigned_role    TEXT CONSTRAINT tasks_assigned_role_known CHECK (assigned_role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')),
    discipline       TEXT REFERENCES disciplines (key) ON DELETE RESTRICT,
    assigned_user_id INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    start_date       TEXT NOT NULL CONSTRAINT tasks_start_date_date CHECK (start_date IS date(start_date, '+0 days')),
    end_date         TEXT NOT NULL CONSTRAINT tasks_end_date_date CHECK (end_date IS date(end_date, '+0 days')),
    estimate_h       INTEGER CONSTRAINT tasks_estimate_range CHECK (estimate_h BETWEEN 1 AND 400),
    progress         INTEGER NOT NULL DEFAULT 0 CONSTRAINT tasks_progress_range CHECK (progress BETWEEN 0 AND 100),
    priority         INTEGER NOT NULL DEFAULT 1 CONSTRAINT tasks_priority_range CHECK (priority BETWEEN 0 AND 3),
    is_delayed       INTEGER NOT NULL DEFAULT 0 CONSTRAINT tasks_is_delayed_flag CHECK (is_delayed IN (0, 1)),
    risk             TEXT NOT NULL DEFAULT 'low' CONSTRAINT tasks_risk_known CHECK (risk IN ('low', 'medium', 'high')),
    epic             TEXT CONSTRAINT tasks_epic_length CHECK (length(epic) BETWEEN 1 AND 50),
    story            TEXT CONSTRAINT tasks_story_length CHECK (length(story) BETWEEN 1 AND 50),
    version          INTEGER NOT NULL DEFAULT 1,
    completed_at     INTEGER,
    created_by       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    description      TEXT NOT NULL DEFAULT '' CONSTRAINT tasks_description_length CHECK (length(description) <= 4000), triage_id INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT,
    CONSTRAINT tasks_date_order CHECK (end_date>start_date),
    CONSTRAINT tasks_done_has_time CHECK ((status='done')=(completed_at IS NOT NULL))
) STRICT;
INSERT INTO "tasks" VALUES(1,'Write the law','todo',NULL,'po',101,'2026-03-03','2026-03-10',8,0,2,0,'medium','Senate','Rules',1,NULL,103,0,0,'All of it.',2);
INSERT INTO "tasks" VALUES(2,'Draw the map','in_progress','designer',NULL,NULL,'2026-03-03','2026-03-06',NULL,40,1,1,'high',NULL,NULL,1,NULL,103,0,0,'',NULL);
INSERT INTO "tasks" VALUES(3,'Count the votes','done',NULL,NULL,102,'2026-03-01','2026-03-04',3,100,0,0,'low',NULL,NULL,1,5,101,0,5,'',NULL);
INSERT INTO "tasks" VALUES(4,'Hold a party','cancelled','admin',NULL,NULL,'2026-03-01','2026-03-04',NULL,0,3,0,'low',NULL,NULL,1,NULL,103,0,5,'',NULL);
CREATE TABLE treaties (
    id          INTEGER PRIMARY KEY,
    nation_a    INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    nation_b    INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    kind        TEXT NOT NULL DEFAULT 'alliance' CONSTRAINT treaties_kind_known CHECK (kind IN ('alliance', 'trade', 'non_aggression', 'defense')),
    status      TEXT NOT NULL DEFAULT 'pending' CONSTRAINT treaties_status_known CHECK (status IN ('pending', 'active', 'declined', 'withdrawn', 'expired', 'ended')),
    proposed_by INTEGER NOT NULL,
    terms       TEXT CONSTRAINT treaties_terms_length CHECK (length(terms) BETWEEN 1 AND 500),
    proposer_id INTEGER,
    proposed_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    decided_by  INTEGER,
    decided_at  INTEGER,
    ended_by    INTEGER,
    ended_at    INTEGER,
    end_reason  TEXT CONSTRAINT treaties_end_reason_length CHECK (length(end_reason) BETWEEN 1 AND 300),
    version     INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT treaties_pair CHECK (nation_a < nation_b),
    CONSTRAINT treaties_proposed_by_party CHECK (proposed_by IN (nation_a, nation_b)),
    CONSTRAINT treaties_expire_later CHECK (expires_at > proposed_at),
    CONSTRAINT treaties_decided_has_time CHECK ((status = 'pending') = (decided_at IS NULL)),
    CONSTRAINT treaties_ended_has_time CHECK ((status = 'ended') = (ended_at IS NOT NULL))
) STRICT;
INSERT INTO "treaties" VALUES(1,1,2,'alliance','active',2,'We *stand* together.',101,10,1209610,102,20,NULL,NULL,NULL,2);
INSERT INTO "treaties" VALUES(2,1,2,'trade','pending',1,NULL,NULL,11,1800000000,NULL,NULL,NULL,NULL,NULL,1);
INSERT INTO "treaties" VALUES(3,1,2,'defense','ended',1,NULL,101,5,1209605,103,6,101,7,'A dam',3);
INSERT INTO "treaties" VALUES(4,1,3,'alliance','declined',1,NULL,101,5,1209605,103,6,NULL,NULL,NULL,2);
INSERT INTO "treaties" VALUES(5,2,3,'non_aggression','expired',3,NULL,NULL,5,1209605,NULL,1209605,NULL,NULL,NULL,2);
CREATE TABLE triage_items (
    id                INTEGER PRIMARY KEY,
    reporter_id       INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    title             TEXT NOT NULL CONSTRAINT triage_items_title_length CHECK (length(title) BETWEEN 1 AND 200),
    description       TEXT NOT NULL CONSTRAINT triage_items_description_length CHECK (length(description) BETWEEN 1 AND 4000),
    category          TEXT NOT NULL DEFAULT 'issue' CONSTRAINT triage_items_category_known CHECK (category IN ('issue', 'bug', 'question', 'rules', 'event', 'diplomacy', 'disaster', 'request')),
    priority          TEXT NOT NULL DEFAULT 'medium' CONSTRAINT triage_items_priority_known CHECK (priority IN ('low', 'medium', 'high', 'critical')),
    status            TEXT NOT NULL DEFAULT 'pending' CONSTRAINT triage_items_status_known CHECK (status IN ('pending', 'in_review', 'resolved', 'rejected')),
    discipline        TEXT REFERENCES disciplines (key) ON DELETE RESTRICT,
    assigned_to       INTEGER REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    -- Whether it is theirs because they are on duty, so that it moves on with the duty.
    by_duty           INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_by_duty_flag CHECK (by_duty IN (0, 1)),
    thread_id         INTEGER,
    thread_state      TEXT NOT NULL DEFAULT 'wanted' CONSTRAINT triage_items_thread_state_known CHECK (thread_state IN ('wanted', 'open', 'refused', 'deleted', 'unset')),
    card_id           INTEGER,
    -- The version that the thread's card shows; what is behind is brought up to date.
    shown_version     INTEGER NOT NULL DEFAULT 0,
    duplicate_of      INTEGER REFERENCES triage_items (id) ON DELETE RESTRICT,
    snoozed_until     INTEGER,
    respond_by        INTEGER,
    escalated         INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_escalated_range CHECK (escalated BETWEEN 0 AND 3),
    first_response_at INTEGER,
    resolution        TEXT CONSTRAINT triage_items_resolution_length CHECK (length(resolution) BETWEEN 1 AND 1000),
    resolved_at       INTEGER,
    rating            INTEGER CONSTRAINT triage_items_rating_range CHECK (rating BETWEEN 1 AND 5),
    ratings           INTEGER NOT NULL DEFAULT 0 CONSTRAINT triage_items_ratings_range CHECK (ratings BETWEEN 0 AND 2),
    version           INTEGER NOT NULL DEFAULT 1,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    UNIQUE (thread_id),
    CONSTRAINT triage_closed_has_time CHECK ((status IN ('resolved', 'rejected')) = (resolved_at IS NOT NULL)),
    CONSTRAINT triage_no_own_duplicate CHECK (duplicate_of IS NULL OR duplicate_of <> id),
    CONSTRAINT triage_open_thread CHECK ((thread_state = 'open') <= (thread_id IS NOT NULL)),
    CONSTRAINT triage_rated CHECK ((rating IS NULL) = (ratings = 0))
) STRICT;
INSERT INTO "triage_items" VALUES(1,101,'Waits','Nobody has looked','issue','medium','pending','po',102,1,NULL,'wanted',NULL,0,NULL,NULL,86400,0,NULL,NULL,NULL,NULL,0,1,0,0);
INSERT INTO "triage_items" VALUES(2,101,'Late','Still waits','bug','critical','in_review','po',103,0,950000000000000001,'open',950000000000000002,3,NULL,NULL,3600,2,NULL,NULL,NULL,NULL,0,4,0,9000);
INSERT INTO "triage_items" VALUES(3,102,'Done','Was answered','rules','low','resolved',NULL,103,0,NULL,'refused',NULL,0,NULL,NULL,259200,0,60,'It is done.',120,4,1,5,0,120);
INSERT INTO "triage_items" VALUES(4,101,'Again','The same','issue','medium','resolved',NULL,NULL,0,NULL,'unset',NULL,0,1,NULL,NULL,0,NULL,'A duplicate.',60,NULL,0,1,30,60);
CREATE TABLE triage_routes (
    category   TEXT NOT NULL CONSTRAINT triage_routes_category_known CHECK (category IN ('issue', 'bug', 'question', 'rules', 'event', 'diplomacy', 'disaster', 'request')),
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (category)
) STRICT, WITHOUT ROWID;
INSERT INTO "triage_routes" VALUES('bug','po',0);
CREATE TABLE user_disciplines (
    id         INTEGER PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (discord_id) ON UPDATE CASCADE ON DELETE RESTRICT,
    discipline TEXT NOT NULL REFERENCES disciplines (key) ON DELETE RESTRICT,
    position   INTEGER NOT NULL,
    is_active  INTEGER NOT NULL DEFAULT 1 CONSTRAINT user_disciplines_is_active_flag CHECK (is_active IN (0, 1)),
    away_from  TEXT CONSTRAINT user_disciplines_away_from_date CHECK (away_from IS date(away_from, '+0 days')),
    away_to    TEXT CONSTRAINT user_disciplines_away_to_date CHECK (away_to IS date(away_to, '+0 days')),
    updated_at INTEGER NOT NULL,
    CONSTRAINT users_discord_discipline_unique UNIQUE (user_id,discipline),
    CONSTRAINT user_disciplines_away_order CHECK (away_to IS NULL OR away_to>=away_from)
) STRICT;
INSERT INTO "user_disciplines" VALUES(1,101,'po',1,1,NULL,NULL,0);
INSERT INTO "user_disciplines" VALUES(2,102,'po',2,1,NULL,NULL,0);
CREATE TABLE users (
    discord_id INTEGER PRIMARY KEY,
    username   TEXT NOT NULL CONSTRAINT users_username_length CHECK (length(username) BETWEEN 1 AND 100),
    role       TEXT CONSTRAINT valid_role CHECK (role IN ('developer', 'designer', 'tester', 'project_manager', 'admin')),
    timezone   TEXT NOT NULL DEFAULT 'America/New_York' CONSTRAINT users_timezone_length CHECK (length(timezone) BETWEEN 1 AND 64),
    quiet_from INTEGER CONSTRAINT users_quiet_from_range CHECK (quiet_from BETWEEN 0 AND 1439),
    quiet_to   INTEGER CONSTRAINT users_quiet_to_range CHECK (quiet_to BETWEEN 0 AND 1439),
    is_active  INTEGER NOT NULL DEFAULT 1 CONSTRAINT users_is_active_flag CHECK (is_active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    CONSTRAINT users_quiet_both CHECK ((quiet_from IS NULL)=(quiet_to IS NULL))
) STRICT;
INSERT INTO "users" VALUES(101,'Ann',NULL,'America/New_York',NULL,NULL,1,0,0);
INSERT INTO "users" VALUES(102,'Bob',NULL,'America/New_York',NULL,NULL,1,0,0);
INSERT INTO "users" VALUES(103,'Pam','project_manager','America/New_York',NULL,NULL,1,0,0);
CREATE TABLE war_events (
    id         INTEGER PRIMARY KEY,
    war_id     INTEGER NOT NULL REFERENCES wars (id) ON DELETE CASCADE,
    kind       TEXT NOT NULL CONSTRAINT war_events_kind_known CHECK (kind IN ('started', 'joined', 'left', 'update', 'ended')),
    nation_id  INTEGER REFERENCES nations (id) ON DELETE RESTRICT,
    side       TEXT CONSTRAINT war_events_side_known CHECK (side IN ('A', 'B', 'other')),
    casualties INTEGER CONSTRAINT war_events_casualties_range CHECK (casualties BETWEEN 0 AND 20000000000),
    note       TEXT CONSTRAINT war_events_note_length CHECK (length(note) BETWEEN 1 AND 300),
    on_day     TEXT NOT NULL,
    by_user    INTEGER,
    at         INTEGER NOT NULL
) STRICT;
INSERT INTO "war_events" VALUES(1,1,'started',NULL,NULL,NULL,NULL,'2026-01-05',101,1);
INSERT INTO "war_events" VALUES(2,1,'update',NULL,NULL,1200,'A flood','2026-01-06',101,9);
INSERT INTO "war_events" VALUES(3,2,'left',1,'other',NULL,NULL,'2025-01-09',NULL,5);
INSERT INTO "war_events" VALUES(4,2,'ended',NULL,NULL,NULL,'A treaty','2025-02-01',NULL,8);
CREATE TABLE war_sides (
    war_id    INTEGER NOT NULL REFERENCES wars (id) ON DELETE CASCADE,
    nation_id INTEGER NOT NULL REFERENCES nations (id) ON DELETE RESTRICT,
    side      TEXT NOT NULL CONSTRAINT war_sides_side_known CHECK (side IN ('A', 'B', 'other')),
    joined_on TEXT NOT NULL,
    left_on   TEXT,
    PRIMARY KEY (war_id, nation_id),
    CONSTRAINT war_sides_order CHECK (left_on IS NULL OR left_on >= joined_on)
) STRICT, WITHOUT ROWID;
INSERT INTO "war_sides" VALUES(1,1,'A','2026-01-05',NULL);
INSERT INTO "war_sides" VALUES(1,2,'B','2026-01-05',NULL);
INSERT INTO "war_sides" VALUES(2,1,'other','2025-01-05','2025-01-09');
CREATE TABLE wars (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL COLLATE NOCASE CONSTRAINT wars_name_length CHECK (length(name) BETWEEN 1 AND 100),
    status      TEXT NOT NULL DEFAULT 'active' CONSTRAINT wars_status_known CHECK (status IN ('active', 'ended')),
    started_on  TEXT NOT NULL,
    ended_on    TEXT,
    end_reason  TEXT CONSTRAINT wars_end_reason_length CHECK (length(end_reason) BETWEEN 1 AND 300),
    casualties  INTEGER NOT NULL DEFAULT 0 CONSTRAINT wars_casualties_range CHECK (casualties BETWEEN 0 AND 20000000000),
    description TEXT CONSTRAINT wars_description_length CHECK (length(description) BETWEEN 1 AND 1000),
    created_by  INTEGER,
    version     INTEGER NOT NULL DEFAULT 1,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    CONSTRAINT wars_name_trimmed CHECK (name = trim(name)),
    CONSTRAINT wars_ended_has_day CHECK ((status = 'ended') = (ended_on IS NOT NULL)),
    CONSTRAINT wars_order CHECK (ended_on IS NULL OR ended_on >= started_on)
) STRICT;
INSERT INTO "wars" VALUES(1,'River War','active','2026-01-05',NULL,NULL,1200,'About a dam.',101,3,1,9);
INSERT INTO "wars" VALUES(2,'River War','ended','2025-01-05','2025-02-01','A treaty',20000000000,NULL,NULL,2,1,8);
CREATE TABLE yoyo_lock (locked INT DEFAULT 1, ctime TIMESTAMP, pid INT NOT NULL, PRIMARY KEY (locked));
CREATE INDEX idx_users_role ON users (role)
    WHERE role IS NOT NULL;
CREATE INDEX idx_users_active ON users (discord_id)
    WHERE is_active = 1;
CREATE INDEX idx_audit_record ON audit_logs (table_name, record_id, id DESC);
CREATE INDEX idx_audit_nation ON audit_logs (nation_id, id DESC)
    WHERE nation_id IS NOT NULL;
CREATE INDEX idx_audit_actor ON audit_logs (changed_by, id DESC);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit log is append-only');
END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'audit log is append-only');
END;
CREATE INDEX idx_errors_open ON db_errors (at DESC)
    WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX idx_roster_order ON user_disciplines (discipline, position)
    WHERE is_active = 1;
CREATE UNIQUE INDEX idx_sprints_active_unique ON sprints (sprint_index)
    WHERE sprint_index IS NOT NULL;
CREATE INDEX idx_sprints_dates ON sprints (start_date, end_date, sprint_index, name)
    WHERE sprint_index IS NOT NULL;
CREATE TRIGGER sprint_overlap_i BEFORE INSERT ON sprints
WHEN NEW.sprint_index IS NOT NULL
AND EXISTS(SELECT 1 FROM sprints s WHERE s.sprint_index<>NEW.sprint_index AND s.start_date<NEW.end_date AND s.end_date>NEW.start_date)
BEGIN
    SELECT RAISE(ABORT, 'sprint overlap');
END;
CREATE TRIGGER sprint_overlap_u BEFORE UPDATE ON sprints
WHEN NEW.sprint_index IS NOT NULL
AND EXISTS(SELECT 1 FROM sprints s WHERE s.id<>NEW.id AND s.sprint_index IS NOT NULL AND s.start_date<NEW.end_date AND s.end_date>NEW.start_date)
BEGIN
    SELECT RAISE(ABORT, 'sprint overlap');
END;
CREATE INDEX idx_assignments_user ON assignments (user_id, sprint_id);
CREATE VIEW triage_users AS
SELECT u.discord_id, u.username AS name, d.discipline, d.is_active AND u.is_active AS active
FROM user_disciplines AS d
JOIN users AS u ON u.discord_id = d.user_id;
CREATE INDEX idx_quarantined_rows_record ON quarantined_rows (table_name, record_id);
CREATE INDEX idx_cover_cards_cover ON cover_cards (cover_id, shown_at);
CREATE UNIQUE INDEX override_one_whole ON overrides (sprint_id, discipline, requested_by, replacement_id)
    WHERE first_day IS NULL;
CREATE UNIQUE INDEX override_one_open_call ON overrides (sprint_id, discipline, requested_by)
    WHERE replacement_id IS NULL AND status = 'open' AND first_day IS NULL;
CREATE UNIQUE INDEX override_one_open_call_of_days ON overrides (sprint_id, discipline, requested_by, first_day, last_day)
    WHERE replacement_id IS NULL AND status = 'open';
CREATE INDEX idx_overrides_approved ON overrides (sprint_id, discipline, first_day)
    WHERE status = 'approved';
CREATE INDEX idx_overrides_pending ON overrides (status, created_at)
    WHERE status IN ('open', 'taken');
CREATE TRIGGER cover_overlap_i BEFORE INSERT ON overrides
WHEN NEW.status = 'approved'
AND EXISTS(SELECT 1 FROM overrides o WHERE o.sprint_id=NEW.sprint_id AND o.discipline=NEW.discipline AND o.status='approved' AND o.id IS NOT NEW.id AND (o.first_day IS NULL OR NEW.first_day IS NULL OR (o.first_day<=NEW.last_day AND o.last_day>=NEW.first_day)))
BEGIN
    SELECT RAISE(ABORT, 'cover overlap');
END;
CREATE TRIGGER cover_overlap_u BEFORE UPDATE ON overrides
WHEN NEW.status = 'approved'
AND EXISTS(SELECT 1 FROM overrides o WHERE o.sprint_id=NEW.sprint_id AND o.discipline=NEW.discipline AND o.status='approved' AND o.id<>OLD.id AND (o.first_day IS NULL OR NEW.first_day IS NULL OR (o.first_day<=NEW.last_day AND o.last_day>=NEW.first_day)))
BEGIN
    SELECT RAISE(ABORT, 'cover overlap');
END;
CREATE UNIQUE INDEX notification_dedupe ON notifications (user_id, dedupe_key)
    WHERE dedupe_key IS NOT NULL;
CREATE INDEX idx_notifications_user_unread ON notifications (user_id, is_read, created_at DESC, type, title)
    WHERE is_read = 0;
CREATE INDEX idx_notifications_outbox ON notifications (deliver_after, id)
    WHERE delivered_at IS NULL;
CREATE INDEX idx_notifications_waiting ON notifications (user_id, deliver_after, id)
    WHERE delivered_at IS NULL;
CREATE INDEX idx_notifications_inbox ON notifications (user_id, is_read, created_at DESC, id DESC)
    WHERE way IS NOT 'off';
CREATE INDEX idx_tasks_user_status ON tasks (assigned_user_id, status, priority DESC, start_date);
CREATE INDEX idx_tasks_role_status ON tasks (assigned_role, status);
CREATE INDEX idx_tasks_delayed ON tasks (is_delayed, end_date, status, title, assigned_user_id)
    WHERE is_delayed = 1;
CREATE INDEX idx_tasks_due ON tasks (end_date)
    WHERE status IN ('todo', 'in_progress');
CREATE INDEX idx_tasks_epic ON tasks (epic)
    WHERE epic IS NOT NULL;
CREATE INDEX idx_tasks_board ON tasks (status, priority DESC, start_date, id, assigned_user_id, assigned_role, created_by, discipline, epic)
    WHERE status <> 'cancelled';
CREATE INDEX idx_tasks_done ON tasks (completed_at)
    WHERE status = 'done';
CREATE INDEX idx_triage_queue ON triage_items (CASE priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, created_at)
    WHERE status IN ('pending', 'in_review');
CREATE INDEX idx_triage_sla ON triage_items (respond_by)
    WHERE first_response_at IS NULL AND status IN ('pending', 'in_review') AND escalated < 3;
CREATE INDEX idx_triage_assigned ON triage_items (assigned_to, status);
CREATE INDEX idx_triage_reporter ON triage_items (reporter_id, created_at DESC);
CREATE INDEX idx_triage_snoozed ON triage_items (snoozed_until)
    WHERE snoozed_until IS NOT NULL;
CREATE INDEX idx_triage_unshown ON triage_items (id)
    WHERE shown_version < version AND thread_state IN ('wanted', 'open');
CREATE INDEX idx_triage_duplicates ON triage_items (duplicate_of)
    WHERE duplicate_of IS NOT NULL;
CREATE INDEX idx_triage_by_duty ON triage_items (discipline, assigned_to)
    WHERE by_duty = 1 AND status IN ('pending', 'in_review');
CREATE UNIQUE INDEX chat_message_shown_once ON chat_messages (discord_message_id)
    WHERE discord_message_id IS NOT NULL;
CREATE INDEX idx_chat_conversation ON chat_messages (pair_lo, pair_hi, created_at)
    WHERE recipient_id IS NOT NULL;
CREATE INDEX idx_chat_channel ON chat_messages (channel, created_at)
    WHERE recipient_id IS NULL;
CREATE INDEX idx_chat_triage ON chat_messages (triage_id, created_at)
    WHERE triage_id IS NOT NULL;
CREATE INDEX idx_chat_unposted ON chat_messages (triage_id, id)
    WHERE triage_id IS NOT NULL AND discord_message_id IS NULL AND deleted_at IS NULL;
CREATE INDEX idx_calendar_entries_ends ON calendar_entries (ends_at);
CREATE INDEX idx_calendar_entries_sprint ON calendar_entries (sprint_id);
CREATE VIEW chat_texts AS
SELECT m.id, m.message, m.triage_id, m.sender_id, t.reporter_id, coalesce(t.title, '') AS title,
    m.is_internal, m.message_type,
    m.created_at, m.edited_at, m.discord_message_id,
    CASE t.thread_state WHEN 'open' THEN t.thread_id END AS thread_id
FROM chat_messages AS m LEFT JOIN triage_items AS t ON t.id = m.triage_id
WHERE m.triage_id IS NOT NULL AND m.deleted_at IS NULL;
CREATE TRIGGER chat_search_i AFTER INSERT ON chat_messages
WHEN new.triage_id IS NOT NULL AND new.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(rowid, message) VALUES(new.id, new.message);
END;
CREATE TRIGGER chat_search_d AFTER DELETE ON chat_messages
WHEN old.triage_id IS NOT NULL AND old.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(chat_search, rowid, message) VALUES('delete', old.id, old.message);
END;
CREATE TRIGGER chat_search_u_out BEFORE UPDATE OF id, triage_id, message, deleted_at ON chat_messages
WHEN old.triage_id IS NOT NULL AND old.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(chat_search, rowid, message) VALUES('delete', old.id, old.message);
END;
CREATE TRIGGER chat_search_u_in AFTER UPDATE OF id, triage_id, message, deleted_at ON chat_messages
WHEN new.triage_id IS NOT NULL AND new.deleted_at IS NULL
BEGIN
    INSERT INTO chat_search(rowid, message) VALUES(new.id, new.message);
END;
CREATE UNIQUE INDEX nations_name_unique ON nations (name) WHERE status <> 'archived';
CREATE INDEX idx_nations_gdp ON nations (gdp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_population ON nations (population DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_stability ON nations (stability_bp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_tax ON nations (tax_bp DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_per_capita ON nations (gdp_per_capita DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_ground ON nations (ground DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_naval ON nations (naval DESC, id) WHERE status = 'active';
CREATE INDEX idx_nations_air ON nations (air DESC, id) WHERE status = 'active';
CREATE INDEX idx_nation_names_nation ON nation_names (nation_id, at);
CREATE UNIQUE INDEX office_one_holder ON nation_offices (nation_id, office) WHERE until IS NULL;
CREATE UNIQUE INDEX office_one_per_user ON nation_offices (user_id) WHERE until IS NULL;
CREATE INDEX idx_nation_offices_nation ON nation_offices (nation_id, id DESC);
CREATE INDEX idx_nation_offices_user ON nation_offices (user_id, id DESC);
CREATE UNIQUE INDEX city_one_name ON nation_cities (nation_id, name);
CREATE UNIQUE INDEX city_one_capital ON nation_cities (nation_id) WHERE is_capital = 1;
CREATE INDEX idx_nation_history ON nation_history (nation_id, metric, id DESC, new);
CREATE INDEX idx_nation_history_author ON nation_history (changed_by, id DESC) WHERE changed_by IS NOT NULL;
CREATE INDEX idx_chat_behind ON chat_messages (id)
    WHERE is_behind = 1 AND discord_message_id IS NOT NULL;
CREATE INDEX idx_chat_own ON chat_messages (sender_id, id)
    WHERE message_type = 'text' AND deleted_at IS NULL;
CREATE UNIQUE INDEX task_of_item ON tasks (triage_id)
    WHERE triage_id IS NOT NULL AND status <> 'cancelled';
CREATE UNIQUE INDEX law_name_live ON laws (nation_id, name) WHERE status <> 'repealed';
CREATE UNIQUE INDEX law_one_number ON laws (nation_id, number) WHERE number IS NOT NULL;
CREATE INDEX idx_laws_nation ON laws (nation_id, id DESC);
CREATE INDEX idx_laws_name ON laws (name, id);
CREATE INDEX idx_laws_status ON laws (status, id DESC);
CREATE INDEX idx_laws_author ON laws (author_id, id);
CREATE UNIQUE INDEX law_one_revision ON law_revisions (law_id, revision);
CREATE INDEX idx_law_revisions_author ON law_revisions (by_user, id) WHERE by_user IS NOT NULL;
CREATE UNIQUE INDEX tag_one_name ON tags (name);
CREATE INDEX idx_tags_author ON tags (created_by, id) WHERE created_by IS NOT NULL;
CREATE INDEX idx_law_tags_law ON law_tags (law_id);
CREATE UNIQUE INDEX war_active_name ON wars (name) WHERE status = 'active';
CREATE INDEX idx_wars_status ON wars (status, id DESC);
CREATE INDEX idx_war_sides_nation ON war_sides (nation_id, war_id);
CREATE INDEX idx_war_events_war ON war_events (war_id, on_day, id);
CREATE INDEX idx_war_events_nation ON war_events (nation_id) WHERE nation_id IS NOT NULL;
CREATE INDEX idx_war_events_author ON war_events (by_user, id) WHERE by_user IS NOT NULL;
CREATE VIEW law_texts AS
SELECT l.id, l.name, r.body,
    coalesce((SELECT group_concat(filed.name, ', ') FROM (
        SELECT t.name FROM law_tags AS f JOIN tags AS t ON t.id = f.tag_id WHERE f.law_id = l.id ORDER BY t.id
    ) AS filed), '') AS tags,
    char(57344) || 'n' || l.nation_id || coalesce((SELECT group_concat(' ' || char(57344) || 't' || filed.id, '') FROM (
        SELECT t.id FROM law_tags AS f JOIN tags AS t ON t.id = f.tag_id WHERE f.law_id = l.id ORDER BY t.id
    ) AS filed), '') AS place,
    l.revision, l.nation_id, n.name AS nation, l.number
FROM laws AS l
JOIN law_revisions AS r ON r.law_id = l.id AND r.revision = l.revision
LEFT JOIN nations AS n ON n.id = l.nation_id
WHERE l.is_public = 1 AND l.status = 'enacted' AND l.enacted_at IS NOT NULL AND r.published = 1;
CREATE TRIGGER law_search_laws_i AFTER INSERT ON laws
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.id;
END;
CREATE TRIGGER law_search_laws_d BEFORE DELETE ON laws
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.id;
END;
CREATE TRIGGER law_search_laws_u_out BEFORE UPDATE OF id, nation_id, name, is_public, status, enacted_at, revision
ON laws
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.id;
END;
CREATE TRIGGER law_search_laws_u_in AFTER UPDATE OF id, nation_id, name, is_public, status, enacted_at, revision
ON laws
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.id;
END;
CREATE TRIGGER law_search_texts_i AFTER INSERT ON law_revisions
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.law_id AND revision = new.revision;
END;
CREATE TRIGGER law_search_texts_d BEFORE DELETE ON law_revisions
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.law_id AND revision = old.revision;
END;
CREATE TRIGGER law_search_texts_u_out BEFORE UPDATE OF law_id, revision, body, published ON law_revisions
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_texts_u_in AFTER UPDATE OF law_id, revision, body, published ON law_revisions
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_filed_i_out BEFORE INSERT ON law_tags
WHEN EXISTS (SELECT 1 FROM tags WHERE id = new.tag_id)
    AND NOT EXISTS (SELECT 1 FROM law_tags WHERE tag_id = new.tag_id AND law_id = new.law_id)
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = new.law_id;
END;
CREATE TRIGGER law_search_filed_i_in AFTER INSERT ON law_tags
WHEN EXISTS (SELECT 1 FROM tags WHERE id = new.tag_id)
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = new.law_id;
END;
CREATE TRIGGER law_search_filed_d_out BEFORE DELETE ON law_tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id = old.law_id;
END;
CREATE TRIGGER law_search_filed_d_in AFTER DELETE ON law_tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id = old.law_id;
END;
CREATE TRIGGER law_search_filed_u_out BEFORE UPDATE ON law_tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_filed_u_in AFTER UPDATE ON law_tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts WHERE id IN (old.law_id, new.law_id);
END;
CREATE TRIGGER law_search_tags_d BEFORE DELETE ON tags
BEGIN
    DELETE FROM law_tags WHERE tag_id = old.id;
END;
CREATE TRIGGER law_search_tags_u_out BEFORE UPDATE OF id, name ON tags
BEGIN
    INSERT INTO law_search(law_search, rowid, name, body, tags, place)
    SELECT 'delete', id, name, body, tags, place FROM law_texts
    WHERE id IN (SELECT law_id FROM law_tags WHERE tag_id IN (old.id, new.id));
END;
CREATE TRIGGER law_search_tags_u_in AFTER UPDATE OF id, name ON tags
BEGIN
    INSERT INTO law_search(rowid, name, body, tags, place)
    SELECT id, name, body, tags, place FROM law_texts
    WHERE id IN (SELECT law_id FROM law_tags WHERE tag_id IN (old.id, new.id));
END;
CREATE INDEX idx_events_unposted ON events (id) WHERE fate IS NULL;
CREATE INDEX idx_events_matter ON events (matter, id) WHERE matter IS NOT NULL;
CREATE INDEX idx_events_ref ON events (ref_table, ref_id, id) WHERE ref_table IS NOT NULL;
CREATE INDEX idx_events_channel ON events (channel_id, id) WHERE channel_id IS NOT NULL;
CREATE INDEX idx_events_user ON events (user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_events_at ON events (at);
CREATE UNIQUE INDEX treaty_open_pair ON treaties (nation_a, nation_b, kind) WHERE status IN ('pending', 'active');
CREATE INDEX idx_treaties_a ON treaties (nation_a, status, id DESC);
CREATE INDEX idx_treaties_b ON treaties (nation_b, status, id DESC);
CREATE INDEX idx_treaties_status ON treaties (status, id DESC);
CREATE INDEX idx_treaties_due ON treaties (expires_at) WHERE status = 'pending';
CREATE UNIQUE INDEX bloc_active_name ON blocs (name) WHERE status = 'active';
CREATE INDEX idx_blocs_status ON blocs (status, id DESC);
CREATE UNIQUE INDEX bloc_one_leader ON bloc_members (bloc_id) WHERE rank = 'leader';
CREATE INDEX idx_bloc_members_nation ON bloc_members (nation_id, rank, at, bloc_id);
CREATE INDEX idx_bloc_members_due ON bloc_members (expires_at) WHERE rank = 'invited';
CREATE TRIGGER bloc_max_two_i BEFORE INSERT ON bloc_members
WHEN NEW.rank <> 'invited' AND (
    SELECT count(*) FROM bloc_members WHERE nation_id = NEW.nation_id AND rank <> 'invited'
) >= 2
BEGIN
    SELECT RAISE(ABORT, 'bloc limit');
END;
CREATE TRIGGER bloc_max_two_u BEFORE UPDATE OF rank, nation_id ON bloc_members
WHEN NEW.rank <> 'invited' AND (
    SELECT count(*) FROM bloc_members
    WHERE nation_id = NEW.nation_id AND rank <> 'invited'
        AND (bloc_id, nation_id) IS NOT (OLD.bloc_id, OLD.nation_id)
) >= 2
BEGIN
    SELECT RAISE(ABORT, 'bloc limit');
END;
CREATE INDEX idx_activity_user ON activity (user_id, day, messages, last_at);
CREATE INDEX idx_activity_day ON activity (day, user_id, messages, last_at);
CREATE INDEX idx_inactivity_items_item ON inactivity_items (item_id);
CREATE UNIQUE INDEX ledger_reversed_once ON ledger_transactions (reverses) WHERE reverses IS NOT NULL;
CREATE INDEX idx_ledger_transactions_author ON ledger_transactions (by_user, id) WHERE by_user IS NOT NULL;
CREATE INDEX idx_ledger_txn ON ledger_transfers (txn, id);
CREATE INDEX idx_ledger_debit ON ledger_transfers (debit_nation, id) WHERE debit_nation IS NOT NULL;
CREATE INDEX idx_ledger_credit ON ledger_transfers (credit_nation, id) WHERE credit_nation IS NOT NULL;
CREATE VIEW ledger AS
SELECT id, txn, debit_nation AS nation_id, debit_account AS account, amount FROM ledger_transfers
UNION ALL
SELECT id, txn, credit_nation, credit_account, -amount FROM ledger_transfers;
CREATE VIEW ledger_differences AS
SELECT nation_id, account, sum(amount) AS amount FROM (
    SELECT id AS nation_id, 'treasury' AS account, treasury AS amount FROM nations
    UNION ALL SELECT id, 'debt', -debt FROM nations
    UNION ALL SELECT nation_id, account, -amount FROM ledger WHERE account IN ('treasury', 'debt')
) GROUP BY nation_id, account HAVING sum(amount) <> 0;
CREATE TRIGGER ledger_differences_booked INSTEAD OF INSERT ON ledger_differences
BEGIN
    INSERT INTO ledger_transactions(kind, memo, at) VALUES ('adjustment', 'Changed outside of the bot', unixepoch());
    INSERT INTO ledger_transfers(txn, debit_nation, debit_account, credit_nation, credit_account, amount)
    SELECT (SELECT max(id) FROM ledger_transactions), NEW.nation_id, NEW.account, NULL, 'world', NEW.amount WHERE NEW.amount > 0
    UNION ALL
    SELECT (SELECT max(id) FROM ledger_transactions), NULL, 'world', NEW.nation_id, NEW.account, -NEW.amount WHERE NEW.amount < 0;
END;
CREATE TRIGGER ledger_transactions_fixed BEFORE UPDATE OF id, kind, turn, reverses, by_user, at ON ledger_transactions
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transactions_kept BEFORE DELETE ON ledger_transactions
WHEN NOT EXISTS (SELECT 1 FROM quarantined_rows AS q WHERE q.table_name = 'ledger_transactions' AND q.record_id = CAST(OLD.id AS TEXT))
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transfers_fixed BEFORE UPDATE ON ledger_transfers
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER ledger_transfers_kept BEFORE DELETE ON ledger_transfers
WHEN NOT EXISTS (SELECT 1 FROM quarantined_rows AS q WHERE q.table_name = 'ledger_transfers' AND q.record_id = CAST(OLD.id AS TEXT))
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
CREATE TRIGGER treasury_not_overdrawn BEFORE UPDATE OF treasury ON nations
WHEN NEW.treasury < 0 AND NEW.treasury < OLD.treasury
BEGIN
    SELECT RAISE(ABORT, 'treasury overdrawn');
END;
CREATE UNIQUE INDEX loans_code_unique ON loans (code);
CREATE INDEX idx_loans_accrue ON loans (accrued_turn, id) WHERE status = 'active';
CREATE INDEX idx_loans_borrower ON loans (borrower_id, id DESC);
CREATE INDEX idx_loans_lender ON loans (lender_id, id DESC);
CREATE INDEX idx_ledger_loan ON ledger_transfers (loan_id, id) WHERE loan_id IS NOT NULL;
CREATE TRIGGER nations_without_open_loans BEFORE UPDATE OF status ON nations
WHEN NEW.status = 'archived' AND OLD.status <> 'archived' AND EXISTS (
    SELECT 1 FROM loans AS l WHERE l.borrower_id = NEW.id AND l.status IN ('pending', 'active', 'defaulted')
    UNION ALL SELECT 1 FROM loans AS l WHERE l.lender_id = NEW.id AND l.status IN ('pending', 'active', 'defaulted'))
BEGIN
    SELECT RAISE(ABORT, 'nation has open loans');
END;
PRAGMA writable_schema=OFF;
COMMIT;
