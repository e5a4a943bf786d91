"""A refresh continues the table, shows every disagreement, and lets no bad file in."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from costcore.answers.options import token_price
from tests.workbooks.prices.feeds.lists import DAY, content, edited, kept, offer, reading, store
from workbooks import tables
from workbooks.folder import place
from workbooks.folder.receipts import FolderError
from workbooks.folder.timeline import in_force, timeline
from workbooks.prices import fetching
from workbooks.prices.compare import Reading
from workbooks.prices.feeds import genai
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.guards import check
from workbooks.prices.offers import FeedError
from workbooks.prices.planning import Known, plan
from workbooks.prices.refreshing import INSTALLED, Refresh, Source, ages, refresh
from workbooks.prices.store import Store
from workbooks.rows import TokenPrice

GENAI, LITELLM = "genai-prices", "LiteLLM"


def file(folder: Path, name: str, text: bytes) -> Source:
    """Return a source that reads a local file."""
    path = folder / f"{name}-{hashlib.sha256(text).hexdigest()[:6]}.json"
    path.write_bytes(text)
    return Source(FEEDS[name], str(path))


def price(done: Store, model: str, day: date = DAY) -> tuple[float, float]:
    """Return a model's price in a store on a day."""
    row = in_force(done.history()[model], day)
    assert row is not None
    return row.input_price_per_mtok, row.output_price_per_mtok


@pytest.fixture
def full(tmp_path: Path) -> Store:
    """A store as it is after a first refresh from the installed copy."""
    made = Store(tmp_path / "store")
    done = refresh(made, [Source(FEEDS["genai"], INSTALLED)], DAY)
    assert done.refused == {}
    return made


def changed_genai(model: str, **prices: float) -> bytes:
    """Return the installed copy with another price of a model from OpenAI."""
    providers = json.loads(genai.installed())
    (openai,) = [each for each in providers if each["id"] == "openai"]
    (entry,) = [each for each in openai["models"] if each["id"] == model]
    entry["prices"] = prices
    return json.dumps(providers).encode()


def test_the_installed_copy_changes_nothing_that_is_shipped(full: Store) -> None:
    """The shipped table was made from it; afterwards each row names the file by its sum."""
    rows = full.rows()
    shipped = {(row.model, row.valid_from): row for row in tables.token_prices()}
    assert len(rows) > 100
    for row in rows:
        same = shipped[row.model, row.valid_from]
        assert row.input_price_per_mtok == pytest.approx(same.input_price_per_mtok)
        assert row.valid_to == same.valid_to
    named = {row.source_sha256 for row in rows if row.source_sha256}
    assert full.folder
    (kept_file,) = (full.folder / "files").iterdir()
    assert named == {kept_file.stem} == {hashlib.sha256(kept_file.read_bytes()).hexdigest()}


def test_a_change_closes_the_old_row_and_appends(full: Store, tmp_path: Path) -> None:
    """The day before still answers with the old price, also through TOKEN_PRICE."""
    source = file(tmp_path, "genai", changed_genai("gpt-4o", input_mtok=2, output_mtok=8))
    done = refresh(full, [source], DAY)
    assert [change.model for change in done.plan.of("changed")][:1] == ["azure/gpt-4o"]
    old, new = full.history()["openai/gpt-4o"]
    assert (old.input_price_per_mtok, old.valid_to) == (2.5, DAY)
    ends = tables.retirement("openai/gpt-4o").retired_on
    assert (new.input_price_per_mtok, new.valid_from, new.valid_to) == (2, DAY, ends)
    columns = list(TokenPrice.__dataclass_fields__)
    rows = [[getattr(row, each) for each in columns] for row in full.token_prices()]
    assert token_price("openai/gpt-4o", "input", [columns, *rows], "2026-11-20") == 2.5
    assert token_price("openai/gpt-4o", "input", [columns, *rows], "2026-11-21") == 2.0


def test_the_shipped_table_is_never_written(full: Store, tmp_path: Path) -> None:
    """It is part of the program; the user's rows live in the user's folder."""
    before = tables.price_on("openai/gpt-4o", DAY)
    source = file(tmp_path, "genai", changed_genai("gpt-4o", input_mtok=2, output_mtok=8))
    refresh(full, [source], DAY)
    place.forget()
    assert tables.price_on("openai/gpt-4o", DAY) == before


def test_the_same_file_twice_changes_nothing(full: Store) -> None:
    """A weekly chore must not grow the history by itself."""
    before = full.rows()
    done = refresh(full, [Source(FEEDS["genai"], INSTALLED)], DAY)
    assert done.plan.of("new", "changed", "vanished") == []
    assert full.rows() == before


