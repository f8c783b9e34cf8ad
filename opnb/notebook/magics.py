"""`%%op` on top of a cell, `%op` on a line: parse what they say, and do it."""

from __future__ import annotations

from argparse import SUPPRESS, Namespace
from typing import Any

import pandas as pd
from IPython.core.magic import Magics, magics_class

from opnb.definitions.job import JobDefinition
from opnb.event_log.log import EventLog
from opnb.event_log.reading.op_graph import OpGraph
from opnb.event_log.reading.run_diff import RunDiff
from opnb.event_log.reading.shown_frames import OpsFrame, PlanFrame
from opnb.event_log.reading.tail import Tail
from opnb.event_log.reading.timeline import RunTimeline
from opnb.explorer.explorer import Explorer, explore
from opnb.model.errors import CellError, OpnbError, did_you_mean
from opnb.notebook.arguments import (
    AWAITED,
    Option,
    cell_magic_of,
    line_magic_of,
    option,
    options_of,
    pairs_of,
    parse_line,
)
from opnb.notebook.book import book_of
from opnb.notebook.cell import OpCell, explain
from opnb.notebook.define import CellOptions, policy_of
from opnb.notebook.directive import (
    directives_of,
    is_directive,
    parse_cell_line,
    respell,
)
from opnb.notebook.filters import (
    fields_of,
    filters_of,
    refuse_more_words,
    refuse_unknown_options,
    refuse_word,
)
from opnb.notebook.job import notebook_job
from opnb.notebook.lineage import graph_of
from opnb.notebook.plan import PlannedOp, Planner, ops_frame, plan_frame
from opnb.notebook.rerun import Rerun
from opnb.notebook.source import locate_body
from opnb.notebook.staleness import stale_ops
from opnb.notebook.traceback import render_whole
from opnb.notebook.verbs import diff_of, inputs_of, memo_verb
from opnb.session import Session, current_session

VERBS = (
    "asset",
    "assets",
    "checks",
    "diff",
    "events",
    "explore",
    "graph",
    "inputs",
    "job",
    "last",
    "log",
    "memo",
    "metadata",
    "plan",
    "run",
    "runs",
    "tail",
    "tb",
    "timeline",
)

# How many entries the first `%op tail` shows.
_LAST_AT_FIRST = 10

CELL_OPTIONS = (
    option("name", nargs="?", help="The op's name; a cell that is one def needs none."),
    option(
        "--in",
        dest="ins",
        nargs="+",
        action="extend",
        metavar="NAME[=OP.OUTPUT]",
        help="An input by hand: a name of the notebook, or a=raw.orders to bind one.",
    ),
    option(
        "--out",
        dest="outs",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="The outputs by name; otherwise the names that the body assigns.",
    ),
    option("--no-infer", action="store_true", help="Take no inputs but those of --in."),
    option("--no-run", action="store_true", help="Register the op, do not run it."),
    option(
        "--config",
        metavar="NAME|JSON",
        help="The op's config: a name of the notebook, or JSON in quotes.",
    ),
    option("--partition", metavar="KEY", help="What context.partition_key gives."),
    option(
        "--tag",
        dest="tags",
        nargs="+",
        action="extend",
        metavar="KEY=VALUE",
        help="Tags of the op and of the run.",
    ),
    option("--retries", type=int, metavar="N", help="Try up to N times again."),
    option("--delay", type=float, metavar="SECONDS", help="Wait before each retry."),
    option("--backoff", choices=["linear", "exponential"], help="How the delay grows."),
    option(
        "--jitter", choices=["full", "plus-minus"], help="How chance moves the delay."
    ),
    option(
        "--memo",
        action="store_true",
        help="Put the last outputs out again while code and inputs stay the same.",
    ),
)


def _filter(name: str, metavar: str, what: str) -> Option:
    """Describe an option of the line magic that takes one value or several."""
    return option(name, nargs="+", metavar=metavar, help=what)


