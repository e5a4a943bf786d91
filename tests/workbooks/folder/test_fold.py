"""Prices in force: any order of the same receipts gives the same table, and no row wipes another.

The scenes are those of four months in a company: a contract signed before it begins, an older
sheet that turns up late, an amendment, an offer in two steps.
"""

import datetime
import itertools
import math
import os
import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbooks.prices.feeds.lists import kept
from workbooks import tables
from workbooks.folder import place, receipts
from workbooks.folder.receipts import FolderError
from workbooks.folder.timeline import in_force, timeline
from workbooks.prices.store import Store
from workbooks.rows import PRICES, TokenPrice

MODEL = "openai/gpt-6.1-sol"
DAYS = st.dates(datetime.date(2026, 1, 1), datetime.date(2029, 1, 1))


def day(text: str) -> datetime.date:
    """Return a day written year first."""
    return datetime.date.fromisoformat(text)


def row(origin: str, begins: str, ends: str, given: float, received: float) -> TokenPrice:
    """Return a price of the one model; a blank begin or end is none."""
    days = {"valid_from": day(begins) if begins else None, "valid_to": day(ends) if ends else None}
    return kept(MODEL, given, received, origin=origin, **days)


SHIPPED = row("shipped", "", "", 2, 10)
CONTRACT = row("contract", "2027-01-01", "2028-01-01", 1.7, 8.5)
REFRESH = row("list", "2026-11-27", "", 1, 8)
LATE = row("list", "2026-03-01", "2026-11-27", 1.8, 9)


def inputs(rows: Sequence[TokenPrice], *days: str) -> list[float | None]:
    """Return the input price of each day."""
    held = [in_force(timeline(rows), day(each)) for each in days]
    return [each and each.input_price_per_mtok for each in held]


def test_a_refresh_after_the_signature_leaves_the_contract() -> None:
    """List before, contract in its term, list again; the older sheet holds until the refresh."""
    rows = [SHIPPED, CONTRACT, REFRESH, LATE]
    days = ("2026-01-01", "2026-05-01", "2026-12-01", "2027-06-01", "2028-02-01")
    assert inputs(rows, *days) == [2, 1.8, 1, 1.7, 1]
    assert inputs(rows[:-1], *days) == [2, 2, 1, 1.7, 1]  # the late sheet taken back


def test_an_amendment_before_a_contract_does_not_wipe_it() -> None:
    """From December an amendment without an end, from January the contract of a year."""
    amended = row("contract", "2026-12-01", "", 1.5, 7.5)
    for rows in itertools.permutations([SHIPPED, CONTRACT, amended]):
        assert inputs(rows, "2026-11-30", "2026-12-15", "2027-01-01") == [2, 1.5, 1.7]


def test_both_steps_of_an_offer_hold() -> None:
    """A year at 1.7 and the next at 1.5, whatever the list says on the day they are read."""
    steps = [
        row("contract", "2026-12-01", "2027-12-01", 1.7, 8.5),
        row("contract", "2027-12-01", "2028-12-01", 1.5, 7.5),
    ]
    for rows in itertools.permutations([SHIPPED, *steps, REFRESH]):
        assert inputs(rows, "2027-11-30", "2027-12-01", "2028-12-01") == [1.7, 1.5, 1]


@pytest.mark.parametrize("column", PRICES[2:])
def test_no_price_of_the_list_is_lost_by_a_partial_quote(column: str) -> None:
    """Output falls from 10 to 8.5 and input from 2 to 1.7; a fee for a request stays as it is."""
    listed = replace(SHIPPED, **{column: 1.0})
    agreed = in_force(timeline([listed, CONTRACT]), day("2027-06-01"))
    assert getattr(agreed, column) == (1.0 if column == "price_per_request" else 0.85)


def test_a_short_addendum_gives_way_to_the_contract_it_interrupts() -> None:
    """The contract's own term is not over."""
    addendum = row("contract", "2027-03-01", "2027-06-01", 1.6, 8)
    days = ("2027-02-28", "2027-03-01", "2027-06-01", "2028-01-01")
    assert inputs([SHIPPED, CONTRACT, addendum], *days) == [1.7, 1.6, 1.7, 2]


def test_a_partial_quote_keeps_the_lists_ratios_and_says_so() -> None:
    """Input 15 % below list: so is what is cached; nothing becomes dearer by a lower price."""
    listed = replace(SHIPPED, cached_price_per_mtok=0.1, batch_input_price_per_mtok=1.0)
    quote = replace(CONTRACT, cached_price_per_mtok=None, batch_input_price_per_mtok=0.9)
    agreed = in_force(timeline([listed, quote]), day("2027-06-01"))
    assert agreed
    assert agreed.cached_price_per_mtok == pytest.approx(0.085)
    assert agreed.batch_input_price_per_mtok == 0.9
    assert agreed.note.endswith("not quoted, so in the list's ratio: cached")
    half = replace(quote, output_price_per_mtok=math.nan)
    (before, agreed, _) = timeline([listed, half])
    assert (before.output_price_per_mtok, agreed.output_price_per_mtok) == (10, 10)
    assert len(timeline([listed, replace(half, currency="EUR")])) == 1  # nobody knows its output


