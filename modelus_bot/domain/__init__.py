"""What is stored and the rules for it, one module per subject; all SQL of a subject is in its module."""
