"""Memory, speed and GPUs of a model: hand-computed fits, a plain loop, and an engine's formulas."""

import math
from dataclasses import asdict

import numpy as np
import pytest
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from costcore.language.timeline import formulas
from costcore.language.trace import Cell
from costcore.machines.basis.memory import fits_basis, vram_gb_basis
from costcore.machines.basis.speed import gpus_needed_basis, tokens_per_second_basis
from costcore.machines.constants import BANDS, CONSTANTS, MEMORY_RULES
from costcore.machines.gpus import gpus_needed
from costcore.machines.measured import MEASURED_COLUMNS
from costcore.machines.roofline import DEFAULTS, SIZING_LINES, sized
from costcore.machines.sizing import (
    fits,
    kv_bytes_per_token,
    tokens_per_second,
    vram_gb,
)
from costcore.machines.spec_rows import (
    ACCELERATOR_COLUMNS,
    MODEL_COLUMNS,
    accelerator_inputs,
    model_inputs,
)
from tests import engines
from tests.bench.sizing import output_speed, systems
from workbooks import tables

LLAMA = asdict(tables.model("Llama-3.3-70B"))
GPT_OSS = asdict(tables.model("gpt-oss-120b"))
H100, H200, A100, L4 = (
    asdict(tables.accelerator(name)) for name in ("H100 SXM", "H200 SXM", "A100 80GB SXM", "L4")
)
MEASURED = [
    [*MEASURED_COLUMNS, "source", "as_of"],
    ["Llama-3.3-70B", "H100 SXM", 2, "fp8", 1000, 1000, "max", 4205, "TensorRT-LLM", "2025-09-01"],
    ["Llama-3.3-70B", "H100 SXM", 2, "fp8", 5000, 500, 50, 814.4, "NIM", "2025-01-01"],
    ["Llama-3.3-70B", "H100 SXM", 2, "fp8", None, None, "max", 999, "no lengths", ""],
]


def test_speed_is_the_plain_loop():
    """A thousand random systems of the tables: the lines compute what a loop with ifs computes."""
    columns = systems(1_000, seed=3)
    cases = zip(*(column.tolist() for column in columns.values()), strict=True)
    expected = [output_speed(dict(zip(columns, case, strict=True))) for case in cases]
    found = sized(columns)["output_tokens_per_second"]
    assert sum(speed == 0 for speed in expected) > 50
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.fixture(scope="module")
def sheet_of_systems(tmp_path_factory):
    """Systems as rows of a sheet, each line a column of traced formulas, and what numpy gives."""
    path = tmp_path_factory.mktemp("sizing") / "systems.xlsx"
    columns = systems(40, seed=4)
    inputs = {**{name: np.full(40, value) for name, value in DEFAULTS.items()}, **columns}
    lines = SIZING_LINES
    expected, places = sized(columns, lines), {name: i for i, name in enumerate(inputs)}
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Systems")
        for row in range(40):
            for name, column in places.items():
                value = inputs[name][row]
                if isinstance(value, str) or np.isfinite(value):
                    sheet.write(row, column, value)
            cells = {name: Cell(xl_rowcol_to_cell(row, i)) for name, i in places.items()}
            at = {line.name: xl_rowcol_to_cell(row, 70 + i) for i, line in enumerate(lines)}
            texts = formulas(lines, cells, 1, lambda n, _, at=at: at[n], lambda n, _, at=at: at[n])
            for name, (text,) in texts.items():
                sheet.write_formula(at[name], text, None, float(expected[name][row]))
    return path, lines, expected


def compared(book, lines, expected):
    """Cells whose value is not numpy's."""
    for i, line in enumerate(lines):
        for row in range(40):
            found = book["Systems"][xl_rowcol_to_cell(row, 70 + i)]
            if found != pytest.approx(float(expected[line.name][row]), rel=1e-9):
                yield line.name, row, found, float(expected[line.name][row])


def test_lines_are_formulas_in_ironcalc(sheet_of_systems):
    """Every line of every system computes in a sheet what numpy computes."""
    path, lines, expected = sheet_of_systems
    assert list(compared(engines.ironcalc_values(path), lines, expected)) == []


@pytest.mark.usefixtures("soffice")
def test_lines_are_formulas_in_libreoffice(sheet_of_systems):
    """So it does in the other engine."""
    path, lines, expected = sheet_of_systems
    assert list(compared(engines.recalculate([path])[path], lines, expected)) == []


