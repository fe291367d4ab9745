"""One command, one table: this project's write path beside what people usually write."""
