"""An image is shown within an `<img>`, and is told in words everywhere else."""

import base64
import struct

import pytest

from opnb import MetadataValue
from opnb.display.bundle import render_bundle

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">'
    "<script>alert(1)</script></svg>"
)


def gif(width, height, size=0):
    return b"GIF89a" + struct.pack("<HH", width, height) + bytes(size)


def drawn(value, mime="text/html"):
    return render_bundle(value)[0][mime]


def test_an_image_is_shown_with_its_words():
    html = drawn(MetadataValue.image(gif(3, 2), alt='A "dot"', width=300))
    data = base64.b64encode(gif(3, 2)).decode()

    assert f'<img src="data:image/gif;base64,{data}"' in html
    assert 'alt="A &#34;dot&#34;"' in html
    assert ' width="300"' in html
    assert "max-width:100%" in html


def test_an_image_without_words_says_what_it_is():
    assert 'alt="image 3 × 2, GIF"' in drawn(MetadataValue.image(gif(3, 2)))


def test_no_script_of_an_svg_is_in_the_page():
    html = drawn(MetadataValue.image(SVG, alt="<script>"))

    assert "<svg" not in html
    assert "<script" not in html
    assert "data:image/svg+xml;base64," in html


@pytest.mark.parametrize("mime", ["text/plain", "text/markdown"])
def test_text_tells_what_the_image_is(mime):
    value = MetadataValue.image(gif(1640, 480), alt="Bars")

    assert drawn(value, mime) == "image 1,640 × 480, GIF: Bars"


def test_an_image_of_unknown_size_says_the_rest():
    assert drawn(MetadataValue.image(b"GIF89a"), "text/plain") == "image, GIF"


def test_a_broken_svg_is_told_and_not_shown():
    html = drawn(MetadataValue.image(SVG.replace("</svg>", ""), alt="A box"))

    assert "<img" not in html
    assert "image/svg+xml, " in html
    assert "A box" in html
    assert "(cannot be shown: no element found: line 1" in html


def test_a_large_image_is_told_and_not_put_into_the_page():
    html = drawn(MetadataValue.image(gif(1200, 800, 2_300_000), alt="A map"))

    assert "image/gif, 2.3 MB, 1,200 × 800 pixels: A map" in html
    assert "<img" not in html
    assert len(html) < 500
