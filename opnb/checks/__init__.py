"""Expectation results from what people have: conditions, the history, other engines."""
