"""What happens by the clock: the loop that runs every job. The jobs themselves belong to their subjects."""
