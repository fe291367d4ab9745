"""Work of the staff: tasks with people, days and risk, a board of them, and the sprint's burndown.

A day of tasks begins at 06:00 of the server's zone: then the daily check looks at every open one, and what
was due the day before is late. Each change looks at its own task by the same rules (``rules``).
"""
