"""Cards of tasks: one, what a change did, lists, the board, and the burndown in words."""