LINE_OPTIONS = (
    option(
        "verb",
        nargs="?",
        metavar="VERB",
        help=f"One of {', '.join(VERBS)}; none lists.",
    ),
    option(
        "what",
        nargs="?",
        help="The op of last, graph, inputs or diff, the key of asset, the URL of log, "
        "the name of a job; of run and plan a selection: clean, +report, orders+.",
    ),
    option("more", nargs="*", help="More selections; ops of a job, or of memo clear."),
    option(
        "--stale",
        action="store_const",
        const=True,
        help="run, plan: what is not up to date.",
    ),
    option("--all", action="store_const", const=True, help="run, plan: all ops."),
    option(AWAITED, action="store_const", const=True, help=SUPPRESS),
    _filter("--run", "ID", "Of these runs; the first characters do."),
    _filter("--op", "NAME", "Of these ops."),
    _filter("--job", "NAME", "runs: of these jobs, or ops run on their own."),
    _filter("--type", "TYPE", "Of these event types."),
    _filter("--asset", "KEY", "About these assets."),
    _filter("--partition", "KEY", "About these partitions."),
    _filter(
        "--label", "LABEL", "Of a check, an input, an output; metadata: a value's."
    ),
    _filter("--event", "LABEL", "metadata: of this check or output."),
    _filter("--kind", "KIND", "metadata: of these kinds, such as int or table."),
    _filter("--status", "STATUS", "runs: that stand so, such as FAILURE."),
    option("--failing", action="store_const", const=True, help="checks: failed last."),
    option("--level", metavar="LEVEL", help="From this log level on."),
    option(
        "--since", metavar="TIME", help="From then on: 2d, 12h, 30m or an ISO time."
    ),
    option("--until", metavar="TIME", help="Before then, given likewise."),
    option("--limit", type=int, metavar="N", help="At the most, newest first."),
    option("--order", metavar="ORDER", help="oldest or newest first."),
    option("--forget", action="store_const", const=True, help="inputs: let them go."),
    option("--duration", action="store_const", const=True, help="diff: also how long."),
    option("--last", type=int, metavar="N", help="tail: so many at first (10)."),
)


