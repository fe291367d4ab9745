"""Covers: somebody else takes a turn, with a manager's approval.

    open ──take──▶ taken ──approve──▶ approved ──revoke──▶ revoked
     │  ◀──untake──┘ │ │
     │               │ └─decline, refuse──▶ declined
     ├─approve (a named replacement), decline, refuse
     └─withdraw──▶ withdrawn      end of the sprint──▶ expired

A request names a replacement or is an open call that anybody on the roster may take. The person who
approves is neither the requester nor the replacement. Repeating a request is the same row: it counts
the attempt, reopens what was declined, withdrawn, expired or revoked, and never un-approves. When its turn
begins and ends is decided in ``domain.calendar``.

``writes.requests`` asks, ``writes.steps`` has every step after that, ``writes.posted`` the messages that
show a request. ``buttons`` are pressed in channels and direct messages, ``enclosures`` go with notices.
"""
