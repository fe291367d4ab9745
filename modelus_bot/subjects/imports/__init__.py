"""What taking rows in from another program needs, whatever program that is.

``rules.cells`` takes values as what they should be, ``rules.portions`` makes portions of mended rows,
``writes.memory`` notes in the audit log which row became which, ``model.outcome`` counts what became of each.
"""