def test_70b_in_sixteen_bits_leaves_two_h100_hardly_any_room():
    """A claim of the CTO guide: 141.1 GB of weights in 2 x (0.9 x 85.9 - 3) = 148.6 GB.

    80 GiB are 85.9 GB, so it runs, with room for 7.5 GB / (327,680 x 1,800) = 12 requests; at
    80 GB it would not.
    """
    assert fits(LLAMA, H100, 2, "bf16", 1500, 300, [12, 13]).tolist() == [1, 0]
    assert fits(LLAMA, {**H100, "memory_gb": 80}, 2, "bf16") == 0
    assert "141.1 GB" in fits_basis(LLAMA, {**H100, "memory_gb": 80}, 2, "bf16")
    assert tokens_per_second(LLAMA, H100, 1, "bf16", 1500, 300) == 0


@pytest.mark.parametrize(
    ("row", "gpus", "bits"), [(H100, 2, "fp8"), (H100, 4, "bf16"), (H200, 2, "bf16")]
)
def test_what_the_guide_could_have_used_fits(row, gpus, bits):
    """Eight bits, four H100 or two H200 hold it with room for a batch."""
    assert fits(LLAMA, row, gpus, bits, 1500, 300, 50) == 1


def test_vram_agrees_with_fits():
    """Where all GPUs together have the memory named, the requests fit, and not with 1 % less."""
    requests = np.array([1.0, 10.0, 77.0, 200.0])
    asked = vram_gb(LLAMA, "fp8", 1500, 300, requests, 4, "fp8")
    for requests_, gb in zip(requests, asked, strict=True):
        same = {**H100, "memory_gb": gb / 4 * 1.000001}
        less = {**H100, "memory_gb": gb / 4 * 0.99}
        assert fits(LLAMA, same, 4, "fp8", 1500, 300, requests_) == 1
        assert fits(LLAMA, less, 4, "fp8", 1500, 300, requests_) == 0


def test_cache_of_a_window_stops_growing():
    """A sliding-window layer keeps its window: 18 x 128 x 1,024 numbers of two bytes."""
    weights = 116.8 * 0.5625
    short, long = (vram_gb(GPT_OSS, "fp4", tokens, 0 + 1, 1, 1) for tokens in (9_999, 19_999))
    assert (long - short) * 0.9 * 1e9 == pytest.approx(10_000 * 36_864)
    fixed = short * 0.9 - weights - 3 - 10_000 * 36_864 / 1e9
    assert fixed * 1e9 == pytest.approx(18 * 128 * 1024 * 2)
    assert vram_gb(GPT_OSS, "fp4", 9, 1) * 0.9 - weights - 3 == pytest.approx(
        (10 * 36_864 + 10 * 18 * 1024 * 2) / 1e9
    )


@pytest.mark.parametrize(
    ("accelerator", "bits", "expected"),
    [(H100, "bf16", 2), (H100, "fp8", 1), (H100, "fp4", 2), (A100, "fp8", 2), (A100, "fp4", 2)],
)
def test_cache_has_eight_bits_where_the_hardware_computes_with_them(accelerator, bits, expected):
    """gpt-oss in four bits on Hopper keeps sixteen-bit keys and values; an A100 has no FP8."""
    case = model_inputs(GPT_OSS) | accelerator_inputs(accelerator)
    case |= {"gpus_count": 8, "weight_precision": bits, "input_tokens": 1, "output_tokens": 1}
    assert sized(case)["kv_bytes"] == expected


def test_a_smaller_format_is_no_slower():
    """Fewer bytes to read and at least as much arithmetic."""
    speeds = [tokens_per_second(LLAMA, H200, 8, bits, 1000, 1000) for bits in ("bf16", "fp8")]
    assert speeds[0] < speeds[1]


def test_more_users_share_the_reading():
    """The total rises with concurrency, the speed of each user falls, for a dense model."""
    users = np.array([1.0, 2, 4, 8, 16, 32, 64, 128])
    case = (LLAMA, H100, 2, "fp8", 1000, 1000, users)
    assert (np.diff(tokens_per_second(*case)) > 0).all()
    assert (np.diff(tokens_per_second(*case, "user")) < 0).all()
    assert tokens_per_second(*case, "output") * 2 == pytest.approx(tokens_per_second(*case))


def test_four_streams_on_four_a100_are_what_the_post_measured():
    """Published: about 150 tokens a second at four streams, 2,680 at full load."""
    few = tokens_per_second(LLAMA, A100, 4, "bf16", 128, 128, 4, "output", replica_gpus=4)
    full = tokens_per_second(LLAMA, A100, 4, "bf16", 128, 128, speed_kind="output")
    assert 110 < few < 225
    assert full > 14 * few