PRICE = st.floats(0.01, 100).map(lambda price: round(price, 4))
ROW = st.builds(
    lambda origin, begins, length, price: row(
        origin,
        str(begins),
        str(begins + datetime.timedelta(length)) if length else "",
        price,
        4 * price,
    ),
    st.sampled_from(["contract", "list"]),
    DAYS,
    st.sampled_from([0, 0, 30, 400]),
    PRICE,
)


@given(st.lists(ROW, max_size=7), st.randoms(use_true_random=False), DAYS)
def test_rows_do_not_wipe_each_other(
    rows: list[TokenPrice], chance: random.Random, on: datetime.date
) -> None:
    """On any day some row holds that begins no later, and within its term a contract does."""
    distinct = list({(each.origin, each.valid_from): each for each in rows}.values())
    found = timeline([SHIPPED, *distinct])
    assert found == timeline([SHIPPED, *chance.sample(distinct, len(distinct))])
    held = [each for each in found if each.holds_on(on)]
    assert len(held) <= 1
    terms = [r for r in distinct if r.origin == "contract" and r.valid_to and r.holds_on(on)]
    if terms and any(each.origin != "contract" for each in held):
        pytest.fail(f"{on}: a list stands before a contract")
    if not any(each.valid_to for each in distinct if each.origin == "list"):
        assert held


@given(st.lists(ROW, min_size=1, max_size=4), st.floats(0.1, 0.99))
def test_a_lower_price_in_a_row_is_a_lower_or_the_same_price_on_every_day(
    rows: list[TokenPrice], share: float
) -> None:
    """One row cheaper, no day dearer, also in what a quote leaves out."""
    listed = replace(SHIPPED, cached_price_per_mtok=0.2)
    quoted = [replace(each, cached_price_per_mtok=None) for each in rows]
    lower = replace(
        quoted[0],
        input_price_per_mtok=quoted[0].input_price_per_mtok * share,
        output_price_per_mtok=quoted[0].output_price_per_mtok * share,
    )
    before, after = timeline([listed, *quoted]), timeline([listed, lower, *quoted[1:]])
    for on in {day for each in before for day in (each.valid_from, each.valid_to) if day}:
        old, new = in_force(before, on), in_force(after, on)
        assert (old is None) == (new is None)
        if old and new:
            assert new.input_price_per_mtok <= old.input_price_per_mtok
            assert (new.cached_price_per_mtok or 0) <= (old.cached_price_per_mtok or 0) + 1e-12


def write(folder: Path, *rows: TokenPrice) -> Path:
    """Write a receipt of some prices."""
    names = TokenPrice.__dataclass_fields__
    lines = [{"table": "price", **{name: getattr(each, name) for name in names}} for each in rows]
    return receipts.write(folder, lines)


def test_a_copy_that_a_synchronised_folder_makes_counts_once(tmp_path: Path) -> None:
    """It has the same sum in its name, whatever words stand behind it."""
    path = write(tmp_path, CONTRACT)
    before = Store(tmp_path).token_prices()
    path.with_name(f"{path.stem} (conflicted copy of Bob 2026-12-01).csv").write_bytes(
        path.read_bytes()
    )
    assert len(receipts.read(tmp_path)) == 1
    assert Store(tmp_path).token_prices() == before


def test_an_undone_receipt_never_was(tmp_path: Path) -> None:
    """And put back, it counts as before."""
    receipts.write(tmp_path, [{"table": "folder"}])
    before = Store(tmp_path).token_prices()
    write(tmp_path, CONTRACT)
    after = Store(tmp_path).token_prices()
    assert after != before
    gone = receipts.undo(tmp_path, receipts.read(tmp_path)[-1])
    assert Store(tmp_path).token_prices() == before
    gone.rename(tmp_path / receipts.RECEIPTS / gone.name)
    assert Store(tmp_path).token_prices() == after


def test_the_order_in_which_receipts_arrive_does_not_count(tmp_path: Path) -> None:
    """Two people write in turns, and their folders are joined in another order."""
    first, second = tmp_path / "one", tmp_path / "two"
    for each in (CONTRACT, REFRESH, LATE):
        write(first, each)
    second.joinpath(receipts.RECEIPTS).mkdir(parents=True)
    for path in sorted(first.glob("receipts/*"), reverse=True):
        (second / receipts.RECEIPTS / path.name).write_bytes(path.read_bytes())
    assert Store(first).token_prices() == Store(second).token_prices()


