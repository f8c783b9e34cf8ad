"""Outputs of earlier runs, kept to be put out again when nothing has changed."""
