"""The command `opnb`; also `python -m opnb`."""

from opnb.cli.program import main

__all__ = ["main"]
