"""How an op runs: a generator of entries, and what carries it out."""
