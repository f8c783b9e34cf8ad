"""What an op is: its ports, types, config and retries."""
