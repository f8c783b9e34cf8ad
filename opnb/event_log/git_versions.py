"""The committed versions of a file, read by the `git` program."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from opnb.model.checks import shorten
from opnb.model.errors import LogUnavailableError

_SETTINGS = ("log.showRoot=true", "diff.renames=true", "log.follow=false")
_RAW = "\n:"  # a line of what a commit did to a file


class Version(NamedTuple):
    """A file as one commit left it.

    Args:
        commit: The commit's whole hash.
        content: The file.
    """

    commit: str
    content: bytes


def read_versions(path: Path) -> Iterator[Version]:
    """Return the committed versions of a file, oldest first, also by earlier names.

    Raises:
        LogUnavailableError: There is no git, no repository, or no commit of the file.
    """
    git = shutil.which("git")
    if git is None:
        raise LogUnavailableError(
            "The history of a file is read by git, which is not there.",
            hint="Install git, or read the file without history=True.",
        )
    program = [git, "-C", str(path.parent)]
    blobs = _blobs(program, path)
    if not blobs:
        raise LogUnavailableError(
            f"{shorten(str(path))} is in no commit.",
            hint="`git add` and `git commit` it, or read it without history=True.",
        )
    return _contents(program, blobs)


def _blobs(program: list[str], path: Path) -> list[tuple[str, str]]:
    """Return the commits that changed a file, oldest first, each with what it left."""
    settings = [word for each in _SETTINGS for word in ("-c", each)]
    done = subprocess.run(  # noqa: S603 - the file's name is no option
        [
            *program,
            *settings,
            "log",
            "--follow",
            "--raw",
            "--no-abbrev",
            "--no-ext-diff",
            "--format=%H",
            "-z",
            "--",
            path.name,
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        raise LogUnavailableError(
            f"git cannot tell the history of {shorten(str(path))}: "
            f"{reason[0] if reason else f'it ended with {done.returncode}'}.",
            hint="Read the file without history=True.",
        )
    return list(_parsed(done.stdout.decode(errors="surrogateescape").split("\0")))[::-1]


def _parsed(words: list[str]) -> Iterator[tuple[str, str]]:
    """Read what git tells: commits, and each followed by `:modes blobs kind`, names."""
    commit = ""
    for place, word in enumerate(words):
        if word.startswith(_RAW):
            _, _, _, blob, _ = word[len(_RAW) :].split(" ")
            if blob.strip("0"):  # else the commit deleted it
                yield commit, blob
        elif place + 1 < len(words) and words[place + 1].startswith(_RAW):
            commit = word


def _contents(program: list[str], blobs: list[tuple[str, str]]) -> Iterator[Version]:
    with subprocess.Popen(  # noqa: S603 - as above
        [*program, "cat-file", "--batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        asked, told = process.stdin, process.stdout
        assert asked is not None  # noqa: S101 - it is a pipe
        assert told is not None  # noqa: S101 - likewise
        try:
            for commit, blob in blobs:
                asked.write(f"{blob}\n".encode())
                asked.flush()
                *_, size = told.readline().split() or [b""]
                if not size.isdigit():
                    raise LogUnavailableError(
                        f"git has not got what commit {commit[:12]} left.",
                        hint="The repository may be shallow: `git fetch --unshallow`.",
                    )
                yield Version(commit, told.read(int(size)))
                told.read(1)  # the end of its line
        finally:
            with suppress(OSError):
                asked.close()