def test_an_exact_measurement_is_the_answer():
    """The model only carries it over; at its own lengths it changes nothing."""
    case = (LLAMA, H100, 2, "fp8")
    assert tokens_per_second(*case, 1000, 1000, speed_kind="output", measured_table=MEASURED) == (
        pytest.approx(4205)
    )
    assert tokens_per_second(*case, 5000, 500, 50, "output", measured_table=MEASURED) == (
        pytest.approx(814.4)
    )


def test_a_measurement_is_scaled_by_the_model():
    """Measured times modelled(yours) over modelled(row), within a factor of two."""
    case = (LLAMA, H100, 2, "fp8")
    yours, row = (tokens_per_second(*case, n, 1000, speed_kind="output") for n in (1300, 1000))
    found = tokens_per_second(*case, 1300, 1000, speed_kind="output", measured_table=MEASURED)
    assert found == pytest.approx(4205 * yours / row)


@pytest.mark.parametrize(
    ("lengths", "measured"),
    [
        ((1000, 1000), True),
        ((2000, 2000), True),
        ((2001, 2000), False),
        ((1000, 499), False),
        ((1450, 700), False),
        ((1400, 720), True),
    ],
)
def test_a_measurement_is_refused_beyond_its_reach(lengths, measured):
    """A length, or their ratio, off by more than two: then the model answers, and says so."""
    case = (LLAMA, H100, 2, "fp8", *lengths)
    said = tokens_per_second_basis(*case, measured_table=MEASURED)
    assert said.startswith("Measured" if measured else "Modelled, no measurement within")
    if not measured:
        assert tokens_per_second(*case, measured_table=MEASURED) == tokens_per_second(*case)


@pytest.mark.parametrize(
    "other", [(LLAMA, H100, 4, "fp8"), (LLAMA, H200, 2, "fp8"), (LLAMA, H100, 4, "bf16")]
)
def test_a_measurement_of_something_else_is_no_measurement(other):
    """Other hardware, another number of GPUs or another format is modelled."""
    said = tokens_per_second_basis(*other, 1000, 1000, measured_table=MEASURED)
    assert said.startswith("Modelled")


def test_the_basis_names_source_and_date():
    """Whoever reads the number can find where it comes from."""
    said = tokens_per_second_basis(LLAMA, H100, 2, "fp8", 1000, 1000, measured_table=MEASURED)
    assert "TensorRT-LLM, 2025-09-01" in said
    assert "4,205" in said
    assert "0.8 to 1.1" in said
    said = tokens_per_second_basis(LLAMA, H100, 2, "fp8", 1000, 1000)
    assert "aiconfigurator-core 0.12.0" in said
    assert "0.75 to 1.2" in said


def test_low_and_high_are_the_band():
    """The band of a measurement is narrower than that of the model."""
    case = (LLAMA, H100, 2, "fp8", 1000, 1000, np.inf, "total", np.array([1.0, 2, 3]))
    modelled, measured = tokens_per_second(*case), tokens_per_second(*case, MEASURED)
    assert modelled / modelled[1] == pytest.approx(BANDS["modelled"])
    assert measured / measured[1] == pytest.approx(BANDS["measured"])


def test_gpus_are_whole_copies():
    """The load over the plan of a copy, rounded up, times the GPUs of a copy; spares on top."""
    case = (LLAMA, H100, "fp8", 1500, 300)
    months = [
        tokens_per_second(LLAMA, H100, g, "fp8", 1500, 300, speed_case=1, replica_gpus=g) * 2_628e3
        for g in (1, 2, 4, 8)
    ]
    volumes = months[1] * np.array([0.0, 0.5, 1.0, 1.01, 7.5])

    def by_hand(volume, spare=0, usable=1.0):
        """The fewest GPUs over copies on 1, 2, 4 and 8; a copy at least, as nothing is split."""
        return min(
            g * (max(1, math.ceil(volume / month / usable)) + spare)
            for g, month in zip((1, 2, 4, 8), months, strict=True)
        )

    assert gpus_needed(volumes, *case).tolist() == list(map(by_hand, volumes))
    spared = [by_hand(volume, spare=1) for volume in volumes]
    assert gpus_needed(volumes, *case, spare_nodes=1).tolist() == spared
    hard = [by_hand(2 * volume, usable=0.5 * 0.8) for volume in volumes]
    assert gpus_needed(volumes, *case, 2.0, 0.5, 0.8).tolist() == hard


def test_gpus_are_more_on_the_low_case():
    """Hardware is sized on the low case unless told otherwise."""
    case = (50e9, LLAMA, H100, "fp8", 1500, 300)
    assert gpus_needed(*case) > gpus_needed(*case, speed_case=2) >= gpus_needed(*case, speed_case=3)


