"""What happens to items by the clock, and what Discord shows of them."""
