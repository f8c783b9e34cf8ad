"""JUnit XML holds a case for each check, as Jenkins and GitLab read it."""

from pathlib import Path
from xml.etree import ElementTree as ET

import hostile
import pytest
import xmlschema
from gate_notebooks import card, code, executed

from opnb import ExpectationResult, Output, op
from opnb.gate.junit import junit_xml
from opnb.gate.outcome import Case, NotebookVerdict, Outcome, Place, Stop
from opnb.gate.verdict import judge_notebook

SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "junit-10.xsd")
PLACE = Place(3, 2, 4, "clean")


def case(outcome, name="shop/orders::no gaps", **options):
    return Case(name, outcome, PLACE, options.pop("kind", "error"), **options)


def suites(*verdicts):
    text = junit_xml(verdicts)
    SCHEMA.validate(text)
    return ET.fromstring(text)  # noqa: S314 - our own


def test_an_example_that_is_wrong_is_found_by_the_schema():
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        SCHEMA.validate("<testsuites><testsuite name='a'/></testsuites>")
    with pytest.raises(xmlschema.XMLSchemaValidationError):
        SCHEMA.validate(
            "<testsuite name='a' tests='1' failures='0' errors='0'>"
            "<testcase name='b'><properties/></testcase></testsuite>"
        )


@pytest.mark.parametrize(
    ("outcome", "element", "counts"),
    [
        (Outcome.PASSED, None, (0, 0, 0)),
        (Outcome.UNKNOWN, None, (0, 0, 0)),
        (Outcome.FAILED, "failure", (1, 0, 0)),
        (Outcome.RAISED, "error", (0, 1, 0)),
        (Outcome.WARNED, "system-out", (0, 0, 0)),
        (Outcome.KNOWN, "skipped", (0, 0, 1)),
        (Outcome.EXPECTED, "skipped", (0, 0, 1)),
    ],
)
def test_each_outcome_has_its_element(outcome, element, counts):
    told = case(outcome, message="older than a day", details="rows 3")
    root = suites(NotebookVerdict("nb/orders.ipynb", (told,), seconds=1234.5678))
    (suite,) = root
    (testcase,) = suite

    assert testcase.attrib == {
        "name": "shop/orders::no gaps",
        "classname": "nb.orders",
    }
    assert [child.tag for child in testcase] == ([element] if element else [])
    names = ("failures", "errors", "skipped")
    assert tuple(int(suite.get(name)) for name in names) == counts
    assert (suite.get("tests"), suite.get("time")) == ("1", "1234.568")
    if element:
        text = testcase[0].text
        assert "cell 2, line 4: error: older than a day" in text
        assert "op clean\nrows 3" in text


def test_a_notebook_without_checks_has_one_case():
    (suite,) = suites(NotebookVerdict("a.ipynb"))

    assert [testcase.get("name") for testcase in suite] == ["runs to its end"]


def test_a_notebook_that_stopped_has_an_error_beside_its_checks():
    stop = Stop("dead kernel", "The kernel died in cell 3.", "Was there memory?", 5)
    (suite,) = suites(NotebookVerdict("a.ipynb", (case(Outcome.PASSED),), stop))

    assert (suite.get("tests"), suite.get("errors")) == ("2", "1")
    assert suite[1][0].get("message") == "The kernel died in cell 3."


def test_500_checks_of_a_notebook_are_500_cases():
    @op
    def many():
        for number in range(500):
            yield ExpectationResult(
                number % 5 > 0, f"check {number}", metadata={"rows": number, "of": 1e6}
            )
        yield Output(1)

    verdict = judge_notebook("a.ipynb", executed(code("x", card(many))))
    (suite,) = suites(verdict)

    names = {testcase.get("name") for testcase in suite}
    assert names == {f"many::check {number}" for number in range(500)}
    assert suite.get("failures") == "100"


@pytest.mark.parametrize("text", hostile.PAYLOADS.values(), ids=hostile.PAYLOADS)
def test_any_text_can_be_told(text):
    told = case(
        Outcome.FAILED, name=f"a::{text}", kind=text, message=text, details=text
    )

    (suite,) = suites(NotebookVerdict(text or "a", (told,), Stop(text, text, text)))

    assert suite.get("tests") == "2"
