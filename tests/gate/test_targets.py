"""Executed notebooks go where they replace nothing."""

from pathlib import Path

import pytest

from opnb import CheckError
from opnb.gate.targets import executed_paths, make_folders


@pytest.mark.parametrize(
    ("notebooks", "output", "paths"),
    [
        (["a.ipynb"], None, ["executed/a.ipynb"]),
        (["nb/a.ipynb", "b.ipynb"], None, ["executed/nb/a.ipynb", "executed/b.ipynb"]),
        (["../a.ipynb", "/x/b.ipynb"], "out", ["out/a.ipynb", "out/b.ipynb"]),
        (["/x/a.ipynb", "/y/a.ipynb"], "out", ["out/a.ipynb", "out/a-2.ipynb"]),
        (["a.ipynb"], "night.ipynb", ["night.ipynb"]),
    ],
)
def test_where_they_go(notebooks, output, paths):
    assert executed_paths(notebooks, output) == [Path(path) for path in paths]


@pytest.mark.parametrize(
    ("notebooks", "output", "message"),
    [
        (["a.ipynb", "b.ipynb"], "c.ipynb", "is one file, and there are 2"),
        (["a.ipynb"], "a.ipynb", "would replace 'a.ipynb'"),
        (["a.ipynb"], ".", "would replace 'a.ipynb'"),
    ],
)
def test_what_cannot_be_is_refused(notebooks, output, message):
    with pytest.raises(CheckError, match=message):
        executed_paths(notebooks, output)


def test_the_folder_that_is_ours_ignores_itself_in_git_and_one_that_is_there_not():
    make_folders([Path("executed/nb/a.ipynb")], own=True)
    assert Path("executed/.gitignore").read_text() == "*\n"

    Path("executed/.gitignore").unlink()
    make_folders([Path("executed/a.ipynb"), Path("out/a.ipynb")], own=True)
    assert not Path("executed/.gitignore").exists()
    assert Path("out").is_dir()


def test_a_folder_that_cannot_be_made_is_told_of():
    Path("file").touch()

    with pytest.raises(CheckError, match="cannot be written: "):
        make_folders([Path("file/a.ipynb")], own=False)
