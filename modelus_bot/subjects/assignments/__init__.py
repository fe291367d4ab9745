"""Assignments: who holds which turn, materialised for the current sprint and the next six.

``rules`` rotates (pure), ``queries`` says who holds what, ``writes.rematerialising`` fills the horizon
after every change and says who moves, ``writes.notices`` what those are told.
"""