HISTORY = {"a/b": [replace(kept("a/b", 2.0, 8.0), valid_to=None)]}


def after(known: Known, readings: list[Reading], accept: Sequence[str] = ()) -> list[TokenPrice]:
    """Return what a model costs from day to day once lists have been read."""
    made = plan(known, readings, DAY, accept)
    return timeline([*known["a/b"], *made.added.get("a/b", ())])


@pytest.mark.parametrize(
    ("second", "agreement", "confidence"),
    [
        ((2.0, 8.0), "2 sources", "high"),
        ((2.001, 8.0), "2 sources", "high"),
        ((1.0, 8.0), "differs", "low"),
    ],
)
def test_sources_are_compared_and_the_primary_stands(
    second: tuple[float, float], agreement: str, confidence: str
) -> None:
    """Both numbers are in the row; a rounding difference of a thousandth is none."""
    readings = [reading(GENAI, offer("a/b", 2, 8)), reading(LITELLM, offer("a/b", *second))]
    (row,) = after(HISTORY, readings)
    assert (row.input_price_per_mtok, row.source) == (2.0, GENAI)
    assert (row.second_source, row.second_input_price_per_mtok) == (LITELLM, second[0])
    assert (row.agreement, row.confidence) == (agreement, confidence)


def test_a_lesser_source_never_overrules_the_one_in_use() -> None:
    """Where the first list cannot be reached, the second gives an opinion and no price."""
    made = plan(HISTORY, [reading(LITELLM, offer("a/b", 1, 4))], DAY)
    (row,) = timeline([*HISTORY["a/b"], *made.added["a/b"]])
    assert (row.input_price_per_mtok, row.agreement) == (2.0, "differs")


def test_a_third_source_that_differs_is_the_one_shown() -> None:
    """Agreement of two does not hide the third."""
    readings = [
        *(reading(GENAI, offer("a/b", 2, 8)), reading(LITELLM, offer("a/b", 2, 8))),
        reading("models.dev", offer("a/b", 3, 8)),
    ]
    (row,) = after(HISTORY, readings)
    assert (row.agreement, row.second_source) == ("differs", "models.dev")


def test_the_day_of_a_change_is_the_sources_own_where_it_is_news() -> None:
    """It changed after our last look: that day counts, and not the day of the refresh."""
    news = offer("a/b", 1, 4, valid_from=date(2026, 11, 10))
    old, new = after(HISTORY, [reading(GENAI, news)])
    assert old.valid_to == new.valid_from == date(2026, 11, 10)


def test_a_past_that_is_told_anew_is_not_rewritten() -> None:
    """We paid by what we knew; a correction of older days counts from today."""
    late = offer("a/b", 1, 4, valid_from=date(2026, 1, 1))
    old, new = after(HISTORY, [reading(GENAI, late)])
    assert old.valid_to == new.valid_from == DAY


def test_an_announced_rise_is_a_row_and_its_withdrawal_closes_it() -> None:
    """A rise was announced for a model and later cancelled; both stay in the history."""
    rise = date(2027, 1, 1)
    told = (offer("a/b", 2, 8, valid_to=rise), offer("a/b", 3, 12, valid_from=rise))
    rows = after(HISTORY, [reading(GENAI, *told)])
    assert [(row.input_price_per_mtok, row.valid_to) for row in rows] == [(2.0, rise), (3.0, None)]
    withdrawn = after({"a/b": rows}, [reading(GENAI, offer("a/b", 2, 8))])
    held = [in_force(withdrawn, day) for day in (DAY, rise, date(2028, 1, 1))]
    assert [row and row.input_price_per_mtok for row in held] == [2.0, 2.0, 2.0]


def test_a_model_that_vanished_is_reported_and_stays() -> None:
    """Retired or renamed, its last price is still what the plan was made with."""
    two = {**HISTORY, "a/c": [kept("a/c", 1.0, 2.0)]}
    made = plan(two, [reading(GENAI, offer("a/b", 2, 8))], DAY)
    (gone,) = made.of("vanished")
    assert (gone.model, gone.why) == (
        "a/c",
        "genai-prices no longer lists it; its last price stays",
    )
    assert "a/c" not in made.added


def test_new_models_come_only_on_request() -> None:
    """The table holds what somebody chose; the rest is counted."""
    readings = [reading(GENAI, offer("a/b", 2, 8), offer("z/z", 1, 1))]
    assert plan(HISTORY, readings, DAY).unknown == 1
    made = plan(HISTORY, readings, DAY, add_new=True)
    assert [change.model for change in made.of("new")] == ["z/z"]