def test_a_damaged_receipt_is_a_refusal_and_never_left_out(tmp_path: Path) -> None:
    """Cut short, edited, or with a line that is no price."""
    path = write(tmp_path, CONTRACT)
    whole = path.read_bytes()
    for bad in (whole[:-3], whole.replace(b"8.5", b"8.6"), b""):
        path.write_bytes(bad)
        with pytest.raises(receipts.FolderError, match=r"is not what was written"):
            Store(tmp_path).token_prices()
    path.write_bytes(whole)
    receipts.write(tmp_path, [{"table": "price", "model": "a/b", "valid_from": "soon"}])
    with pytest.raises(receipts.FolderError, match="has a line of price amiss"):
        Store(tmp_path).token_prices()


def test_every_table_is_the_fold_of_the_receipts(tmp_path: Path) -> None:
    """A quote for hardware, a rate of one's own: tables have them, and without the folder not."""
    quote = {"hardware": "H100 SXM", "buy_base_per_gpu": 29812.5, "buy_source": "quote Q-77812"}
    rate = {"date": "2026-11-27", "from_currency": "EUR", "to_currency": "USD", "rate": 1.1}
    receipts.write(tmp_path, [{"table": "hardware", **quote}, {"table": "rate", **rate}])
    before = tables.accelerator("H100 SXM")
    with place.using(tmp_path):
        after = tables.accelerator("H100 SXM")
        assert (after.buy_base_per_gpu, after.memory_gb) == (29812.5, before.memory_gb)
        assert tables.exchange_rate("EUR", "USD", day("2026-12-01"))[0] == 1.1
        receipts.write(tmp_path, [{"table": "price", "model": "x"}])
        place.forget()
        with pytest.raises(receipts.FolderError, match="has a price without"):
            tables.token_prices()
    assert tables.accelerator("H100 SXM") == before


def test_two_folders_in_use_at_once_have_each_their_own_tables(tmp_path: Path) -> None:
    """One thread sees nothing of the folder, or of a receipt left out, of another."""
    both, read = threading.Barrier(2), {}
    for name, rent in (("one", 2.5), ("other", 3.5)):
        quote = {"hardware": "H100 SXM", "rent_base_per_gpu_hour": rent}
        receipts.write(tmp_path / name, [{"table": "hardware", **quote}])
    (quoted,) = receipts.read(tmp_path / "other")

    def look(name: str) -> None:
        with place.using(tmp_path / name):
            both.wait(timeout=60)
            read[name] = tables.accelerator("H100 SXM").rent_base_per_gpu_hour
            left = frozenset({quoted.name} if name == "other" else ())
            with place.without(left):
                both.wait(timeout=60)
                read[f"{name}, left"] = tables.accelerator("H100 SXM").rent_base_per_gpu_hour

    threads = [threading.Thread(target=look, args=(name,)) for name in ("one", "other")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    shipped = tables.accelerator("H100 SXM").rent_base_per_gpu_hour
    assert read == {"one": 2.5, "other": 3.5, "one, left": 2.5, "other, left": shipped}


def test_the_nearest_folder_is_found_and_no_other(tmp_path: Path) -> None:
    """Its own or a parent; a folder that only has the name is none."""
    (tmp_path / "receipts").mkdir()
    (tmp_path / "receipts" / "petrol.csv").write_text("a")
    assert place.nearest(tmp_path) is None
    inner = tmp_path / "budget" / "sub"
    inner.mkdir(parents=True)
    receipts.write(tmp_path / "budget", [{"table": "folder"}])
    assert place.nearest(inner) == tmp_path / "budget"


@pytest.mark.skipif(os.name != "posix", reason="there is no fork")
def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Forty processes write a receipt each; no lock, and all forty are there."""
    children = []
    for number in range(40):
        child = os.fork()
        if not child:
            receipts.write(tmp_path, [{"table": "folder", "made_by": number}], who=f"p{number}")
            os._exit(0)
        children.append(child)
    assert all(os.waitpid(child, 0)[1] == 0 for child in children)
    assert len(receipts.read(tmp_path)) == 40


def test_the_receipts_of_two_folders_are_no_folder(tmp_path: Path) -> None:
    """A company that was bought: its workbook had a rent that this one never was brought."""
    for made in ("ours", "theirs"):
        receipts.write(tmp_path / made, [{"table": "folder"}], who=made)
    rent = receipts.write(tmp_path / "theirs", [{"table": "hardware", "hardware": "H200 SXM"}])
    receipts.write(tmp_path / "theirs", [{"table": "updated", "receipts": rent.stem}])
    for path in (tmp_path / "theirs" / "receipts").iterdir():
        (tmp_path / "ours" / "receipts" / path.name).write_bytes(path.read_bytes())
    named = r"has the receipts of 2 folders, which .*-ours-.* and .*-theirs-"
    with pytest.raises(FolderError, match=named), place.using(tmp_path / "ours"):
        place.changes()