@magics_class
class OpMagics(Magics):  # type: ignore[misc]  # IPython is not read for types
    """The magics of opnb."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.raw_cell: str | None = None
        self.last_cell: OpCell | None = None
        self.awaited_body: str | None = None  # the cell that was given an `await`
        self.tails: dict[str, tuple[EventLog, Tail]] = {}

    def note_cell(self, info: Any) -> None:
        """Remember the text of the cell that is about to run."""
        self.raw_cell = info.raw_cell
        book = book_of(self.session)
        book.begin_cell(getattr(info, "cell_id", None))
        if isinstance(info.raw_cell, str):
            book.texts.append(info.raw_cell)

    def end_cell(self, result: Any) -> None:
        """Forget what the cell defined before; let cards say which ops are stale."""
        book, session, ns = book_of(self.session), self.session, self.shell.user_ns
        # One that fails may have done so before it defined its op anew.
        if result.success or book.has_defined():
            for name in book.outdated():
                book.forget(name)
                session.ops.forget(name)
        book.cards.tell_anew(lambda: stale_ops(book, session, ns))

    @property
    def session(self) -> Session:
        """The session of this kernel."""
        return current_session()

    @cell_magic_of("op", CELL_OPTIONS)
    def op_cell(self, line: str, cell: str) -> Any:
        """Run the cell as an op: recorded, with inputs, outputs, checks and a card.

        The cell runs as it would without the line. Beyond that it may yield or log
        events (`yield ExpectationResult(...)`, `context.log_event(...)`), raise
        `Failure` or `RetryRequested`, and use `context`.

        Outputs are what it yields as `Output`, else `--out`, else the names that it
        assigns, else its last value. Inputs are the names that it reads and that an
        earlier op put out.

            %%op clean
            tidy = orders.dropna()
            yield ExpectationResult(len(tidy) > 0, "has rows")
            yield AssetMaterialization("orders", metadata={"rows": len(tidy)})

        With `--memo` the outputs of an earlier run are put out again as long as the
        cell, its inputs, what else it reads in the notebook, and the files that it
        names are the same. The body then does not run: what it prints, plots and
        changes elsewhere does not come again. What it takes from the network, the
        environment, the clock or by chance is not looked at.

        The same as plain Python, each option on a line of its own:

            #| op: clean
            #| retries: 3
            tidy = orders.dropna()
        """
        cell_of_op: OpCell | None = None
        try:
            directives = directives_of(line)
            given = parse_cell_line(self.op_cell, line, cell, directives)
            source = locate_body(self.shell, self.raw_cell, cell, directives)
            options = _cell_options(given)
            cell_of_op = OpCell(self.shell, self.session, options, cell, source)
            return cell_of_op.run(awaited=cell == self.awaited_body)
        except OpnbError as error:
            if cell_of_op is None or cell_of_op.error is not error:
                if is_directive(line):
                    respell(error)
                explain(error)
            raise
        finally:
            # Last of all, as a cell's body may run cells itself.
            self.last_cell = cell_of_op or self.last_cell

    @line_magic_of("op", LINE_OPTIONS)
    def op_line(self, line: str) -> Any:
        """Look at what ops did.

            %op                  the ops of this session: how they ended last, and
                                 which are stale, and why
            %op last clean       the card of the last run
            %op graph [clean]    which op took what from which; of one, or of an asset
            %op plan +report     what `%op run +report` would run, in order, and why
            %op run +report      run the cells of report and of all it is made from;
                                 orders+ all made from orders; 1+report one level;
                                 --stale what is not up to date; --all
            %op job nightly      the cells' ops as a job: `nightly.execute_in_process()`
            %op inputs clean     what went into its last run, held after a failure
            %op diff clean       what changed between its last two runs
            %op memo [clear]     what `%%op --memo` keeps; clear removes it
            %op tb               the whole traceback of the last op, which failed
            %op events --op clean --type ASSET_MATERIALIZATION --since 2d
            %op metadata --label rows --asset orders
            %op runs --status FAILURE --limit 10
            %op checks --failing
            %op assets           the catalog
            %op asset orders     the history of an asset
            %op timeline [RUN]   the steps of the last run, or of an op's or job's last
            %op explore          look through the log by filters, pages and clicks
            %op tail             what is new in the log since the last `%op tail`
            %op log [URL]        where the log is, or another one from now on

        Frames come back as DataFrames: `frame = %op events`.
        """
        try:
            words = line.split()
            if words and words[0] in VERBS:
                options = [*options_of(self.op_line), AWAITED]
                refuse_unknown_options(words, options)
            given = parse_line(self.op_line, line)
            if given.verb is None:
                return self._ops()
            if given.verb not in VERBS:
                raise _unknown_verb(given.verb, self.session)
            filters_of(given)
            refuse_more_words(given)
            return getattr(self, f"_{given.verb}")(given)
        except OpnbError as error:
            if self.last_cell is None or self.last_cell.error is not error:
                explain(error)
            raise

    def _ops(self) -> OpsFrame:
        return ops_frame(Planner(self.session, self.shell.user_ns), self.session)

    def _asset(self, given: Namespace) -> Any:
        log = self.session.log
        keys = [key.to_user_string() for key in log.asset_keys()]
        if given.what is None:
            raise CellError(
                "`%op asset` needs the key of an asset.", hint=did_you_mean("", keys)
            )
        history = log.asset(given.what, **filters_of(given))
        if not len(history) and history.key not in log.asset_keys():
            raise CellError(
                f"The log has no asset {given.what!r}.",
                hint=did_you_mean(given.what, keys),
            )
        return history

    def _read(self, given: Namespace) -> pd.DataFrame:
        """Return one of the log's tables; the verb is the method's name."""
        refuse_word(given)
        filters = filters_of(given)
        if "limit" in filters:
            filters.setdefault("order", "newest")
        frame: pd.DataFrame = getattr(self.session.log, given.verb)(**filters)
        return frame

    _assets = _checks = _events = _metadata = _runs = _read

    def _tail(self, given: Namespace) -> pd.DataFrame:
        refuse_word(given)
        filters = {"last": _LAST_AT_FIRST, **filters_of(given)}
        # Each line of its own goes on where it was, as long as the log is the same.
        asked, log = repr(filters), self.session.log
        if asked not in self.tails or self.tails[asked][0] is not log:
            self.tails[asked] = (log, log.tail(**filters))
        return self.tails[asked][1].read()

    def _graph(self, given: Namespace) -> OpGraph:
        return graph_of(self.session, self.shell.user_ns, given.what)

    def _planned(self, given: Namespace) -> list[PlannedOp]:
        selection = [] if given.what is None else [given.what, *given.more]
        planner = Planner(self.session, self.shell.user_ns)
        return planner.plan(selection, stale=bool(given.stale), every=bool(given.all))

    def _plan(self, given: Namespace) -> PlanFrame:
        return plan_frame(self._planned(given))

    def _run(self, given: Namespace) -> Any:
        planned = self._planned(given)
        rerun = Rerun(self, planned, only_stale=bool(given.stale))
        return rerun.run_async() if given.awaited else rerun.run()

    def _job(self, given: Namespace) -> JobDefinition:
        if given.what is None:
            raise CellError(
                "`%op job` needs a name for the job.", hint="`%op job nightly`."
            )
        job = notebook_job(given.what, given.more or None)
        self.shell.user_ns[given.what] = job
        return job

    def _explore(self, given: Namespace) -> Explorer:
        refuse_word(given)
        return explore(**fields_of(given))

    def _last(self, given: Namespace) -> Any:
        if given.what is None:
            raise CellError(
                "`%op last` needs the name of an op.",
                hint=did_you_mean("", self.session.ops),
            )
        summary = self.session.log.last_run(given.what)
        if summary is None:
            known = {*self.session.ops, *self.session.log.last_statuses()}
            raise CellError(
                f"The log has no run of an op {given.what!r}.",
                hint=did_you_mean(given.what, sorted(known)),
            )
        return summary

    def _inputs(self, given: Namespace) -> Any:
        return inputs_of(self.session, given.what, given.forget)

    def _diff(self, given: Namespace) -> RunDiff:
        return diff_of(self.session, given.what, given.run, given.duration)

    def _memo(self, given: Namespace) -> Any:
        return memo_verb(self.session, given.what, given.more)

    def _timeline(self, given: Namespace) -> RunTimeline:
        return self.session.log.timeline(given.what)

    def _log(self, given: Namespace) -> Any:
        return (
            self.session.log if given.what is None else self.session.use_log(given.what)
        )

    def _tb(self, given: Namespace) -> None:
        del given
        error = self.last_cell.error if self.last_cell is not None else None
        if error is None:
            raise CellError(
                "The last op that ran did not fail.",
                hint="A traceback is held until the next op runs: run the cell again.",
            )
        print("\n".join(render_whole(self.shell, error)))  # noqa: T201 - asked for


def _cell_options(given: Namespace) -> CellOptions:
    return CellOptions(
        given.name,
        pairs_of(given.ins, "--in"),
        None if given.outs is None else tuple(given.outs),
        not given.no_infer,
        not given.no_run,
        given.config,
        given.partition,
        pairs_of(given.tags, "--tag"),
        policy_of(given.retries, given.delay, given.backoff, given.jitter),
        given.memo,
    )


def _unknown_verb(verb: str, session: Session) -> CellError:
    if verb in session.ops:
        return CellError(
            f"`%op {verb}` says nothing to do.",
            hint=f"`%op last {verb}` shows its last run; `%%op {verb}` (two %) on top "
            "of a cell defines it.",
        )
    return CellError(f"There is no `%op {verb}`.", hint=did_you_mean(verb, VERBS))
