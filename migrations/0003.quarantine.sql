-- Rows that broke a rule, as they were, until somebody has looked at them.

CREATE TABLE quarantined_rows (
    id         INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL CONSTRAINT quarantined_rows_table_name_length CHECK (length(table_name) BETWEEN 1 AND 64),
    record_id  TEXT NOT NULL CONSTRAINT quarantined_rows_record_id_length CHECK (length(record_id) BETWEEN 1 AND 64),
    row        TEXT NOT NULL CONSTRAINT quarantined_rows_row_json CHECK (json_valid(row)),
    reason     TEXT NOT NULL CONSTRAINT quarantined_rows_reason_length CHECK (length(reason) BETWEEN 1 AND 500),
    found_at   INTEGER NOT NULL,
    request_id TEXT CONSTRAINT quarantined_rows_request_id_length CHECK (length(request_id) BETWEEN 1 AND 64)
) STRICT;
CREATE INDEX idx_quarantined_rows_record ON quarantined_rows (table_name, record_id);
