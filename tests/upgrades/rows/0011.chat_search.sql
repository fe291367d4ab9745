INSERT INTO chat_messages(
    sender_id, recipient_id, triage_id, channel, message, message_type, is_internal, created_at
) VALUES
    (103, 101, 2, 'triage', 'Zoë found the receipt.', 'text', 0, 80),
    (101, 102, NULL, 'general', 'Nobody finds this.', 'text', 0, 81);