def test_no_number_of_gpus_without_memory_is_enough():
    """3 GB of a GPU are workspace, so a GPU of 3 GB holds nothing."""
    tiny = {**L4, "memory_gb": 3.0}
    assert gpus_needed(1e9, LLAMA, tiny, "fp4", 1500, 300) == math.inf
    assert tokens_per_second(LLAMA, tiny, 8, "fp4", 1500, 300) == 0
    assert "Does not fit" in gpus_needed_basis(1e9, LLAMA, tiny, "fp4", 1500, 300)


def test_unknown_parameters_are_unknown():
    """No active parameters: nan speed, but the fit is still known. No total: that neither."""
    kimi = {**asdict(tables.model("Kimi-K3")), "params_active_b": None}
    rack = asdict(tables.accelerator("GB300 NVL72"))
    assert fits(kimi, rack, 64, "fp8") == 1
    assert math.isnan(tokens_per_second(kimi, rack, 64, "fp8", 1000, 1000))
    assert "active parameters" in tokens_per_second_basis(kimi, rack, 64, "fp8", 1000, 1000)
    nameless = {**kimi, "params_total_b": None}
    assert math.isnan(fits(nameless, H100, 128, "fp8"))
    assert vram_gb_basis(nameless, "fp8").startswith("Unknown")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"layers": 32, "kv_heads": 32, "head_dim": 128}, 32 * 2 * 32 * 128 * 2),
        ({"layers": 32, "kv_heads": 1, "head_dim": 128}, 32 * 2 * 128 * 2),
        ({"layers": 61, "kv_elems_per_layer": 576}, 61 * 576 * 2),
        ({"layers": 48, "kv_layers_full": 12, "kv_heads": 2, "head_dim": 256}, 12 * 1024 * 2),
        ({"layers": 36, "window_layers": 18, "kv_heads": 8, "head_dim": 64}, 18 * 1024 * 2),
        ({"layers": 64, "kv_layers_full": 0, "kv_heads": 8, "head_dim": 64}, 0),
    ],
    ids=["multi-head", "multi-query", "latent", "one in four", "sliding window", "state space"],
)
def test_cache_of_every_kind_of_attention(shape, expected):
    """By hand: layers that grow x numbers they keep x two bytes."""
    assert kv_bytes_per_token({"model": "ours", **shape}) == expected
    assert kv_bytes_per_token({"model": "ours", **shape}, "fp8") == expected / 2


def test_rows_are_read_in_every_form():
    """A header in any order, a sheet's spelling of it, or a bare row in the table's order."""
    cells = [LLAMA[name] for name in MODEL_COLUMNS]
    backwards = [list(MODEL_COLUMNS)[::-1], cells[::-1]]
    sheet = [[name.replace("_", " ").capitalize() for name in MODEL_COLUMNS], cells]
    for form in (cells, tuple(cells), [cells], backwards, sheet):
        assert kv_bytes_per_token(form) == 327_680


def test_the_tables_begin_with_the_columns_of_a_bare_row():
    """Who selects a row of the table without its header selects the right columns."""
    assert tuple(LLAMA)[: len(MODEL_COLUMNS)] == MODEL_COLUMNS
    assert tuple(H100)[: len(ACCELERATOR_COLUMNS)] == ACCELERATOR_COLUMNS


def test_wrong_rows_are_refused_in_one_sentence():
    """The message names the argument, what it holds and the rule."""
    with pytest.raises(ValueError, match="model_row has 2 rows; pass one row"):
        kv_bytes_per_token([list(MODEL_COLUMNS), ["a"], ["b"]])
    with pytest.raises(TypeError, match="model_row: layers is 'eighty', which is not a number"):
        kv_bytes_per_token({"model": "x", "layers": "eighty"})
    with pytest.raises(ValueError, match="weight_precision is 'fp7'; it must be bf16, fp8, fp4"):
        vram_gb(LLAMA, "fp7")
    with pytest.raises(ValueError, match="speed_kind is 'fast'; it must be total, output, user"):
        tokens_per_second(LLAMA, H100, 2, "fp8", 1, 1, speed_kind="fast")
    bad = [row[:6] + row[7:] for row in MEASURED]
    with pytest.raises(LookupError, match="measured_table has no column concurrency"):
        tokens_per_second(LLAMA, H100, 2, "fp8", 1, 1, measured_table=bad)


def test_the_constants_are_explained():
    """Each is a number with a meaning and a source that a sheet can print."""
    for constant in (*CONSTANTS.values(), *MEMORY_RULES.values()):
        assert constant.value > 0
        assert constant.help.endswith(".")
        assert constant.source


def test_every_line_has_a_unit_and_a_label():
    """A sheet is made from them."""
    for line in SIZING_LINES:
        assert line.unit.cell_format
        assert line.label
