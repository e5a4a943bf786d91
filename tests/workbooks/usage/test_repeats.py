"""What stands twice counts once, and is told: requests by their id, days by their rows."""

from pathlib import Path

import pytest

from tests.workbooks.usage.exports import DATA, SPEND_LOGS, totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.reconcile import money
from workbooks.usage.report import sentences

FIRST = "r1,0.5,1000,200,2026-08-01T10:00:00Z,gpt-4o,openai"
SECOND = "r2,0.25,10,20,2026-08-01T10:30:00Z,gpt-4o,openai"
THIRD = "r3,0.125,1,2,2026-08-02T10:30:00Z,gpt-4o,openai"
ONCE = {"requests": 2, "uncached": 1010, "output": 220, "cost": 0.75}


def log(path: Path, *rows: str) -> Path:
    """Write a log of requests."""
    path.write_text("\n".join([SPEND_LOGS, *rows]) + "\n")
    return path


def test_a_request_counts_once(tmp_path: Path) -> None:
    """It stands three times; one blank and one missing id tell nothing."""
    blank = SECOND.replace("r2", "NULL")
    path = log(tmp_path / "a.csv", FIRST, SECOND, FIRST, FIRST, blank, blank)
    found = import_usage([path])
    assert totals(found) == {"requests": 4, "uncached": 1030, "output": 260, "cost": 1.25}
    (aside,) = found.exports[0].asides
    assert (aside.rows, aside.cost, aside.currency) == (2, 1.0, "USD")
    assert "stand more than once" in aside.reason
    (sums,) = money(found.exports[0])
    assert (sums.read, sums.kept, sums.aside) == (2.25, 1.25, 1.0)
    assert any("Set aside: 2 rows, 1.00 USD: requests that" in line for line in sentences(found))


def test_an_export_of_which_nothing_counts_is_refused(tmp_path: Path) -> None:
    """The first row is a gateway's own answer and the second the same request again."""
    path = tmp_path / "a.csv"
    hit = FIRST + ",True"
    path.write_text("\n".join([f"{SPEND_LOGS},cache_hit", hit, hit]) + "\n")
    with pytest.raises(UsageError, match=r"a\.csv holds only .*own cache"):
        import_usage([path])


def test_of_two_that_differ_the_one_that_begins_first_counts(tmp_path: Path) -> None:
    """Whatever the order of the rows."""
    late = FIRST.replace("10:00", "10:05").replace("1000", "9000")
    for name, rows in (("a.csv", (late, FIRST)), ("b.csv", (FIRST, late))):
        assert totals(import_usage([log(tmp_path / name, *rows)]))["uncached"] == 1000


def test_times_with_offsets_are_no_other_requests(tmp_path: Path) -> None:
    """02:00 at +05:30 is the day before, and stands twice."""
    row = FIRST.replace("2026-08-01T10:00:00Z", "2026-08-02T02:00:00+05:30")
    found = import_usage([log(tmp_path / "a.csv", row, row, SECOND)])
    assert totals(found) == ONCE
    assert str(found.last) == "2026-08-01"


def test_requests_of_two_files_count_once(tmp_path: Path) -> None:
    """The second file has one of the first, and one of its own."""
    one, other = log(tmp_path / "a.csv", FIRST, SECOND), log(tmp_path / "b.csv", SECOND, THIRD)
    found = import_usage([one, other])
    assert totals(found) == {"requests": 3, "uncached": 1011, "output": 222, "cost": 0.875}
    assert [each.rows for each in found.exports[1].asides] == [1]


def test_a_file_within_another_adds_nothing(tmp_path: Path) -> None:
    """And the report says so."""
    one, other = log(tmp_path / "a.csv", FIRST, SECOND), log(tmp_path / "b.csv", SECOND)
    found = import_usage([one, other])
    assert totals(found) == ONCE
    assert any("b.csv: LiteLLM SpendLogs, all of it is in" in line for line in sentences(found))


