INSERT INTO quarantined_rows(table_name, record_id, row, reason, found_at, request_id)
    VALUES('users', '104', '{"discord_id": 104, "username": {"text": "ff"}}', 'has text in username that is no UTF-8', 1, 'r2');
