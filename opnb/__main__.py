"""`python -m opnb`, which is the command `opnb`."""

import sys

from opnb.cli import main

if __name__ == "__main__":
    sys.exit(main())
