INSERT INTO notifications(
    user_id, type, title, message, deliver_after, created_at, delivered_at, attempts, last_error, way, parcel, packed_at,
    held_from, due_at
) VALUES
    (101, 'oncall', 'Held by quiet hours', 'M', 900, 100, NULL, 0, NULL, NULL, NULL, NULL, 100, NULL),
    (101, 'oncall', 'Packed', 'M', 100, 100, NULL, 1, 'no answer', NULL, 3, 150, NULL, NULL),
    (101, 'oncall', 'For later', 'M', 500, 100, NULL, 0, NULL, NULL, NULL, NULL, NULL, 500),
    (102, 'cover', 'Closed', 'M', 100, 100, 200, 0, 'closed', 'closed', 5, 150, NULL, NULL),
    (102, 'cover', 'Given up', 'M', 100, 100, 300, 10, 'no answer', 'given_up', 6, 150, NULL, NULL);
