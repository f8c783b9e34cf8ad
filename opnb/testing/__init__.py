"""Checks of what you draw yourself: it reads everywhere, it is always the same.

>>> from opnb.testing import assert_portable, assert_stable
>>> assert_portable("<p>342 rows, <b>2 dropped</b></p>")
>>> assert_stable(lambda: "<p>342 rows</p>")
"""

from opnb.testing.portable import assert_portable
from opnb.testing.stable import assert_stable

__all__ = ["assert_portable", "assert_stable"]
