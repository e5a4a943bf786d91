"""A scenario file to fill in, or a ready one to start from: what `evenpoint init` writes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

from install.terminal.refusal import Refusal
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from workbooks.scenario.inputs import Input
    from workbooks.scenario.scenario import Entry, Scenario

GIVEN = (
    "tokens_per_month",
    "api_model",
    "acquisition_kind",
    "hardware",
    "gpus_per_node_count",
    "system",
)
"""Inputs a plan cannot do without, or that decide what the others mean."""

INTRODUCTION = """\
# A scenario for: evenpoint budget {name}
#
# Lines that begin with # are the defaults; take the # away to change one. A number may be given
# alone, or in three cases with its source:
#   tokens_per_month = {{ low = 1e9, base = 2e9, high = 4e9, source = "bills of 2026" }}
# An amount may be in another currency than the plan's; a rate of your own is under [[rate]] below:
#   salary_per_year = {{ base = 70_000, currency = "GBP", source = "offer of May" }}
"""
SERIES = """
[series]
# Your own tokens for the first months, 0 for none; the plan goes on from the last of them.
# forecast_tokens_per_month = []

# Twelve factors on the volume, repeated every year from the first month of the plan.
# season_factor = []

# Steps of a token price with a date, such as a new generation of models; option: api or managed.
#   [[price_step]]
#   option = "api"
#   from = 2027-07-01
#   factor = 0.5

# An exchange rate of your own, in the place of the ECB's; with a range, risk draws it.
#   [[rate]]
#   from_currency = "GBP"
#   to_currency = "USD"
#   rate = 1.30
#   low_rate = 1.20
#   high_rate = 1.40
#   date = 2026-10-30
#   source = "treasury"

# Budget rates of other currencies: what one of it is worth in the plan's, from a date on.
#   [[budget_rate]]
#   currency = "EUR"
#   from = 2027-01-01
#   rate = 1.10

# Contracts of the company, each under [[contract]]. What is signed is owed under every strategy
# until it ends; what is only offered (signed = false) belongs to the strategy that signs it.
# kind: api, managed (a minimum that is spent), dedicated (tokens), reserved, lease (nodes).
#   [[contract]]
#   name = "Frontier API"
#   kind = "api"
#   signed = true
#   first_month = 1
#   term_months = 24
#   minimum_per_year = 120_000
#   currency = "EUR"
#   ramp_months = 12
#   overage_factor = 1.0
#   rollover_share = 0.0
#   notice_months = 3
#   exit_share = 0.5
"""


def scenario_file(file: Path, source: str | None, portfolio: bool = False) -> None:
    """Write a scenario file to fill in, or a copy of a ready one.

    Raises
    ------
    Refusal
        If there is no such ready scenario, or the file cannot be written.
    """
    check_target(file, force=False, hint="give another name")
    if portfolio and source is not None:
        raise Refusal("--portfolio and --from both say what to write; give one.")
    write(file, blank().read_bytes() if portfolio else _content(file.name, source))
    print(f"Wrote {file}. Fill it in and run: evenpoint budget {file}")


def blank() -> Traversable:
    """Return the commented file with two workloads and three engines."""
    from importlib.resources import files

    return files("workbooks.data") / "portfolio.toml"


def _content(name: str, source: str | None) -> bytes:
    return _template(name).encode() if source is None else _ready(source)


def _ready(name: str) -> bytes:
    from workbooks.portfolio.reading import ready

    scenarios = ready()
    if name not in scenarios:
        raise Refusal(f"There is no ready scenario {name!r}; there are {', '.join(scenarios)}.")
    return scenarios[name].read_bytes()


def _template(name: str) -> str:
    """Return a scenario file that plans as it stands, and shows all that can be changed."""
    from workbooks.scenario.inputs import SECTION_TITLES, SECTIONS
    from workbooks.scenario.reading import load, parse, ready

    filled = load(ready()["mid-size"])
    given = {
        section: {
            each.name: filled.entries[each.name].base for each in inputs if each.name in GIVEN
        }
        for section, inputs in SECTIONS.items()
    }
    defaults = parse(given, name)
    parts = [INTRODUCTION.format(name=name), *_header(defaults)]
    for section, inputs in SECTIONS.items():
        parts.append(f"\n# {SECTION_TITLES[section]}\n[{section}]\n")
        parts += ["\n".join(_lines(each, defaults.entries[each.name])) for each in inputs]
    return "".join([*parts, SERIES])


def _header(scenario: Scenario) -> Iterator[str]:
    from workbooks.scenario.reading import HEADER
    from workbooks.scenario.writing import toml

    yield "\n"
    for name in HEADER:
        yield f"# {name} = {toml(getattr(scenario, name))}\n"


def _lines(each: Input, entry: Entry) -> Iterator[str]:
    """Lines of one input: meaning, unit and bounds, and its value or default."""
    from workbooks.scenario.writing import toml

    label, meaning = f"{each.label}.", each.quantity.help
    yield f"# {label} {meaning}" if label != meaning else f"# {meaning}"
    if each.choices:
        yield f"# One of {', '.join(each.choices)}."
    elif each.is_number:
        yield f"# {each.unit_label.capitalize().partition(',')[0]}; {each.quantity.rule}."
    mark = "" if each.name in GIVEN else "# "
    if entry.base is None:
        yield f"# {each.name} =    (blank: the table's figure counts)"
    elif each.assumption:
        yield f"{mark}{each.name} = {_cases(entry)}"
    else:
        yield f"{mark}{each.name} = {toml(entry.base)}"
    yield "\n"


def _cases(entry: Entry) -> str:
    from workbooks.scenario.writing import toml

    names = ("low", "base", "high", "source", "as_of")
    known = ((name, getattr(entry, name)) for name in names)
    return f"{{ {', '.join(f'{name} = {toml(value)}' for name, value in known if value != '')} }}"
