"""Your own measurements rescale the model everywhere, and replace it where they were taken."""

import pytest

from costcore.machines.measured import MEASURED_COLUMNS
from install.command import main
from workbooks.sizing.answering import Limits, answers
from workbooks.sizing.choices import choices
from workbooks.sizing.demand import Demand
from workbooks.sizing.own import Own, read

HARDWARE = ["H100 SXM", "H200 SXM", "L40S"]
MODEL = "Llama-3.3-70B"
DEMAND = Demand(
    model=MODEL,
    tokens_per_month=2e10,
    input_tokens=1000.0,
    output_tokens=1000.0,
    precision="fp8",
    user_tokens_per_second=0.0,
)
ROW = (MODEL, "H100 SXM", "2", "fp8", "1000", "1000", "max")


def table(folder, *rows):
    """A file of measurements."""
    path = folder / "ours.csv"
    lines = [MEASURED_COLUMNS, *rows]
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    return path


def speeds(own=None):
    """Tokens a second for each GPU, by hardware."""
    return {c.hardware: c.gpu_tokens_per_second for c in choices(DEMAND, HARDWARE, own)}


def test_one_measurement_rescales_every_device(tmp_path):
    """4,205 were published for this copy; 2,102.5 is half of it, and half of all else."""
    plain = read(table(tmp_path, (*ROW, "4205")), MODEL).share
    own = read(table(tmp_path, (*ROW, "2102.5")), MODEL)
    assert own.share == pytest.approx(plain / 2)
    before, after = speeds(), speeds(own)
    for hardware in HARDWARE:
        assert after[hardware] / before[hardware] == pytest.approx(own.share, rel=0.02)


def test_it_replaces_the_figure_where_it_was_measured(tmp_path):
    """Two measurements: each stands where it was taken, the others have their mean."""
    rows = ((*ROW, "2000"), (MODEL, "H200 SXM", "1", "fp8", "1000", "1000", "max", "2900"))
    own = read(table(tmp_path, *rows), MODEL)
    first, second = own.rows
    case = {"gpus_count": 2.0, "weight_precision": "fp8", "input_tokens": 1000.0}
    case |= {"output_tokens": 1000.0, "hardware": "H100 SXM"}
    assert own.at(case) == (first.ratio, first)
    assert own.at(case | {"hardware": "L40S"}) == (own.share, None)
    assert own.at(case | {"output_tokens": 2100.0}) == (own.share, None)
    assert own.share == pytest.approx((first.ratio * second.ratio) ** 0.5)
    full = Demand(
        model=MODEL,
        tokens_per_month=1e13,
        input_tokens=1000.0,
        output_tokens=1000.0,
        precision="fp8",
        user_tokens_per_second=0.0,
    )
    (found,) = choices(full, ["H200 SXM"], Own((second,)))
    if found.replica_gpus == 1:
        assert found.base_tokens_per_second == pytest.approx(2 * 2900, rel=0.01)
        assert "Yours: 2,900 output tokens a second" in found.why


def test_answer_times_are_rescaled_too(tmp_path):
    """Half the speed answers fewer requests within the same limits."""
    own = read(table(tmp_path, (*ROW, "2102.5")), MODEL)
    before, after = (answers(DEMAND, Limits(60, 2000, 5), ["H100 SXM"], o)[0] for o in (None, own))
    assert after.most_per_minute < before.most_per_minute


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((MODEL, "H100", "2", "fp8", "1000", "1000", "max", "4205"), "line 2: There is no acc"),
        ((MODEL, "H100 SXM", "2", "q8", "1000", "1000", "max", "4205"), "weight_precision is 'q8'"),
        ((MODEL, "H100 SXM", "2", "fp8", "1000", "1000", "all", "4205"), "a number above 0 or max"),
        ((MODEL, "H100 SXM", "2", "fp8", "1000", "1000", "max", "-1"), "output_tokens_per_second"),
        ((MODEL, "L4", "1", "fp8", "1000", "1000", "max", "10"), "does not fit"),
        (("gpt-oss-20b", *ROW[1:], "4205"), f"has no measurement of {MODEL}"),
    ],
)
def test_a_bad_measurement_is_named(tmp_path, row, told):
    """File, line, value and rule."""
    with pytest.raises(ValueError, match=told):
        read(table(tmp_path, row), MODEL)


def test_the_command_reads_the_file(tmp_path, capsys):
    """And refuses one that is not there."""
    path = table(tmp_path, (*ROW, "2102.5"))
    asked = ["size", MODEL, "--tokens", "2B", "--hardware", "L40S", "--measured", str(path)]
    assert main([*asked, "--json"]) == 0
    assert "Rescaled by 0." in capsys.readouterr().out
    assert main([*asked[:-1], str(tmp_path / "none.csv")]) != 0
    assert "cannot be read" in capsys.readouterr().err
