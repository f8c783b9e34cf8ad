"""`opnb log export`: a log written to a file, or into another log."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from opnb.cli.log_meant import log_meant
from opnb.cli.progress import bar
from opnb.cli.words import counted
from opnb.event_log.address import shown_address
from opnb.event_log.care.transfer import STANDARD, export_log
from opnb.model.asset_key import AssetKey

_FILTERS = {
    "run": ("ID", "of runs whose id begins so"),
    "op": ("NAME", "of these ops"),
    "type": ("TYPE", "of these types, such as ASSET_MATERIALIZATION"),
    "asset": ("KEY", "about these assets: their keys, parts parted by /"),
}
_TIMES = {
    "since": "from then on: 2026-01-31T09:00Z, or 7d for the last seven days",
    "until": "before then",
}


def configure(parser: ArgumentParser) -> None:
    """Write the log, or some of its entries, to a file or into another log.

    FILE ends in .parquet or .jsonl, or is - for JSON Lines to standard output; the
    address of another log (sqlite:///PATH, a path that ends in .db, postgresql://...)
    copies into it. `opnb log import` makes equal entries of it again.
    """
    parser.add_argument("target", metavar="FILE|ADDRESS", help="where to")
    for name, (metavar, help_) in _FILTERS.items():
        parser.add_argument(
            f"--{name}", action="append", metavar=metavar, help=f"only entries {help_}"
        )
    for name, help_ in _TIMES.items():
        parser.add_argument(f"--{name}", metavar="TIME", help=f"only entries {help_}")
    parser.add_argument(
        "--overwrite", action="store_true", help="write over a file that is there"
    )
    parser.set_defaults(command=run)


def run(given: Namespace) -> None:
    """Write a log to somewhere else."""
    done = export_log(
        log_meant(given),
        given.target,
        _filters(given),
        overwrite=given.overwrite,
        progress=bar("exporting"),
    )
    known = ""
    if done.runs_known:
        known = f" {counted(done.runs_known, 'run')} it had already."
    # Standard output may be what was asked for.
    target = (
        "standard output" if given.target == STANDARD else shown_address(given.target)
    )
    sys.stderr.write(f"{counted(done.entries, 'entry')} to {target}.{known}\n")


def _filters(given: Namespace) -> dict[str, object]:
    filters = {name: getattr(given, name) for name in (*_FILTERS, *_TIMES)}
    filters = {name: value for name, value in filters.items() if value is not None}
    if "type" in filters:
        filters["event_type"] = filters.pop("type")
    if "asset" in filters:
        filters["asset"] = [AssetKey.of_event(key) for key in filters["asset"]]
    return filters
