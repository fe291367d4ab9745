"""Reading and mending the files; pure but for reading them."""
