"""Pure rules of nations: their figures and how these are written, names, governments, what may be undone."""
