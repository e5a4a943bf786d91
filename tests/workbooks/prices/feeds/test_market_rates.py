"""Exchange rates carry their date, and GPU rents come from files, or from an extra."""

import importlib.util
import io
import shutil
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workbooks.prices.feeds.lists import DATA
from workbooks.prices.offers import FeedError
from workbooks.prices.rates import exchange, rental

HISTORY = (DATA / "ecb_eurofxref_hist_2025-01_to_2026-10.csv").read_bytes()
DAILY = (DATA / "ecb_eurofxref_daily_original_layout.csv").read_bytes()


@pytest.mark.parametrize(
    ("day", "rate", "published"),
    [
        (date(2025, 3, 28), "1.0797", date(2025, 3, 28)),
        (date(2025, 3, 30), "1.0797", date(2025, 3, 28)),  # a Sunday; Monday had 1.0815
        (date(2026, 12, 1), "1.1172", date(2026, 10, 30)),  # after the last one known
    ],
)
def test_the_last_published_rate_counts_and_its_date_is_told(
    day: date, rate: str, published: date
) -> None:
    """The ECB's file and the installed package agree; no rate is mixed from two days."""
    for rates in (exchange.parse(HISTORY), None):
        assert exchange.rate(("EUR", "USD"), day, rates) == (Decimal(rate), published)


def test_currencies_are_crossed_through_the_euro() -> None:
    """1.1172 dollars and 0.8338 pounds for a euro."""
    amount, published = exchange.rate(("GBP", "USD"), date(2026, 10, 30), exchange.parse(DAILY))
    assert float(amount) == pytest.approx(1.1172 / 0.8338)
    assert published == date(2026, 10, 30)


def test_the_banks_own_layouts_are_read() -> None:
    """Spaces after commas, a comma at the end, a month in words, N/A, and zipped."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("eurofxref.csv", DAILY)
    for content in (DAILY, packed.getvalue()):
        assert exchange.parse(content)["TRY"] == {date(2026, 10, 30): Decimal("55.8015")}
    assert exchange.parse(b"Date,USD,CYP,\n2026-10-30,1.1,N/A,\n").keys() == {"USD"}


@pytest.mark.parametrize(
    "bad", [b"", b"x", b"PK\x03\x04", b"Date,USD\nyesterday,1\n", b"Date\n\xff"]
)
def test_other_files_are_no_rates(bad: bytes) -> None:
    """One sentence."""
    with pytest.raises(FeedError):
        exchange.parse(bad)


def test_a_day_before_the_first_rate_has_none() -> None:
    """The euro is younger than that."""
    with pytest.raises(FeedError, match="no exchange rate of USD is known on or before 1990"):
        exchange.rate(("EUR", "USD"), date(1990, 1, 1))


@pytest.mark.parametrize(
    ("name", "instance"),
    [
        ("gpuhunt_v3_lambdalabs_SYNTHETIC.csv", "example_8x_h100"),
        ("skypilot_v8_vms_SYNTHETIC.csv", "gpu_8x_h100"),
    ],
)
def test_prices_of_instances_become_prices_of_gpus(name: str, instance: str) -> None:
    """23.92 for eight is 2.99 for one; the instance without a GPU is left out."""
    (found,) = rental.parse((DATA / name).read_bytes(), "lambdalabs")
    assert (found.instance, found.gpu, found.per_gpu_hour) == (instance, "H100", Decimal("2.99"))
    assert rental.read_table(rental.table([found])) == [found]


def test_a_spot_price_that_repeats_the_standard_one_is_none() -> None:
    """One cloud's catalogue does that."""
    header = b"InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice"
    text = header + b"\na,H100,1,3,3\nb,H100,1,3,1\n"
    assert [each.spot for each in rental.parse(text, "x")] == [False, False, True]


def test_a_share_of_a_gpu_is_no_gpu() -> None:
    """Its price says nothing of a whole one, and a number below 1 has none to divide by."""
    text = b"instance_name,location,gpu_count,gpu_name,price\na,us,0.125,H100,1\nb,us,1.5,H100,3\n"
    assert rental.parse(text, "x") == []
    bad = b"provider,instance,region,gpu,gpus,price,spot\nx,a,us,H100,0,1,False\n"
    with pytest.raises(FeedError, match="a number of GPUs or a price in it is none"):
        rental.read_table(bad)


def test_without_the_extra_one_sentence_says_how_to_get_it() -> None:
    """Most people never need it."""
    if importlib.util.find_spec("gpuhunt"):
        pytest.skip("gpuhunt is installed here")
    with pytest.raises(FeedError, match=r'pip install "evenpoint\[gpu\]"'):
        rental.ask(["aws"])


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # open files
def test_gpuhunt_reads_a_folder_of_catalogues(tmp_path: Path) -> None:
    """The real package, offline, where it is installed."""
    pytest.importorskip("gpuhunt")
    shutil.copy(DATA / "gpuhunt_v3_lambdalabs_SYNTHETIC.csv", tmp_path / "lambdalabs.csv")
    (found,) = rental.ask(["lambdalabs"], tmp_path)
    assert (found.gpu, found.per_gpu_hour) == ("H100", Decimal("2.99"))
    with pytest.raises(FeedError, match="gpuhunt has no answer"):
        rental.ask(["lambdalabs"], DATA / "nowhere")
