"""What everything is said in: events, signals, metadata, entries, errors."""
