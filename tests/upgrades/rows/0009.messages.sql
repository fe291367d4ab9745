INSERT INTO chat_messages(
    sender_id, recipient_id, triage_id, channel, message, message_type, is_internal, discord_message_id, is_edited,
    edited_at, deleted_at, created_at
) VALUES
    (103, 101, 2, 'triage', 'We look into it.', 'text', 0, 950000000000000003, 1, 90, NULL, 60),
    (103, NULL, 2, 'triage', 'Hard to believe.', 'text', 1, NULL, 0, NULL, NULL, 61),
    (101, 103, 2, 'triage', '(deleted)', 'text', 0, NULL, 0, NULL, 70, 62),
    (101, NULL, 2, 'triage', 'Claimed.', 'system', 1, NULL, 0, NULL, NULL, 63),
    (101, 102, NULL, 'general', 'Hello', 'text', 0, NULL, 0, NULL, NULL, 64);