def test_a_contract_price_stands_against_every_list() -> None:
    """The user's own sheet said so; what the list says is told, and counts after its end."""
    ends = date(2028, 1, 1)
    agreed = kept("a/b", 1.5, 6.0, origin="contract", source="your sheet x.csv", valid_to=ends)
    own = {"a/b": [*HISTORY["a/b"], agreed]}
    made = plan(own, [reading(GENAI, offer("a/b", 3, 8))], DAY)
    rows = timeline([*own["a/b"], *made.added["a/b"]])
    held = [in_force(rows, day) for day in (DAY, ends)]
    assert [row and row.input_price_per_mtok for row in held] == [1.5, 3.0]
    (change,) = made.of("kept")
    assert change.why == "your own sheet stands; genai-prices lists 3 and 8 USD"


def test_a_single_wild_move_is_set_aside_until_it_is_accepted_by_name() -> None:
    """A unit that slipped in one entry must not decide a budget."""
    readings = [reading(GENAI, offer("a/b", "0.1", 8))]
    made = plan(HISTORY, readings, DAY)
    assert made.added == {}
    assert made.doubts[0].reason.startswith("it moves by 20 times")
    assert after(HISTORY, readings, accept=["a/b"])[-1].input_price_per_mtok == 0.1


def test_a_column_that_was_set_aside_keeps_what_the_table_had() -> None:
    """Nothing is known about it, which is not the same as "not offered"."""
    before = {"a/b": [kept("a/b", 2.0, 8.0, cached_price_per_mtok=0.5)]}
    unsure = offer("a/b", 1, 4, unsure=frozenset({"cached_price_per_mtok"}))
    rows = after(before, [reading(GENAI, unsure)])
    assert rows[-1].cached_price_per_mtok == 0.5
    sure = after(before, [reading(GENAI, offer("a/b", 1, 4))])
    assert sure[-1].cached_price_per_mtok is None


MANY = {f"a/{i}": [kept(f"a/{i}", 2.0, 8.0)] for i in range(10)}


@pytest.mark.parametrize(
    ("models", "given", "why"),
    [
        (range(0), 2, "it holds no price that can be used"),
        (range(7), 2, "of 10 models that the table has from it, it still names 7"),
        (range(10), 2000, "20 of its 20 comparable prices moved by more than 10 times"),
    ],
)
def test_empty_shrunken_and_wildly_moved_files_are_refused(
    models: range, given: float, why: str
) -> None:
    """The whole file cannot be right, so none of it is used."""
    bad = reading(GENAI, *(offer(f"a/{i}", given, given * 4) for i in models))
    with pytest.raises(FeedError, match=why):
        check(bad, MANY, None, DAY)
    check(reading(GENAI, *(offer(f"a/{i}", 1, 4) for i in range(8))), MANY, None, DAY)


@pytest.mark.parametrize("bad", [b"", b"<html></html>", b"{}", b'[{"id": "openai", "models": []}]'])
def test_a_refused_file_leaves_the_table_as_it_is(full: Store, tmp_path: Path, bad: bytes) -> None:
    """The file is kept, and a receipt says why it was refused."""
    table = full.token_prices()
    done = refresh(full, [file(tmp_path, "genai", bad)], DAY)
    assert list(done.refused) == [GENAI]
    assert full.token_prices() == table
    assert full.folder
    if bad:
        last = full.downloads()[-1]
        assert last.outcome.startswith("refused: ")
        assert (full.folder / "files" / f"{last.sha256}.json").read_bytes() == bad


def test_an_older_installed_copy_does_not_undo_a_newer_reading(full: Store, tmp_path: Path) -> None:
    """Going offline must not put old prices back."""
    news = changed_genai("gpt-4o", input_mtok=2, output_mtok=8)
    refresh(full, [file(tmp_path, "genai", news)], DAY)
    done = refresh(full, [Source(FEEDS["genai"], INSTALLED)], DAY)
    assert "would put old prices back" in done.refused[GENAI]
    assert price(full, "openai/gpt-4o") == (2.0, 8.0)


def test_what_was_set_aside_is_kept_with_its_place(full: Store, tmp_path: Path) -> None:
    """Nothing is dropped: the receipt names file, place, value and reason."""
    slipped = changed_genai("gpt-4o", input_mtok=2500000, output_mtok=10)
    refresh(full, [file(tmp_path, "genai", slipped)], DAY)
    assert full.folder
    last = sorted(full.folder.glob("receipts/*.csv"))[-1]
    lines = last.read_text().splitlines()
    assert any("openai/gpt-4o" in line and "the unit may have slipped" in line for line in lines)
    assert price(full, "openai/gpt-4o") == (2.5, 10.0)


