"""What people are shown of nations: cards, comparisons, rankings, history, and what a change changed."""
