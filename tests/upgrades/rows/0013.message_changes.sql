UPDATE chat_messages SET message = 'We look into it now.', is_behind = 1 WHERE message = 'We look into it.';
