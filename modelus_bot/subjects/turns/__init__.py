"""The clock of the simulation: a turn is one month of it, and brings income, interest and instalments."""
