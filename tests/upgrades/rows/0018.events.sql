INSERT INTO events(
    id, kind, nation_id, user_id, headline, ref_table, ref_id, matter, was, at, channel_id, packed_at, refusal, fate, posted_message_id
) VALUES
    (1, 'nation.founded', 1, NULL, 'Texas was founded', 'nations', 1, NULL, NULL, 1, 7, NULL, NULL, 'posted', 8),
    (2, 'nation.leader', 1, 101, 'Texas has a new president', 'nations', 1, NULL, NULL, 2, 7, NULL, 'Missing Access', 'too_old', NULL),
    (3, 'law.enacted', 1, NULL, 'Texas enacted law 1: Water Act', 'laws', 1, NULL, NULL, 3, 7, 4, NULL, NULL, NULL),
    (4, 'nation.renamed', 1, NULL, 'Texas is called Tejas now', 'nations', 1, 'nation:1:name', 'Texas', 5, NULL, NULL, NULL, NULL, NULL);
