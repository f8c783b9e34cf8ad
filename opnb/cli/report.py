"""`opnb report`: what a log tells, as one HTML page."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from inspect import cleandoc
from pathlib import Path

from opnb.cli.log_meant import add_log_option, log_meant
from opnb.cli.words import counted, sized
from opnb.event_log.care.database import bring_up_if_writable, open_to_read
from opnb.event_log.care.new_file import NewFile, unavailable
from opnb.model.errors import CheckError

_DEFAULT = "report.html"
_SUFFIXES = (".html", ".htm")


def configure(parser: ArgumentParser) -> None:
    """Write what a log tells as one HTML page that stands alone.

    It shows the catalog, how the numbers of each asset went, how each check came out
    over time and why it failed last, and the last runs. It needs no network and no
    script, so it can be mailed, or kept beside a build.
    """
    parser.description = cleandoc(configure.__doc__ or "")
    add_log_option(parser)
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        default=_DEFAULT,
        help=f"where to; {_DEFAULT} if not given",
    )
    parser.add_argument(
        "--since",
        metavar="TIME",
        help="tell of what came from then on: 30d, 12h, 2026-01-31T09:00Z",
    )
    parser.add_argument(
        "--asset",
        metavar="KEY",
        action="append",
        default=[],
        help="tell of this asset alone, and of the checks and runs of its op; may be "
        "given again for others",
    )
    parser.add_argument("--title", metavar="TEXT", help="the page's title")
    parser.add_argument(
        "--overwrite", action="store_true", help="write over a file that is there"
    )
    parser.set_defaults(command=run)


def run(given: Namespace) -> None:
    """Write the page."""
    from opnb.display.report import TITLE, render_report  # noqa: PLC0415 - it draws
    from opnb.event_log.care.standing_log import StandingLog  # noqa: PLC0415 - pandas
    from opnb.event_log.reading.report import read_report  # noqa: PLC0415 - likewise

    path = _path(given.output)
    new = NewFile(path, overwrite=given.overwrite)
    address = log_meant(given)
    bring_up_if_writable(address)
    with open_to_read(address) as database:
        report = read_report(
            StandingLog(database),
            database.shown,
            datetime.now(UTC),
            since=given.since,
            assets=given.asset,
        )
        page = render_report(report, given.title or TITLE)
    size = _write(new, page)
    told = (
        f"{counted(len(report.catalog), 'asset')}, "
        f"{counted(len(report.all_checks), 'check')}, "
        f"{counted(len(report.runs), 'run')}"
    )
    print(f"{path}: {told}; {sized(size)}.")  # noqa: T201 - its output


def _path(name: str) -> Path:
    path = Path(name).expanduser()
    if path.suffix.lower() not in _SUFFIXES:
        raise CheckError(
            f"{name!r} is no name for an HTML page.",
            hint=f"It ends in .html: -o {path.stem or 'report'}.html",
        )
    return path


def _write(new: NewFile, page: str) -> int:
    """Write the page; return how many bytes it has."""
    content = f"{page}\n".encode("utf-8", "backslashreplace")
    try:
        new.partial.write_bytes(content)
        new.finish()
    except OSError as error:
        new.abandon()
        raise unavailable(new.partial, "written", error) from error
    return len(content)
