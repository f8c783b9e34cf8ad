"""The first bytes of an image tell its format and its size."""

import io

import pytest
from PIL import Image

from opnb.model.image_header import image_format

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"'


def saved(name, **options):
    target = io.BytesIO()
    Image.new("RGB", (300, 20), "red").save(target, name, **options)
    return target.getvalue()


def animated():
    target = io.BytesIO()
    frames = [Image.new("RGBA", (300, 20), color) for color in ("red", "blue")]
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:])
    return target.getvalue()


IMAGES = {
    "PNG": saved("PNG"),
    "JPEG": saved("JPEG"),
    "progressive JPEG": saved("JPEG", progressive=True),
    "JPEG with gaps": b"\xff\xd8\xff\xff\xff" + saved("JPEG")[3:],
    "GIF": saved("GIF"),
    "WebP": saved("WEBP"),
    "lossless WebP": saved("WEBP", lossless=True),
    "animated WebP": animated(),
}


@pytest.mark.parametrize("name", IMAGES)
def test_format_and_size_are_read(name):
    known = image_format(IMAGES[name])

    assert known.name in name
    assert known.size(IMAGES[name]) == (300, 20)


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_that_is_cut_short_has_no_size_and_raises_nothing(name):
    data = IMAGES[name]
    for length in range(min(40, len(data))):
        known = image_format(data[:length])

        assert known is None or known.size(data[:length]) in (None, (300, 20))


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (SVG + b' width="30" height="20px"/>', (30, 20)),
        (SVG + b" width='30.4' height='20'/>", (30, 20)),
        (SVG + b' viewBox="0 0 30 20"/>', (30, 20)),
        (SVG + b' width="100%" height="50%" viewBox="0,0,30,20"/>', (30, 20)),
        (SVG + b' width="3em" height="2em"/>', None),
        (SVG + b' stroke-width="2" height="20"/>', None),
        (SVG + b"/>", None),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- a > b -->\n" + SVG + b"/>", None),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG + b"/>", None),
    ],
    ids=["px", "float", "box", "percent", "em", "other", "none", "declared", "doctype"],
)
def test_an_svg_is_told_by_its_root_and_sized_by_it(data, size):
    known = image_format(data)

    assert known.mime == "image/svg+xml"
    assert known.size(data) == size


@pytest.mark.parametrize(
    "data",
    [b"", b"a", b"<html><svg/></html>", b"<svgx/>", b"<svg/>", b"%PDF-1.4", b"BM12"],
    ids=repr,
)
def test_what_no_browser_shows_is_no_image(data):
    assert image_format(data) is None
