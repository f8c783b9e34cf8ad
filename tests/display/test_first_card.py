"""The first card of a process loads what it draws, and nothing else."""

import subprocess
import sys

import pytest

CODE = """
import sys
import opnb
from opnb.session import Session

@opnb.op
def load():
    yield opnb.AssetMaterialization("orders", metadata={metadata})
    yield opnb.Output(1)

Session("memory:").execute_op(load)._repr_mimebundle_()
print([name for name in {modules} if name in sys.modules])
"""
MODULES = [
    "opnb.display.engine",
    "opnb.display.frames",
    "opnb.display.image_view",
    "opnb.display.job_card",
    "opnb.display.json_tree",
    "opnb.display.table_view",
    "markdown",
    "pygments",
]


@pytest.mark.parametrize(
    ("metadata", "loaded"),
    [
        ('{"rows": 3}', []),
        ('{"j": [1]}', ["opnb.display.json_tree"]),
        ('{"m": opnb.MetadataValue.md("**bold**")}', ["markdown"]),
        ('{"m": opnb.MetadataValue.md("~~~\\na\\n~~~")}', ["markdown", "pygments"]),
    ],
    ids=["number", "json", "markdown", "fence"],
)
def test_a_card_loads_what_it_draws(metadata, loaded):
    code = CODE.format(metadata=metadata, modules=MODULES)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == str(["opnb.display.engine", *loaded])
