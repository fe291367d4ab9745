"""Moving a task by buttons of its card and by menus of the board; both outlive a restart."""
