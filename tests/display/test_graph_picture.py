"""Boxes and links become an SVG that holds what it is given, and no more."""

import base64
import xml.etree.ElementTree as ET

import pytest

from opnb.display.graph_picture import MOST_BOXES, BoxView, LinkView, graph_picture

SVG = "{http://www.w3.org/2000/svg}"


def svg_of(picture):
    svg = base64.b64decode(picture.source.partition(",")[2])
    return ET.fromstring(svg)  # noqa: S314 - our own


def texts_of(picture):
    return [element.text for element in svg_of(picture).iter(f"{SVG}text")]


def test_a_box_shows_its_title_and_its_lines():
    picture = graph_picture([BoxView("load", ("✓ done",))], [], "One.")

    assert texts_of(picture) == ["load", "✓ done"]


def test_links_of_one_name_that_leave_a_box_share_a_tag():
    boxes = [BoxView(name) for name in "abc"]
    links = [LinkView(0, 1, "tidy"), LinkView(0, 2, "tidy")]

    assert texts_of(graph_picture(boxes, links, "")).count("tidy") == 1


def test_few_layers_go_from_left_to_right_and_many_from_top_to_bottom():
    def chain(count):
        boxes = [BoxView(f"op_{n}", ("✓ done",)) for n in range(count)]
        return graph_picture(boxes, [LinkView(n, n + 1) for n in range(count - 1)], "")

    assert chain(3).width > chain(3).height
    assert chain(20).width < chain(20).height


@pytest.mark.parametrize("fan", [1, 3, 7, 50])
def test_a_picture_is_no_wider_than_a_narrow_notebook(fan):
    boxes = [BoxView("x" * 300, ("y" * 300,)) for _ in range(fan + 1)]

    picture = graph_picture(boxes, [LinkView(0, n + 1) for n in range(fan)], "")

    assert picture.width <= 690


def test_a_long_text_is_cut():
    assert texts_of(graph_picture([BoxView("x" * 300)], [], "")) == [f"{'x' * 19}…"]


def test_many_lines_are_cut_and_counted():
    lines = tuple(f"line {n}" for n in range(9))

    texts = texts_of(graph_picture([BoxView("a", lines)], [], ""))

    assert texts == ["a", "line 0", "line 1", "line 2", "and 6 more"]


def test_a_circle_is_drawn_with_a_dashed_link_back():
    boxes = [BoxView("a"), BoxView("b")]

    picture = graph_picture(boxes, [LinkView(0, 1), LinkView(1, 0)], "")

    dashed = [
        p for p in svg_of(picture).iter(f"{SVG}path") if "stroke-dasharray" in p.attrib
    ]
    assert len(dashed) == 1


def test_more_boxes_than_can_be_seen_are_not_drawn():
    boxes = [BoxView("a")] * (MOST_BOXES + 1)

    assert graph_picture(boxes[:-1], [], "") is not None
    assert graph_picture(boxes, [], "") is None
    assert graph_picture([], [], "") is None


def test_the_same_graph_gives_the_same_picture():
    boxes = [BoxView(f"op_{n}") for n in range(30)]
    links = [LinkView(n // 3, n) for n in range(1, 30)]

    assert graph_picture(boxes, links, "") == graph_picture(boxes, links, "")


HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><svg onload=alert(1)>",
    "</text></svg><script>",
    "&lt; &amp; ]]>",
    "a\nb\x00c",
    "\u202eright to left",
    "\ud800",
    "{{ 7 * 7 }}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_people_write_becomes_no_markup(text):
    boxes = [BoxView(text, (text,)), BoxView("b")]

    svg = svg_of(graph_picture(boxes, [LinkView(0, 1, text)], text))

    tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
    assert tags <= {"svg", "g", "path", "rect", "text"}
    attributes = {name for element in svg.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or "href" in name}
    assert "49" not in "".join(filter(None, svg.itertext()))
