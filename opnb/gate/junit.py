"""JUnit XML: what Jenkins, GitLab and their like read of a run of tests.

A suite is a notebook, a case a check. It keeps to what Jenkins' schema (`junit-10.xsd`)
allows, which is the narrowest of them: no properties of a case, three decimals of time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from opnb.gate.outcome import FINE, Case, NotebookVerdict, Outcome

ENDED: Final = "runs to its end"
# What XML 1.0 cannot hold, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS: Final = {
    Outcome.FAILED: "failure",
    Outcome.RAISED: "error",
    Outcome.KNOWN: "skipped",
    Outcome.EXPECTED: "skipped",
}
_WHY_SKIPPED: Final = {
    Outcome.KNOWN: "known: the baseline accepts it",
    Outcome.EXPECTED: "expected: its cell is tagged raises-exception",
}


def junit_xml(verdicts: Sequence[NotebookVerdict]) -> str:
    """Return the verdicts as JUnit XML."""
    root = Element("testsuites", name="opnb")
    suites = [_suite(root, verdict) for verdict in verdicts]
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(root: Element, verdict: NotebookVerdict) -> Element:
    suite = SubElement(root, "testsuite", name=_legal(verdict.path))
    classname = _classname(verdict.path)
    for case in verdict.cases:
        _case(suite, classname, case)
    _end(suite, classname, verdict)
    for name, tag in (
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ):
        suite.set(name, str(sum(1 for _ in suite.iter(tag))))
    if verdict.seconds is not None:
        suite.set("time", f"{verdict.seconds:.3f}")
    return suite


def _case(suite: Element, classname: str, case: Case) -> None:
    element = SubElement(
        suite, "testcase", classname=classname, name=_legal(_one_line(case.name))
    )
    if case.outcome in FINE:
        return
    tag = _ELEMENTS.get(case.outcome)
    text = _legal("\n".join(_lines(case)))
    if tag is None:  # it failed, and does not count
        SubElement(element, "system-out").text = text
        return
    message = _WHY_SKIPPED.get(case.outcome, case.message)
    told = SubElement(element, tag, message=_legal(message), type=_legal(case.kind))
    told.text = text


def _lines(case: Case) -> Iterable[str]:
    yield f"{case.place}: {case.kind}: {case.message}"
    if case.place.op:
        yield f"op {case.place.op}"
    if case.details:
        yield case.details


def _end(suite: Element, classname: str, verdict: NotebookVerdict) -> None:
    """Add the case of a notebook that stopped, or that has no other."""
    stop = verdict.stop
    if stop is None and verdict.cases:
        return
    element = SubElement(suite, "testcase", classname=classname, name=ENDED)
    if stop is not None:
        told = SubElement(
            element, "error", message=_legal(stop.message), type=_legal(stop.kind)
        )
        told.text = _legal(f"{stop.message}\nHint: {stop.hint}")


def _classname(path: str) -> str:
    """Return a name with dots, by which readers make folders.

    >>> _classname("notebooks/night/orders.ipynb")
    'notebooks.night.orders'
    """
    pure = PurePath(path).with_suffix("")
    parts = [part.replace(".", "_") for part in pure.parts if part not in ("/", "..")]
    return _legal(".".join(parts) or path)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _legal(text: str) -> str:
    return _ILLEGAL.sub("�", text)