def test_nothing_in_the_store_begins_like_a_formula(tmp_path: Path) -> None:
    """The store is CSV, and somebody will open it in a spreadsheet program."""
    evil = kept("a/b", 2.0, 8.0, provider="=HYPERLINK(1)", note="@SUM(A1)", source_url="+1")
    store(tmp_path, evil)
    (receipt,) = tmp_path.glob("receipts/*.csv")
    text = receipt.read_text()
    assert "'=HYPERLINK(1)" in text
    assert not any(cell[:1] in "=+-@" for cell in text.replace("\n", ",").split(",") if cell)


def test_a_receipt_that_was_edited_is_named(tmp_path: Path) -> None:
    """What counts is what was written: nothing is repaired, or left out, behind their back."""
    store(tmp_path, kept("a/b", 2.0, 8.0))
    (receipt,) = tmp_path.glob("receipts/*.csv")
    receipt.write_text(receipt.read_text().replace("8", "9"))
    with pytest.raises(FolderError, match="is not what was written"):
        Store(tmp_path).rows()


def test_offline_it_says_how_old_the_data_is(full: Store, tmp_path: Path) -> None:
    """The release date of the installed copy, or of the shipped table; not the day of reading."""
    told = ages(full, [FEEDS["genai"], FEEDS["litellm"], FEEDS["openrouter"]], date(2026, 12, 9))
    assert told[GENAI] == "installed copy, as of 2026-11-09, 30 days ago"
    assert told[LITELLM] == "shipped with Evenpoint, as of 2026-11-21, 18 days ago"
    assert told["OpenRouter"] == "never read"


@contextmanager
def serving(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """Serve one answer to everything on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/prices"
        server.shutdown()
        thread.join()


def sending(
    body: bytes, status: int = 200, **headers: str
) -> Callable[[BaseHTTPRequestHandler], None]:
    """Return an answer with a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def fetched(url: str, folder: Path) -> Refresh:
    """Refresh LiteLLM's list from an address."""
    return refresh(Store(folder), [Source(FEEDS["litellm"], url)], DAY)


def test_a_download_is_kept_and_named(tmp_path: Path) -> None:
    """The ledger has its address, its size and its sum."""
    full = edited("litellm", *(((f"m{i}",), {}) for i in range(3)))
    with serving(sending(full)) as url:
        made = Store(tmp_path)
        done = refresh(made, [Source(FEEDS["litellm"], url)], DAY)
    (line,) = made.downloads()
    assert (line.url, line.size_bytes) == (url, len(full))
    assert line.sha256 == hashlib.sha256(full).hexdigest()
    assert "it has shrunk" in done.refused[LITELLM]  # the sample has few of the table's models


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (sending(b"gone", 404), "answers 404"),
        (sending(b"", 500), "answers 500"),
        (sending(b"", 302, Location="/prices"), "cannot be reached: Exceeded maximum"),
        (sending(b"<html>sign in</html>"), "it is a web page or XML, not JSON"),
        (sending(b"{}", 200, **{"Content-Encoding": "gzip"}), "cannot be reached"),
    ],
)
def test_a_bad_answer_is_refused_in_one_sentence(
    answer: Callable[[BaseHTTPRequestHandler], None], why: str, tmp_path: Path
) -> None:
    """Errors, endless redirects, sign-in pages, broken packing."""
    with serving(answer) as url:
        done = fetched(url, tmp_path)
    assert why in done.refused[LITELLM]
    assert done.plan.added == {}


def test_a_download_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    """A body without end is cut at the limit, whatever its header says."""

    def endless(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b"[" * 100_000)
        except OSError:
            return

    with serving(endless) as url, pytest.raises(FeedError, match="sends more than 1 MB"):
        fetching.download(url, 1_000_000)


def test_an_address_that_does_not_answer_is_refused() -> None:
    """Nothing listens on that port of this machine."""
    with pytest.raises(FeedError, match="cannot be reached"):
        fetching.download("http://127.0.0.1:9/", 1000)


def test_content_is_the_sample() -> None:
    """The sample is small enough to be refused as shrunken: that is what protects the table."""
    readings = reading(LITELLM, *FEEDS["litellm"].parse(content("litellm"), DAY).offers)
    with pytest.raises(FeedError, match="it has shrunk"):
        check(readings, Store(Path("nowhere")).history(), None, DAY)
