"""Thousands of damaged files: a clear refusal or an answer, never anything else."""

import io
import json
import random
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest

from tests.workbooks.prices.feeds.lists import DATA, LISTS, content
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.offers import FeedError
from workbooks.prices.rates import exchange, rental
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.reading import read_sheets

DAY = date(2026, 11, 21)
TOLD = Given(1_000_000, "USD", "OpenAI")
LONGEST_SECONDS = 5.0
MOST_BYTES = 300_000_000

CSV = [
    "Model;Eingabe (€/1 Mio.);Ausgabe;Cache schreiben\ngpt-4o*;2,50;10,0;-\nsumme;1;2;3\n".encode(),
    b"Offer\n\nModel,Input,,Output,\n,Standard,Batch,Standard,Batch\ngpt-4o,2.5,1.25,10,5\n",
    b"MeterName,UnitOfMeasure,UnitPrice,CurrencyCode\ngpt 5 cd Inp Gl 1M Tokens,1M,0.1,USD\n",
    "Model\tUnit\tPrice\tToken type\ngpt-4o\t1K\t$0.0025\tInput\n".encode("utf-16"),
]
RUBBISH = [
    *(b"", b"\0", b"\xff\xfe", b'"', b"\n", b";", b",", b"-", b"1e999", b"1e-999", b"=cmd|", b"{"),
    *(b"[", b"NaN", b"null", b"-1", b"9" * 5000, b"1,250", b"\xe2\x82\xac", b"per 1K", b"\r", b"%"),
    *(b"true", b"[]", b"{}", b'"x"', b"1e30", b"0", b"Input", b"Model", b"(", b"\\", b"@", b"\t="),
]
ODD = [None, True, -1, 0, 1e308, 10**40, "", "x", "1e9999", [], {}, [[]], {"a": 1}, "2026-13-45"]


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with a few bytes or pieces replaced, cut out, doubled or put in."""
    text = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text) + 1)
        end = min(len(text), at + chance.choice([0, 0, 1, 2, 8, 40]))
        piece = chance.choice([*RUBBISH, bytes(text[at:end]) * 2, bytes([chance.randrange(256)])])
        text[at:end] = piece
    return bytes(text)


def twisted(value: object, chance: random.Random) -> object:
    """Return JSON in which single values are of another kind."""
    if chance.random() < 0.01:
        return chance.choice(ODD)
    if isinstance(value, dict):
        return {name: twisted(each, chance) for name, each in value.items()}
    if isinstance(value, list):
        return [twisted(each, chance) for each in value]
    return chance.choice(ODD) if chance.random() < 0.02 else value


def is_sentence(text: str) -> bool:
    """Fail unless a refusal is one line with something in it."""
    assert text
    assert "\n" not in text
    return True


def clear(read: Callable[[], object]) -> bool:
    """Say whether a file was read; a refusal is one sentence, and both come soon."""
    start = time.process_time()
    try:
        read()
    except FeedError as refusal:
        return not is_sentence(str(refusal))
    finally:
        assert time.process_time() - start < LONGEST_SECONDS
    return True


def run(times: int, seed: int) -> tuple[int, int]:
    """Damage files and read them; return how many there were and how many could be read."""
    chance, done, good = random.Random(seed), 0, 0
    samples = {name: content(name) for name in LISTS}
    others = [(DATA / "ecb_eurofxref_daily_original_layout.csv").read_bytes()]
    catalogues = [path.read_bytes() for path in DATA.glob("*SYNTHETIC.csv")]
    for _ in range(times):
        sheet = damaged(chance.choice(CSV), chance)
        name = chance.choice(list(samples))
        raw = damaged(samples[name], chance)
        odd = json.dumps(twisted(json.loads(samples[name]), chance)).encode()
        rates, rents = damaged(others[0], chance), damaged(chance.choice(catalogues), chance)
        for read in (
            lambda text=sheet: read_sheets("list.csv", text, TOLD),
            lambda text=raw, feed=FEEDS[name]: feed.parse(text, DAY),
            lambda text=odd, feed=FEEDS[name]: feed.parse(text, DAY),
            lambda text=rates: exchange.parse(text),
            lambda text=rents: rental.parse(text, "x"),
        ):
            good += clear(read)
            done += 1
    return done, good


def test_damaged_text_is_read_or_refused() -> None:
    """2,500 files; some must still be readable, or nothing but the refusal is tested."""
    done, good = run(500, seed=1)
    assert done == 2500
    assert 0.2 < good / done < 0.98


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_many_more_damaged_texts(seed: int) -> None:
    """Another 40,000."""
    assert run(2000, seed)[0] == 10_000


def workbook() -> bytes:
    """Return a small price sheet as XLSX."""
    book = openpyxl.Workbook()
    for row in (["Offer, USD per 1M"], [], ["Model", "Input", "Output"], ["gpt-4o", 2.5, 10.0]):
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def repacked(content: bytes, part: str, new: Callable[[bytes], bytes]) -> bytes:
    """Return a workbook with one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", 8) as package:
        for name in old.namelist():
            package.writestr(name, new(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("times", [300, pytest.param(3000, marks=pytest.mark.slow)])
def test_damaged_workbooks_are_read_or_refused(times: int) -> None:
    """In the packed bytes, and inside the parts."""
    chance, content = random.Random(7), workbook()
    parts = zipfile.ZipFile(io.BytesIO(content)).namelist()
    for _ in range(times):
        outside = damaged(content, chance)
        inside = repacked(content, chance.choice(parts), lambda text: damaged(text, chance))
        for bad in (outside, inside):
            clear(lambda text=bad: read_sheets("list.xlsx", text, TOLD))


SHEET = "xl/worksheets/sheet1.xml"
FAR = b'<worksheet><sheetData><row r="1"><c r="XFD1048576"/></row></sheetData></worksheet>'
LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><x>&c;</x>'
)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (SHEET, b"<a>" * 300_000),
        (SHEET, LAUGHS),
        ("xl/theme/theme1.xml", b"<a>" + b"x" * 240_000_000),
        (SHEET, FAR),
    ],
    ids=["deep", "entities", "a bomb", "a cell far away"],
)
def test_bombs_are_refused_in_bounded_memory(part: str, text: bytes) -> None:
    """Nothing is unpacked whole before its size is known."""
    bomb = repacked(workbook(), part, lambda _: text)
    if part not in zipfile.ZipFile(io.BytesIO(bomb)).namelist():
        pytest.fail(f"{part} is not in the workbook")
    tracemalloc.start()
    try:
        assert not clear(lambda: read_sheets("bomb.xlsx", bomb, TOLD))
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_a_long_list_is_read_in_a_few_seconds() -> None:
    """Twenty thousand rows, as a whole price sheet of a cloud has them."""
    rows = "".join(f"model-{i},{1 + i % 7},{9 + i % 5}\n" for i in range(20_000))
    start = time.process_time()
    found = read_sheets("list.csv", f"Model,Input,Output\n{rows}".encode(), TOLD)
    assert len(found.offers) == 20_000
    assert time.process_time() - start < 20
