"""On call: who is on duty now and next, setting somebody by hand, notes, and passing duty on by the clock.

What people read when duty passes on, or is about to, is written in ``assignments.writes.notices``.
"""
