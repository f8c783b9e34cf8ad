"""`opnb.testing` finds what does not read everywhere or is not always the same."""

import base64
import datetime as dt
import itertools
import locale
import os
import secrets
import time
import uuid
from pathlib import Path

import pytest

from opnb import MetadataValue, ParameterCheckError
from opnb.testing import assert_portable, assert_stable

_SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"></svg>').decode()
_BROKEN_SVG = base64.b64encode(b"<svg><g></svg>").decode()

PORTABLE = {
    "nothing": "",
    "text": "342 rows &lt; 344",
    "table": "<table><caption>Islands</caption><thead><tr><th scope='col'>island</th>"
    "</tr></thead><tbody><tr><td colspan='2'>Dream</td></tr></tbody></table>",
    "fold": "<details open><summary>Log</summary><pre>a\nb</pre></details>",
    "links": '<a href="https://x.org/a?b=1">x</a>, <a href="mailto:a@b.org">b</a>, '
    '<a href="02_metadata.ipynb">c</a>',
    "picture": f'<img src="data:image/svg+xml;base64,{_SVG}" alt="Rows: 3 to 5.">',
    "badge": '<b style="background-color:#1a7f37;color:#fff">✓ done</b>',
    "muted": '<span style="opacity:0.7">· 3 rows</span>',
    "variable": '<p style="background-color:var(--jp-x, rgba(127,127,127,0.1))">a</p>',
    "scrolling": '<div style="overflow:auto"><p style="width:2000px">a</p></div>',
    "title": '<b title="text">a</b> text',
    "apart": '<b style="margin-right:1em">a</b> <b>b</b>',
    "lines in pre": '<pre style="white-space:pre-wrap">a\nb</pre>',
}
UNPORTABLE = {
    "stylesheet": ("<style>b {color: red}</style>", "<style> does not stay"),
    "script": ("<script>1</script>", "<script> does not stay"),
    "inline svg": ("<svg></svg>", "<svg> does not stay"),
    "button": ("<button>go</button>", "<button> does not stay"),
    "iframe": ("<iframe></iframe>", "<iframe> does not stay"),
    "id": ('<b id="a">a</b>', "`id` of <b> does not stay"),
    "handler": ('<b onclick="x()">a</b>', "`onclick` of <b> does not stay"),
    "hidden": ("<b hidden>a</b>", "`hidden` of <b> does not stay"),
    "data attribute": ('<b data-a="1">a</b>', "`data-a` of <b> does not stay"),
    "javascript": ('<a href="java&#10;script:x">a</a>', "a link leads to 'java"),
    "file": ('<a href="file:///etc/passwd">a</a>', "a link leads to 'file:"),
    "other host": ('<a href="//x.org">a</a>', "a link leads to '//x.org'"),
    "anchor": ('<a href="#part">a</a>', "a link leads to '#part'"),
    "remote picture": ('<img src="https://x.org/a.png" alt="A">', "comes from 'https"),
    "mute picture": ('<img src="data:image/png;base64,aa==">', "has no `alt`"),
    "broken picture": (
        '<img src="data:image/png;base64,a" alt="A">',
        "cannot be read: ",
    ),
    "broken drawing": (
        f'<img src="data:image/svg+xml;base64,{_BROKEN_SVG}" alt="A">',
        "cannot be read: mismatched tag",
    ),
    "only a title": ('<b title="int64">a</b>', "only a `title` tells 'int64'"),
    "not displayed": ('<b style="display: none">a</b>', "hides what is within"),
    "no height": ('<b style="max-height:0px">a</b>', "hides what is within"),
    "cut": ('<b style="overflow:hidden">a</b>', "cuts text off"),
    "fixed": ('<b style="position:fixed">a</b>', "moves it over other things"),
    "away": ('<b style="margin-left:-99px">a</b>', "moves it over other things"),
    "turned": ('<b style="transform:none">a</b>', "moves it over other things"),
    "mirrored": ('<b style="direction:rtl">a</b>', "makes it read otherwise"),
    "upper case": ('<b style="text-transform:uppercase">a</b>', "read otherwise"),
    "remote ground": ('<b style="background:url(//x.org/a)">a</b>', "loads something"),
    "moving": ('<b style="animation:a 1s">a</b>', "is dropped from notebooks"),
    "variable": ('<b style="color:var(--jp-x)">a</b>', "leans on a variable"),
    "window": ('<b style="max-width:90vw">a</b>', "is measured by the window"),
    "tiny": ('<b style="font-size:6px">a</b>', "is no size to read"),
    "wide": ('<p style="width:900px">a</p>', "is wider than a narrow window"),
    "dark text": ('<b style="color:#333">a</b>', "1.5:1 on a dark page"),
    "light text": ('<b style="color:#ddd">a</b>', "1.4:1 on a white page"),
    "light ground": ('<b style="background:#fff">a</b>', "1.0:1 on a dark page"),
    "weak badge": ('<b style="background:#f90;color:#fff">a</b>', "2.1:1 on a white"),
    "faded": ('<b style="opacity:.3">a</b>', "on a white page"),
    "faded twice": (
        '<p style="opacity:.7"><b style="opacity:.7">a</b></p>',
        "on a white page",
    ),
    "unknown colour": ('<b style="color:hsl(0 0% 0%)">a</b>', "cannot be judged"),
    "lines": ('<p style="white-space:pre-line">a\nb</p>', "run together without"),
    "words": ('<b style="margin:0 1em">a</b><b>b</b>', "'a' and 'b' run together"),
    "flex": ('<div style="display:flex"><b>a</b><b>b</b></div>', "'a' and 'b' run"),
    "never closed": ("<p><b>a</p>", "</p> closes what is not open there"),
    "left open": ("<p>a", "<p> is never closed"),
}


