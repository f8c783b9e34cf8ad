"""Databases that keep a log, and the spool that holds what they have yet to get."""
