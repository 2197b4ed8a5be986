"""What is drawn can be read: a QR by a reader, a PDF by a screen reader, in the order's language."""

import re
import zlib

import pytest
import typst
import zxingcpp

from frontrow.core.runtime import Runtime
from frontrow.tickets import queries
from frontrow.tickets.actions.draw import codes, order_pdf, qr_svg
from tests.factories.orders import PayFor


def read_back(svg: str) -> list[str]:
    """What a reader finds in a picture of the SVG, with nothing around it."""
    page = '#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
    compiler = typst.Compiler(ignore_system_fonts=True)
    png = compiler.compile(page.encode(), format="png", sys_inputs={"svg": svg}, ppi=96)
    assert isinstance(png, bytes)
    pixels, width, height = _pixels(png)
    # The view doesn't own what it looks at: a name keeps the pixels alive until they have been read.
    view = zxingcpp.ImageView(pixels, width, height, zxingcpp.ImageFormat.Lum)
    return [found.text for found in zxingcpp.read_barcodes(view, is_pure=True)]


def _pixels(png: bytes) -> tuple[bytes, int, int]:
    """The brightness of a PNG of 8-bit RGBA, a byte a pixel, its width and its height."""
    width, height = int.from_bytes(png[16:20]), int.from_bytes(png[20:24])
    assert png[24:26] == b"\x08\x06"
    packed, at = b"", 8
    while at < len(png):
        size, kind = int.from_bytes(png[at : at + 4]), png[at + 4 : at + 8]
        if kind == b"IDAT":
            packed += png[at + 8 : at + 8 + size]
        at += size + 12
    raw, before, out = zlib.decompress(packed), bytearray(width * 4), bytearray()
    for row in range(height):
        start = row * (width * 4 + 1)
        line, how = bytearray(raw[start + 1 : start + 1 + width * 4]), raw[start]
        for i in range(width * 4):
            left, up = (line[i - 4] if i >= 4 else 0), before[i]
            corner = before[i - 4] if i >= 4 else 0
            nearest = min((left, up, corner), key=lambda near, a=left, b=up, c=corner: abs(a + b - c - near))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[how]) & 255
        before = line
        out += line[0::4]
    return bytes(out), width, height


async def test_a_reader_reads_what_was_signed(rt: Runtime, pay_for: PayFor) -> None:
    order_id = await pay_for([1, 2])
    signed = await codes(rt, await rt.db.read(lambda tx: queries.tickets_of(tx, order_id)))
    assert [read_back(qr_svg(code)) for code in signed] == [[signed[0]], [signed[1]]]


@pytest.mark.parametrize(("locale", "lang"), [("en", "en"), ("de-AT", "de"), ("fr", "en"), ("zz-ZZ", "en")])
async def test_a_pdf_for_screen_readers_in_the_orders_language(
    rt: Runtime, pay_for: PayFor, locale: str, lang: str
) -> None:
    made = await order_pdf(rt, await pay_for([1, 2], locale=locale))
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert re.search(rb"/Lang ?\(" + lang.encode(), made)
    assert len(re.findall(rb"/Type ?/Page\b", made)) == 2


@pytest.mark.parametrize(
    "name",
    [
        "Ana Þórsdóttir",
        "山田太郎",
        "محمد",
        "👩‍👩‍👧",
        "#{7*7} $x $ *bold* _x_ `raw` @ref <label> \\ // /* #panic() ",
        "W" * 120,
        "\u202eevil",
        "a" * 60 + " " + "b" * 59,
    ],
)
async def test_any_name_makes_a_ticket(rt: Runtime, pay_for: PayFor, name: str) -> None:
    assert (await order_pdf(rt, await pay_for([1], name=name))).startswith(b"%PDF")