@pytest.mark.parametrize("html", PORTABLE.values(), ids=PORTABLE)
def test_html_that_reads_everywhere_is_portable(html):
    assert_portable(html)


@pytest.mark.parametrize(("html", "fault"), UNPORTABLE.values(), ids=UNPORTABLE)
def test_html_that_does_not_read_everywhere_is_told_why(html, fault):
    with pytest.raises(AssertionError) as caught:
        assert_portable(html)

    assert fault in str(caught.value)


def test_each_fault_says_where_it_is_and_what_to_do():
    with pytest.raises(AssertionError) as caught:
        assert_portable("<ul><li><b id='a'>rows</b></li><li><b id='c'>x</b></li></ul>")

    assert str(caught.value).splitlines() == [
        "This HTML does not read the same everywhere.",
        "",
        "the attribute `id` of <b> does not stay everywhere (and 1 more)",
        "  in ul > li > b: 'rows'",
        "  Ids are dropped or renamed; links to them break.",
    ]


def test_a_hundred_faults_are_told_on_one_screen():
    with pytest.raises(AssertionError) as caught:
        assert_portable("".join(f'<b x{n}="">a</b> ' for n in range(100)))

    assert len(str(caught.value).splitlines()) < 30
    assert str(caught.value).endswith("… and 94 other faults")


def test_html_is_a_text():
    with pytest.raises(ParameterCheckError, match="'html' must be str"):
        assert_portable(MetadataValue.int(1))


# What is drawn below, at the top of a module, can be drawn by a new process, too.


def steady():
    return {"text/plain": "342 rows", "text/html": "<p>342 rows</p>"}


def hashed():
    return ", ".join({"Adelie", "Chinstrap", "Gentoo", "Emperor", "King", "Royal"})


def fails_elsewhere():
    if "PYTHONHASHSEED" in os.environ:
        raise LookupError("not here")
    return "here"


def in_a_folder():
    return f"<p>{Path.cwd()}</p>"


