"""What is wrong with a file is said in one sentence: file, line, column, value and rule."""

import random
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import DATA, SPEND_LOGS, totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage

GOOD = "r1,0.5,1000,200,2026-08-01T10:00:00Z,gpt-4o,openai"


def refused(path: Path, content: str | bytes) -> str:
    """Import content that must be refused and return the sentence."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as refusal:
        import_usage([path])
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert path.name in sentence
    return sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("r2,0.5,many,200,2026-08-01T11:00:00Z,m,p", "line 4, prompt_tokens: 'many' is not a"),
        ("r2,0.5,-5.5,200,2026-08-01T11:00:00Z,m,p", "line 4, prompt_tokens: '-5.5' is not a"),
        ("r2,0.5,-1e16,200,2026-08-01T11:00:00Z,m,p", "line 4, prompt_tokens: '-1e16' is not a"),
        ("r2,0.5,5.5,200,2026-08-01T11:00:00Z,m,p", "line 4, prompt_tokens: '5.5' is not a whole"),
        ("r2,0.5,inf,200,2026-08-01T11:00:00Z,m,p", "line 4, prompt_tokens: 'inf'"),
        ("r2,nan,5,200,2026-08-01T11:00:00Z,m,p", "line 4, spend: 'nan' is not a number"),
        ('r2,"0,895",5,200,2026-08-01T11:00:00Z,m,p', "line 4, spend: '0,895' is not a number"),
        ('r2,"1,234",5,200,2026-08-01T11:00:00Z,m,p', "line 4, spend: '1,234' is not a number"),
        ("r2,0.5,5,1e300,2026-08-01T11:00:00Z,m,p", "line 4, completion_tokens: '1e300'"),
        ("r2,0.5,5,200,2026-13-01T11:00:00Z,m,p", "line 4, startTime: '2026-13-01T11:00:00Z'"),
        ("r2,0.5,5,200,yesterday,m,p", "line 4, startTime: 'yesterday' is not a date"),
        ("r2,0.5,5,200,,m,p", "line 4, startTime: a blank is not a date"),
        ("r2,0.5,5,200", "line 4: 4 cells where the header has 7"),
        ('r2,0.5,5,200,"2026', "after line"),
    ],
)
def test_a_bad_row_is_named(row: str, sentence: str, tmp_path: Path) -> None:
    """The row is the third record, after one that takes two lines of the file."""
    first = GOOD.replace("gpt-4o", '"gpt\n4o"')
    said = refused(tmp_path / "log.csv", f"{SPEND_LOGS}\n{first}\n{row}\n{GOOD}\n")
    assert sentence in said


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "Date,Amount\n1,2\n", "headers of no export that is known (Date, Amount)"),
        (
            "a.csv",
            b"PK\3\4rest",
            "is an Excel workbook that cannot be read; save the sheet as CSV",
        ),
        ("a.csv", f"{SPEND_LOGS}\n{GOOD}\n".encode() + b"\xff,1,1,1,1,1,1\n", "not UTF-8"),
        ("a.csv", f"{SPEND_LOGS}\n", "no dates|every cell is blank"),
        ("a.csv", f"{SPEND_LOGS}\n{GOOD.replace('2026-08-01T10:00:00Z', '4/1/25')}\n", "two days"),
        (
            "a.csv",
            f"{SPEND_LOGS},cache_hit\n{GOOD},True\n",
            "holds only answers from a gateway's own cache, which no provider served",
        ),
        ("a.json", '{"data": [}', "is not JSON"),
        ("a.json", '{"data": []}', "has no records"),
        ("a.json", "[" * 100_000, "is not JSON"),
        ("a.json", '{"data": [{"start_time": 1, "results": []}]}', "headers of no export"),
        ("a.jsonl", '{"a": 1}\n{"b": \n', "line 2, is not JSON"),
        ("a.parquet", b"PAR1 and nothing", "is no Parquet file"),
    ],
)
def test_a_file_that_is_no_export_is_named(
    name: str, content: str | bytes, sentence: str, tmp_path: Path
) -> None:
    """With what to do about it where something can be done."""
    said = refused(tmp_path / name, content)
    assert any(part in said for part in sentence.split("|"))


def test_more_cached_tokens_than_input_are_refused(tmp_path: Path) -> None:
    """Then the file counts them beside the input, and the layout is not what it seems."""
    content = next(DATA.glob("openrouter_activity_requests*")).read_text()
    said = refused(tmp_path / "a.csv", content.replace(",900,", ",1900,"))
    assert "1,900 cached tokens are more than the input tokens" in said


@pytest.mark.parametrize(
    ("cell", "tokens"),
    [('"1,234"', 1234), ("59200.0", 59200), ("5e3", 5000), ("NULL", 0), (" 12 ", 12)],
)
def test_a_count_may_be_written_in_several_ways(cell: str, tokens: int, tmp_path: Path) -> None:
    """As spreadsheets and databases write them."""
    row = GOOD.replace("1000", cell)
    path = tmp_path / "log.csv"
    path.write_text(f"{SPEND_LOGS}\n{row}\n")
    assert totals(import_usage([path])).get("uncached", 0) == tokens


SHEET = "date,model,input tokens,output tokens,cost_usd\n2026-08-01,gpt-4o,{},{},10\n"


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (SHEET.format("1.5M", "850K"), (1_500_000, 850_000)),
        (SHEET.format("2.3B", "150 million"), (2_300_000_000, 150_000_000)),
        (SHEET.format("1.5 m", 850_000), (1_500_000, 850_000)),
        (
            "Monat;Modell;Eingabe-Token;Ausgabe-Token;Kosten\n2026-08;m;1,5 Mio.;850 Tsd.;9,5\n",
            (1_500_000, 850_000),
        ),
        ("Monat;Modell;Eingabe-Token;Ausgabe-Token\n2026-08;m;2,3 Mrd;20 Mio\n", (2.3e9, 2e7)),
    ],
)
def test_counts_that_a_person_rounded_are_read_and_told(
    text: str, tokens: tuple[float, float], tmp_path: Path
) -> None:
    """As M, K and B are said in English, and Mio., Tsd. and Mrd. in German."""
    path = tmp_path / "sheet.csv"
    path.write_text(text)
    found = import_usage([path])
    assert (totals(found)["uncached"], totals(found)["output"]) == pytest.approx(tokens)
    assert any("its counts are rounded as written" in note for note in found.exports[0].notes)


def test_by_how_much_a_rounded_count_may_be_off_is_told(tmp_path: Path) -> None:
    """1.5M and 2.3M may each be 50,000 more or less, which is 100,000 of 3,800,000: 2.6 %."""
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET.format("1.5M", "900") + "2026-08-02,gpt-4o,2.3M,100,10\n")
    (told,) = (note for note in import_usage([path]).exports[0].notes if "rounded" in note)
    assert told.endswith("input tokens by up to 2.6%")


@pytest.mark.parametrize(
    ("count", "gap"), [("2M", "2,000,000, may be 500,000"), ("0.0M", "0, may be 50,000")]
)
def test_a_count_of_one_digit_is_refused(count: str, gap: str, tmp_path: Path) -> None:
    """What one of its tokens cost could be a third more, or anything."""
    said = refused(tmp_path / "sheet.csv", SHEET.format(count, 900))
    assert f"the input tokens of gpt-4o, {gap} more or less" in said


@pytest.mark.parametrize("count", ["1,5M", "1.5 T", "1.2345K", "-1.5M", "1.5M tokens", "1.5.0M"])
def test_what_only_looks_like_a_rounded_count_is_refused(count: str, tmp_path: Path) -> None:
    """With the rule."""
    said = refused(tmp_path / "sheet.csv", SHEET.format(f'"{count}"', 900))
    assert "is not a whole number, such as 59200" in said


def test_words_for_nothing_are_blank_in_every_column(tmp_path: Path) -> None:
    """A database writes NULL for a row without a time, a cost or a model."""
    rows = (
        "r0,NULL,NULL,NULL,NULL,NULL,NULL",
        GOOD,
        GOOD.replace("gpt-4o", "NULL").replace("r1", "r2"),
    )
    path = tmp_path / "log.csv"
    path.write_text("\n".join([SPEND_LOGS, *rows]))
    found = import_usage([path])
    assert totals(found) == {"requests": 2, "uncached": 2000, "output": 400, "cost": 1}
    assert set(found.rows.model) == {"gpt-4o", "(not named)"}


def test_a_decimal_comma_counts_for_the_whole_file(tmp_path: Path) -> None:
    """1.234 is a thousand where another cell has a comma before its decimals."""
    rows = (
        "r1;0,5;1.234;200;01.08.2026 10:00:00;gpt-4o;openai",
        "r2;1.000,25;10;20;02.08.2026 10:00:00;gpt-4o;openai",
    )
    path = tmp_path / "log.csv"
    path.write_text("\n".join([SPEND_LOGS.replace(",", ";"), *rows]))
    found = totals(import_usage([path]))
    assert found == {"requests": 2, "uncached": 1244, "output": 220, "cost": 1000.75}


@pytest.mark.parametrize(
    ("first", "second", "day"),
    [
        ("8/1/2026", "8/30/2026", "2026-08-30"),
        ("1/8/26", "30/8/26", "2026-08-30"),
        ("2026/8/1", "2026/8/30", "2026-08-30"),
        ("1785542400", "1788048000", "2026-08-30"),
        ("1785542400000", "1788048000000", "2026-08-30"),
        ("2026-08-01 00:00:00 UTC", "2026-08-30 00:00:00 UTC", "2026-08-30"),
    ],
)
def test_dates_are_read_by_the_whole_column(
    first: str, second: str, day: str, tmp_path: Path
) -> None:
    """One day above the twelfth tells days from months."""
    rows = [GOOD.replace("2026-08-01T10:00:00Z", text) for text in (first, second)]
    rows[1] = rows[1].replace("r1", "r2")
    path = tmp_path / "log.csv"
    path.write_text("\n".join([SPEND_LOGS, *rows]))
    found = import_usage([path])
    assert (str(found.first), str(found.last)) == ("2026-08-01", day)


MANGLED = (
    "",
    "NULL",
    "-1",
    "1e999",
    "=1+1",
    '"',
    "\0",
    "\n",
    "é",
    "9" * 400,
    "{",
    "[1]",
    "0x1",
    ";",
)


@pytest.mark.parametrize("turns", [3, pytest.param(60, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", sorted(file.name for file in DATA.iterdir()))
def test_a_mutated_export_is_answered_or_refused(name: str, turns: int, tmp_path: Path) -> None:
    """Never a traceback: a clear refusal, or sums that can be added up."""
    original = (DATA / name).read_text(encoding="utf-8")
    draws = random.Random(f"{name}{turns}")
    for turn in range(turns):
        text = original
        for _ in range(draws.randint(1, 3)):
            start = draws.randrange(len(text))
            text = text[:start] + draws.choice(MANGLED) + text[start + draws.randrange(9) :]
        path = tmp_path / f"{turn}{name}"
        path.write_text(text, encoding="utf-8")
        answer = answered(path)
        assert path.name in answer if isinstance(answer, str) else answer is not None


def answered(path: Path) -> dict[str, float] | str:
    """Return the sums of a file, or the sentence that refuses it."""
    try:
        found = totals(import_usage([path]))
    except UsageError as refusal:
        return str(refusal)
    assert all(each < 1e18 for each in found.values())
    return found