def days(path: Path, *rows: str) -> Path:
    """Write totals by day."""
    path.write_text("\n".join(["date,model,input_tokens,output_tokens,cost_usd", *rows]) + "\n")
    return path


A, B, C = "2026-08-01,m,100,10,1", "2026-08-02,m,200,20,2", "2026-08-03,m,300,30,3"


def test_days_that_two_files_share_count_once(tmp_path: Path) -> None:
    """Row for row the same: it is one account."""
    found = import_usage([days(tmp_path / "a.csv", A, B), days(tmp_path / "b.csv", B, C)])
    assert totals(found) == {"uncached": 600, "output": 60, "cost": 6}
    (aside,) = found.exports[1].asides
    assert (aside.rows, aside.cost) == (1, 2)
    assert aside.reason.endswith("(a.csv)")
    assert not found.notes
    assert all(each.balances for export in found.exports for each in money(export))


@pytest.mark.parametrize("turned", [False, True])
def test_the_day_on_which_an_export_was_taken_counts_once(turned: bool, tmp_path: Path) -> None:
    """The first was taken on the second of August, when 50 of its 200 tokens were there."""
    early = days(tmp_path / "a.csv", A, "2026-08-02,m,50,5,0.5")
    files = [early, days(tmp_path / "b.csv", A, B, C)]
    found = import_usage(files[::-1] if turned else files)
    assert totals(found) == {"uncached": 600, "output": 60, "cost": 6}
    assert not found.notes
    assert all(each.balances for export in found.exports for each in money(export))


def test_days_that_differ_are_two_accounts_or_told(tmp_path: Path) -> None:
    """One of two rows is another: both files count, with a note."""
    files = [days(tmp_path / "a.csv", A, B), days(tmp_path / "b.csv", B.replace("20,", "21,"))]
    found = import_usage(files)
    assert totals(found)["uncached"] == 500
    assert any("count twice" in note for note in found.notes)


OF = "organization", "organisation", "Account ID", "workspace", "project", "Mandant"


@pytest.mark.parametrize("column", OF)
def test_days_of_two_accounts_count_twice_though_they_are_the_same(
    column: str, tmp_path: Path
) -> None:
    """Alpha and Beta used 300 tokens each, on the same days; a copy of Alpha's adds nothing."""
    paths = []
    for name, account in (("a.csv", "Alpha"), ("b.csv", "Beta"), ("c.csv", "Alpha")):
        head = f"date,model,input_tokens,output_tokens,cost_usd,{column}"
        rows = [f"{row},{account}" for row in (A, B)]
        (tmp_path / name).write_text("\n".join([head, *rows]) + "\n")
        paths.append(tmp_path / name)
    paths[2].write_text(paths[2].read_text() + "\n")
    found = import_usage(paths)
    assert totals(found) == {"uncached": 600, "output": 60, "cost": 6}
    assert not found.notes
    assert set(found.rows.project) == {"Alpha", "Beta"}


def test_who_says_no_account_is_told_how_to(tmp_path: Path) -> None:
    """A file that has the same days as another one counts once, and asks."""
    paths = [days(tmp_path / "a.csv", A, B), days(tmp_path / "b.csv", A, B, "")]
    found = import_usage(paths)
    assert totals(found)["uncached"] == 300
    (note,) = found.notes
    assert note.startswith("b.csv: all of it is in another export, too, and counts once; if it is")


@pytest.mark.parametrize("name", sorted(each.name for each in DATA.iterdir()))
def test_a_copy_adds_nothing(name: str, tmp_path: Path) -> None:
    """Of any layout: the same rows in a file that differs by a blank line or a space."""
    end = " " if name.endswith("json") else "\n"
    copy = tmp_path / f"copy-{name}"
    copy.write_text((DATA / name).read_text(encoding="utf-8") + end, encoding="utf-8")
    assert totals(import_usage([DATA / name, copy])) == totals(import_usage([DATA / name]))
