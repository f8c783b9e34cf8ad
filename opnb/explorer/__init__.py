"""Floor 6: looking through the log by clicking, and its twin that needs no kernel."""