@pytest.mark.parametrize(
    "drawn",
    [
        "<p>342 rows</p>",
        {"text/plain": "342 rows"},
        ({"text/plain": "342 rows"}, {"opnb": {"start_time": time.time()}}),
        MetadataValue.int(342),
        {"application/json": {"rows": 342}},
        "colour #1790000000, 1,790,000,000 rows, version 1.1790000000",
    ],
    ids=["html", "bundle", "bundle and metadata", "value", "json", "numbers"],
)
def test_what_does_not_change_is_stable(drawn):
    assert_stable(lambda: drawn)


def test_a_function_of_a_module_is_called_in_new_processes_too(monkeypatch):
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    assert_stable(steady)

    with pytest.raises(
        AssertionError, match="differs in a new process with PYTHONHASH"
    ):
        assert_stable(hashed)
    with pytest.raises(AssertionError, match=r"(?s)fails in a new process.*not here"):
        assert_stable(fails_elsewhere)
    assert_stable(hashed, in_new_process=False)


def test_a_folder_is_not_the_same_in_a_new_process():
    with pytest.raises(AssertionError, match="differs in a new process"):
        assert_stable(in_a_folder)


def test_a_closure_cannot_be_drawn_by_a_new_process():
    with pytest.raises(ParameterCheckError, match="cannot find <function"):
        assert_stable(lambda: "", in_new_process=True)


counter = itertools.count()
AN_ID, NOW = str(uuid.uuid4()), int(time.time())
UNSTABLE = {
    "count": (lambda: f"run {next(counter)}", "differs in another time zone"),
    "chance": (lambda: secrets.token_hex(3), "from character"),
    "zone": (
        lambda: time.strftime("%H:%M", time.localtime(0)),
        "differs in another time zone",
    ),
    "forms": (
        lambda: {f"text/{next(counter)}": ""},
        "Other forms in another time zone and locale",
    ),
    "address": (lambda: repr(steady), "text/html holds an address: 0x"),
    "id": (lambda: AN_ID, "holds an id"),
    "today": (
        lambda: f"{dt.datetime.now(dt.UTC):%Y-%m-%d}",
        "holds a time of now",
    ),
    "seconds": (lambda: f"at {NOW}", "holds a time of now"),
    "folder": (lambda: f"{Path.cwd()}", "holds a path of this machine"),
    "home": (lambda: f"{Path.home() / 'x'}", "holds a path of this machine"),
    "within a drawing": (
        lambda: (
            "data:image/svg+xml;base64,"
            + base64.b64encode(str(Path.cwd()).encode()).decode()
        ),
        "holds a path of this machine",
    ),
}


@pytest.mark.parametrize(("draw", "fault"), UNSTABLE.values(), ids=UNSTABLE)
def test_what_changes_is_not_stable(draw, fault):
    with pytest.raises(AssertionError, match=fault):
        assert_stable(draw)


def test_the_difference_is_shown_with_what_is_around_it():
    with pytest.raises(AssertionError) as caught:
        assert_stable(lambda: f"<p>{'a' * 100} {next(counter)} rows</p>")

    first, at_first, then, hint = str(caught.value).splitlines()
    assert first.startswith("text/html differs in another time zone and locale, from ")
    assert at_first.startswith("  at first 'aaaa")
    assert " rows</p>" in then
    assert hint.startswith("Sort what has no order")


def test_zone_and_locale_are_put_back():
    before = os.environ.get("TZ"), time.tzname, locale.setlocale(locale.LC_ALL)

    with pytest.raises(AssertionError):
        assert_stable(lambda: f"run {next(counter)}")

    assert (
        os.environ.get("TZ"),
        time.tzname,
        locale.setlocale(locale.LC_ALL),
    ) == before


def test_something_that_is_not_drawn_is_refused():
    with pytest.raises(ParameterCheckError, match="must return something drawn, not 3"):
        assert_stable(lambda: 3)
