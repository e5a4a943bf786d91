"""What exports say about persons is in no answer, no file and no refusal, in any layout."""

import csv
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest

from install.command import main
from tests.workbooks.usage.exports import DATA, totals
from workbooks.usage.exports.layout import UsageError, folded, heading, layouts
from workbooks.usage.exports.source import PERSONAL, open_source
from workbooks.usage.importing import import_usage

MARK = "zzperson"
PERSON = f"{MARK}@example.com"
COLUMNS = ["User Email", "user_id", "api_key_name", "API Key", "team_alias", "end_user", "owner"]
COLUMNS += ["messages", "prompt", "response", "metadata", "request_tags", "Requester Name"]
PUBLIC = DATA.parent / "public"
PACKED = {"metadata"}  # a column of whole objects, of which single members are read
KINDS = {".csv", ".tsv", ".json", ".jsonl"}


SAMPLES = [path for path in sorted([*DATA.iterdir(), *PUBLIC.iterdir()]) if path.suffix in KINDS]


def used(path: Path) -> set[str]:
    """The columns that the layout of a file reads or knows it by."""
    with tempfile.TemporaryDirectory() as scratch:
        layout = open_source(path, Path(scratch)).layout
    names = {name for names in layout.places.values() for name in names}
    return names | {folded(each) for header in layout.headers for each in header.split("|")}


def with_persons(path: Path, folder: Path) -> Path:
    """A copy of a file in which every column that nobody needs tells of a person."""
    target, known = folder / path.name, used(path)
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        target.write_text(json.dumps(_marked(json.loads(text))))
    elif path.suffix == ".jsonl":
        lines = [json.dumps(_marked(json.loads(line))) for line in text.splitlines()]
        target.write_text("\n".join(lines))
    else:
        target.write_text(_marked_table(text, known), encoding="utf-8")
    return target


def _marked(value: Any) -> Any:
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if not isinstance(value, dict):
        return value
    counts = any(isinstance(each, int | float) for each in value.values())
    more = {name: PERSON for name in COLUMNS if counts and name not in value}
    return {name: _marked(each) for name, each in value.items()} | more


def _marked_table(text: str, known: set[str]) -> str:
    lines = text.splitlines()
    delimiter = max(",;\t", key=lines[0].count)
    rows = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    top = next(i for i, row in enumerate(rows) if len(row) == max(map(len, rows)))
    header = rows[top]
    packed = {i for i, name in enumerate(header) if heading(name) in known}
    packed |= {i for i, name in enumerate(header) if folded(name) == "usagedetails"}
    objects = {i for i, name in enumerate(header) if name in PACKED}
    marked = [[*header, *COLUMNS]]
    for row in rows[top + 1 :]:
        kept = [cell if i in packed or not cell else PERSON for i, cell in enumerate(row)]
        for i in objects:
            kept[i] = json.dumps(_marked(json.loads(row[i] or "{}")) | {"user": PERSON})
        marked.append([*kept, *[PERSON] * len(COLUMNS)])
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows[:top] + marked)
    return out.getvalue()


def test_every_layout_has_a_sample() -> None:
    """So that none is left out below, but for those that only pages of the web describe."""
    with tempfile.TemporaryDirectory() as scratch:
        found = {open_source(path, Path(scratch)).layout.title for path in SAMPLES}
    assert len(found) >= len(layouts()) - 4
    assert len(SAMPLES) > 30


def test_no_layout_reads_a_column_about_persons() -> None:
    """Names of models, meters, endpoints and groups are none; mails, keys and users are."""
    read = {n for layout in layouts() for names in layout.columns.values() for n in names}
    things = "function|model|meter|service|sku|product|provider|publisher|token|group"
    things += "|cost_center|endpoint|entity"
    named = re.compile(f"({things})", re.IGNORECASE)
    about = {name for name in read if PERSONAL.search(name) and not named.search(name)}
    assert about == set()


@pytest.mark.parametrize(
    "path",
    [
        *SAMPLES[::4],
        *(pytest.param(x, marks=pytest.mark.slow) for x in SAMPLES if x not in SAMPLES[::4]),
    ],
    ids=lambda path: path.stem,
)
def test_persons_are_in_no_answer_and_no_file(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words, JSON, the scenario, and what is left on the disk; the sums stay what they were."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    (tmp_path / "in").mkdir()
    given = with_persons(path, tmp_path / "in")
    assert MARK in given.read_text(encoding="utf-8")
    plain, marked = import_usage([path]), import_usage([given])
    assert MARK not in marked.rows.to_csv()
    assert totals(marked) == totals(plain)
    (left_out,) = [export.left_out for export in marked.exports]
    assert len(left_out) >= len(plain.exports[0].left_out)
    for arguments in (["--json"], ["--out", "w.toml"]):  # and the words
        main(["usage", "import", str(given), *arguments])
    said = capsys.readouterr()
    assert MARK not in said.out + said.err
    files = [each for each in tmp_path.rglob("*") if each.is_file() and each != given]
    assert [each for each in files if MARK.encode() in each.read_bytes()] == []
    assert list(scratch.iterdir()) == []


TABLES = [path for path in SAMPLES if path.suffix == ".csv"]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("fault", ["long", "quote", "cut", "bytes", "date"])
def test_persons_are_in_no_refusal(path: Path, fault: str, tmp_path: Path) -> None:
    """A damaged row is named by its line and by the cell that is wrong, not shown whole."""
    given = with_persons(path, tmp_path)
    lines = given.read_bytes().splitlines()
    lines[-1] = {
        "long": lines[-1] + b"," + PERSON.encode() + b";" + PERSON.encode() + b"\tx",
        "quote": lines[-1] + b',"' + PERSON.encode(),
        "cut": PERSON.encode(),
        "bytes": lines[-1] + b"\xff\xfe" + PERSON.encode(),
        "date": re.sub(rb"20\d\d-?\d\d-?\d\d|\d{10}|\d\d/\d\d/20\d\d", b"soon", lines[-1]),
    }[fault]
    given.write_bytes(b"\n".join(lines))
    try:
        found = import_usage([given])
        said = found.rows.to_csv() + repr(found.exports)
    except UsageError as error:
        said = str(error)
    assert MARK not in said


def test_a_row_where_headers_should_be_is_not_shown(tmp_path: Path) -> None:
    """An export without its first line: mails and keys in it stay where they are."""
    path = tmp_path / "headless.csv"
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz"
    path.write_text(f"2026-08-01,{PERSON},{key},0123456789abcdef0123456789abcdef,gpt-4o,5\n" * 3)
    with pytest.raises(UsageError) as refused:
        import_usage([path])
    assert "2026-08-01, …, …, …, gpt-4o, 5" in str(refused.value)
