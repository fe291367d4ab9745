"""What happens when the file is damaged, moved, deleted or to be replaced: one newest good state wins."""
