"""Assignments: who holds which turn, materialised for the current sprint and the next six.

The effective holder of a turn is the replacement of its approved cover, else whoever was set by
hand, else the rotation's choice. Past rows are frozen. The current sprint's choice stays while that
person is still on the roster and available, so that an edit never takes somebody off duty by accident.

``rules`` rotates (pure), ``queries`` says who holds what, ``writes.rematerialising`` fills the horizon
after every change and says who moves, ``writes.notices`` what those are told.
"""
