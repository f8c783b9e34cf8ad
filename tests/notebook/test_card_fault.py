"""What cannot be drawn costs the drawing, in a real kernel: never the user's result."""

import pytest

pytestmark = pytest.mark.kernel

UNDRAWABLE = """\
from opnb import MetadataValue
from opnb.model.metadata import JsonMetadataValue
class Undrawable(JsonMetadataValue):
    __slots__ = ()
    kind = "a kind that nobody knows"
    value = property(lambda self: 1 / 0)
"""


def test_a_fault_of_the_card_is_one_line_and_the_cell_goes_on(kernel):
    kernel.run(UNDRAWABLE)

    reply = kernel.run(
        "%%op clean\nn = 7\n"
        "yield AssetMaterialization('orders', metadata={'x': Undrawable({})})"
    )

    assert reply.status == "ok"
    # Not even the text of such a card can be drawn: what it is of is told by its name.
    fault = "(not drawn: ZeroDivisionError('division by zero'))"
    assert reply.outputs == [("display_data", f"RunSummary('clean', SUCCESS)\n{fault}")]
    assert kernel.run("n").outputs == [("execute_result", "7")]
