"""Tasks as those who ask may see them: one, lists, the board, and the work of a sprint."""
