"""How a law is divided, cited, paged, and what changed between two of its texts. All pure."""
