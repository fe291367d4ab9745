"""Blocs of nations: one leads, others are invited and accept, and a nation is in two at most.

    invited ──accept──▶ member ◀──▶ leader (transfer)
       ├─decline, fourteen days, taken back ──▶ (no row)
    member, leader ──leave──▶ (no row); kick ──▶ (no row)

When the leader leaves, the member of longest standing leads; when the last one leaves, the bloc is disbanded:
its row stays, its name is free. What invitations and memberships were is in the audit log. A nation that is
archived leaves its blocs. ``writes.membership`` is the one place that changes who belongs to a bloc.
"""
