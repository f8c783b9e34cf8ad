"""Where executed notebooks go, and reports: looked at before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opnb.model.errors import CheckError

EXECUTED: Final = "executed"
_SUFFIX: Final = ".ipynb"


def executed_paths(notebooks: Sequence[str], output: str | None) -> list[Path]:
    """Return where each notebook is to be written once it has run.

    Args:
        notebooks: As they were named.
        output: A folder, or a file for one notebook; else the folder `executed`, in
            which notebooks keep the folders they were named with.

    Raises:
        CheckError: Two would be the same file, or one would replace its notebook.
    """
    if output is not None and output.endswith(_SUFFIX):
        if len(notebooks) > 1:
            raise CheckError(
                f"--output {output!r} is one file, and there are {len(notebooks)} "
                "notebooks.",
                hint="Name a folder: --output executed.",
            )
        paths = [Path(output)]
    else:
        folder = Path(EXECUTED if output is None else output)
        paths = _apart([folder / _below(Path(name)) for name in notebooks])
    for name, path in zip(notebooks, paths, strict=True):
        if path.resolve() == Path(name).resolve():
            raise CheckError(
                f"The executed notebook would replace {name!r}.",
                hint="Name another folder or file: --output executed.",
            )
    return paths


def _below(path: Path) -> Path:
    """Return the path with its folders, or its name alone if it leads elsewhere."""
    if path.is_absolute() or ".." in path.parts:
        return Path(path.name)
    return path


def _apart(paths: Sequence[Path]) -> list[Path]:
    """Return the paths, each one once: `a.ipynb`, `a-2.ipynb`."""
    taken: set[Path] = set()
    apart = []
    for path in paths:
        free, count = path, 1
        while free in taken:
            count += 1
            free = path.with_stem(f"{path.stem}-{count}")
        taken.add(free)
        apart.append(free)
    return apart


def make_folders(paths: Sequence[Path], *, own: bool) -> None:
    """Make the folders that files are to be written to.

    Args:
        paths: The files.
        own: Whether the folder for executed notebooks is ours: git then ignores it.

    Raises:
        CheckError: One cannot be made.
    """
    ours = Path(EXECUTED)
    is_new = own and not ours.exists()
    for path in paths:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _not_written(path, error) from error
    if is_new and ours.is_dir():
        write(ours / ".gitignore", "*\n")


def write(path: Path, text: str) -> None:
    """Write a file.

    Raises:
        CheckError: It cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> CheckError:
    return CheckError(
        f"{str(path)!r} cannot be written: {error.strerror}.",
        hint="Name a place where you may write.",
    )
