"""An image may be given as bytes, a file, a figure or what draws itself."""

import base64
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from opnb.model import image_source
from opnb.model.errors import InvalidMetadata, ParameterCheckError
from opnb.model.metadata import MetadataValue

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"/>'
RED = Image.new("RGB", (30, 20), "red")


def png():
    target = io.BytesIO()
    RED.save(target, "PNG")
    return target.getvalue()


def bars(heights=(3, 1, 2)):
    figure = Figure(figsize=(2, 1))
    figure.subplots().bar(["a", "b", "c"], heights)
    return figure


class Drawing:
    """Draws itself as IPython asks for it."""

    def __init__(self, png=None, svg=None):
        self.png, self.svg = png, svg

    def __repr__(self):
        return "Drawing()"

    def _repr_png_(self):
        if isinstance(self.png, Exception):
            raise self.png
        return self.png

    def _repr_svg_(self):
        return self.svg


@pytest.mark.parametrize(
    "given",
    [
        png(),
        bytearray(png()),
        memoryview(png()),
        io.BytesIO(png()),
        RED,
        Drawing(png()),
        Drawing(base64.b64encode(png()).decode()),
        Drawing((png(), {"width": float("nan")})),
    ],
    ids=lambda given: type(given).__name__,
)
def test_whatever_holds_a_png_gives_the_same_value(given):
    value = MetadataValue.image(given)

    assert value == MetadataValue.image(png())
    assert (value.mime, value.size) == ("image/png", (30, 20))


@pytest.mark.parametrize(
    "given", [SVG, SVG.encode(), Drawing(svg=SVG)], ids=["text", "bytes", "drawn"]
)
def test_svg_may_be_given_as_text(given):
    value = MetadataValue.image(given)

    assert value.data == SVG.encode()
    assert value.size == (30, 20)


@pytest.mark.parametrize("kind", [str, lambda path: path], ids=["text", "path"])
def test_a_path_is_read(tmp_path, kind):
    path = tmp_path / "a.png"
    path.write_bytes(png())

    assert MetadataValue.image(kind(path)).data == png()


def test_the_same_figure_gives_the_same_bytes_without_a_trace_of_what_drew_it():
    first, second = MetadataValue.image(bars()), MetadataValue.image(bars())

    assert first == second
    assert b"atplotlib" not in first.data
    assert b"tIME" not in first.data
    assert first != MetadataValue.image(bars((1, 2, 3)))


def test_axes_and_a_part_of_a_figure_stand_for_the_whole():
    figure = bars()
    parted = Figure()
    part = parted.subfigures(1, 2)[0]

    assert MetadataValue.image(figure.axes[0]) == MetadataValue.image(figure)
    assert MetadataValue.image(part) == MetadataValue.image(parted)
    assert MetadataValue.image(part.subplots()).size == MetadataValue.image(parted).size


def test_a_width_that_comes_with_the_drawing_counts_unless_another_is_given():
    drawing = Drawing((png(), {"width": 12.6, "height": 8}))

    assert MetadataValue.image(drawing).width == 13
    assert MetadataValue.image(drawing, width=5).width == 5


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (b"", "0 bytes", "written to its end"),
        (b"%PDF-1.4", "begins with b'%PDF-1.4'", "as PNG"),
        ("<svg/>", "begins with b'<svg/>'", "xmlns="),
        ("no such.png", "There is no image 'no such.png'", "relative path"),
        (".", "cannot be read: IsADirectoryError", "path of a PNG"),
        ("a\x00b", "cannot be read: ValueError", "path of a PNG"),
        ("https://x.org/a.png", "is an address", r"MetadataValue.url"),
        (Image.new("F", (2, 2)), "cannot write mode F", "image.convert('RGB')"),
        (Drawing(), "draws no picture", "as PNG"),
        (Drawing(LookupError("gone")), "LookupError('gone')", "as PNG"),
        (Drawing("no base64"), "begins with", "as PNG"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_image_is_refused_with_a_hint(given, message, hint):
    with pytest.raises(InvalidMetadata) as caught:
        MetadataValue.image(given)

    assert message in caught.value.message
    assert hint in caught.value.hint
    assert " at 0x" not in str(caught.value)


def test_an_image_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(image_source, "LARGEST_IMAGE", 50)
    path = tmp_path / "a.png"
    path.write_bytes(png())

    for given in (png(), path):
        with pytest.raises(InvalidMetadata, match="takes"):
            MetadataValue.image(given)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (3, "PNG bytes"),
        (None, "PNG bytes"),
        (Figure, "PNG bytes"),
        (np.zeros((2, 2)), "fromarray"),
        ([png()], "a label of its own"),
    ],
    ids=["int", "none", "class", "pixels", "list"],
)
def test_a_value_that_can_be_no_image_is_refused(given, hint):
    with pytest.raises(ParameterCheckError, match="must be an image") as caught:
        MetadataValue.image(given)

    assert hint in caught.value.hint


@pytest.mark.parametrize(
    "options",
    [{"alt": 3}, {"width": "3"}, {"width": 0}, {"width": -1}],
    ids=["alt", "text", "zero", "negative"],
)
def test_alt_is_text_and_width_a_count(options):
    with pytest.raises(ParameterCheckError, match="must be"):
        MetadataValue.image(png(), **options)


def test_its_repr_tells_of_the_bytes_and_does_not_hold_them():
    value = MetadataValue.image(SVG, alt="A box")

    assert repr(value) == (
        "ImageMetadataValue(image/svg+xml, 30 × 20, 64 bytes, 'A box')"
    )
    assert value.value is value
