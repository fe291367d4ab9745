"""Moving in from AI Scrum Master: its people, tasks, notifications, messages and triage items.

``rules.reading`` turns files into ``model.source``, ``rules.mending`` makes ``model.rows`` of it (pure);
``writes.importing`` takes them in, some at a time, and notes in the audit log which row became which, so that
no row is taken in twice, whatever became of it here since.
"""
