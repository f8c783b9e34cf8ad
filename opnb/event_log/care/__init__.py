"""What keeps a log well: looking after it, moving it, making it smaller."""
