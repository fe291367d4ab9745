"""The buttons of cover requests and under duty cards, and the messages they stand under."""
