"""Four months of a company that is made up: what arrives, who does what about it, and why.

Every name, price and bill is synthetic. The files that arrive are in the folder data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Step:
    """A command, who gives it, why, and which lines of its answer the page shows."""

    name: str
    who: str
    command: str
    why: str
    shows: tuple[str, ...] = ()
    """How the lines begin that the page shows; without any it shows all."""
    code: int = 0
    writes: str = ""
    """A file that is written before it."""


@dataclass(frozen=True)
class Job:
    """What has to be done on a day, in a few commands."""

    day: date
    title: str
    steps: tuple[Step, ...]
    arrived: tuple[str, ...] = field(default=())
    """Files that are new."""


ANNA, BERT = "anna", "bert"
EFFECT = ("api:", "managed:", "own:", "hybrid:", "Verdict")
MONTH = ("Check: 2026-12", "Months closed", "The plan comes", "Forecast", "openai/", "Gutschrift")

JOBS = (
    Job(
        date(2026, 11, 26),
        "Make the folder",
        (
            Step(
                "init",
                ANNA,
                "init budget",
                "A budget folder holds the workbook that you edit and one small file for each "
                "change. It starts from a mid-size company; type your own figures over it.",
            ),
            Step("begun", ANNA, "", "Without a verb it says where the budget stands."),
        ),
    ),
    Job(
        date(2026, 11, 27),
        "An order form with a discount",
        (
            Step(
                "look",
                ANNA,
                "add order-form.csv",
                "The form names list prices, a discount and net prices. Net counts; what is not "
                "used is listed; the effect is shown before anything is written.",
                ("  openai/", "Not used", "  order-form", *EFFECT, "Nothing"),
            ),
            Step("form", ANNA, "add order-form.csv --yes", "Yes.", ("Kept",)),
        ),
        ("order-form.csv",),
    ),
    Job(
        date(2026, 11, 28),
        "An offer in German that starts next year, and the budget is signed",
        (
            Step(
                "stopped",
                ANNA,
                "add angebot.csv --yes",
                "It names a seller, and no price of another seller may be replaced in silence.",
                ("angebot.csv says",),
                2,
            ),
            Step(
                "offer",
                ANNA,
                "add angebot.csv --yes --leave-out 'Beispiel Handel GmbH, Hamburg'",
                "Anna says that the seller changes no price. Until the offer begins, the order "
                "form holds.",
                ("  openai/", "The answer", "openai/", "Kept"),
            ),
            Step(
                "first",
                ANNA,
                "update --offline",
                "The workbook is edited in place: only the cells that changed, and a line in its "
                "sheet Log for each change.",
                ("Prices!D", "Prices!F", *EFFECT),
            ),
            Step(
                "signed",
                ANNA,
                "approve --note 'board, 28 November'",
                "A copy that nothing changes, with the sum of its content.",
            ),
        ),
        ("angebot.csv",),
    ),
    Job(
        date(2027, 1, 4),
        "December is closed, and a price list falls",
        (
            Step("january", BERT, "", "Bert takes over, and asks what is due.", ("Next",)),
            Step(
                "close12",
                BERT,
                "close 2026-12 approved bill-2026-12.csv",
                "The bill against the copy that was signed. A model that nobody budgeted stands "
                "in a line of its own.",
                MONTH,
            ),
            Step(
                "second",
                BERT,
                "update",
                "It reads the published lists: the managed platform became cheaper. The offer of "
                "November holds since 1 January.",
                ("  together/openai", "  openai/", "Prices!D1", "Prices!F1", *EFFECT),
            ),
        ),
        ("bill-2026-12.csv",),
    ),
    Job(
        date(2027, 2, 2),
        "January is closed with a refund; a quote for hardware, first mistyped; own speeds",
        (
            Step(
                "close01",
                ANNA,
                "close 2027-01 approved rechnung-2027-01.csv",
                "A German bill with a credit note for December. Months closed before are kept.",
                MONTH,
            ),
            Step(
                "mistyped",
                BERT,
                "add miete.csv --yes",
                "Ten times the rent: the effect shows it.",
                ("  H200", "own:", "Kept"),
            ),
            Step("undo", ANNA, "undo", "Anna takes Bert's change back; nothing is deleted."),
            Step(
                "rent",
                ANNA,
                "add miete-berichtigt.csv speeds.csv --yes",
                "The quote as the vendor corrected it, and how fast the company's own trial was.",
                ("  H200", "  1x", *EFFECT, "Kept"),
            ),
            Step(
                "third",
                ANNA,
                "update --offline",
                "Both reach the workbook.",
                ("Hardware!O", "Throughput", *EFFECT),
            ),
        ),
        ("rechnung-2027-01.csv", "miete.csv", "miete-berichtigt.csv", "speeds.csv"),
    ),
    Job(
        date(2027, 3, 2),
        "February is closed: a new workload, and a model that is gone",
        (
            Step(
                "close02",
                BERT,
                "close 2027-02 approved bill-2027-02.csv",
                "A team began with a model of its own; another was retired in January.",
                MONTH,
            ),
            Step(
                "retired",
                BERT,
                "prices show openai/gpt-4.1-mini --as-of 2027-03-02",
                "What became of the one in December's bill.",
                ("  RETIRED", "  retires", "There", "openai/"),
            ),
            Step(
                "diff",
                BERT,
                "diff approved budget.xlsx",
                "Why the budget is another than the one that was signed, to the cent.",
                (" ", "2026", "Token prices and", "Hardware table  ", "budget.xlsx  "),
            ),
            Step("again", ANNA, "approve --note 'second forecast'", "The new budget is signed."),
        ),
        ("bill-2027-02.csv",),
    ),
    Job(
        date(2027, 4, 1),
        "March is closed against the second budget, and the plan's volume is no guess any more",
        (
            Step(
                "close03",
                ANNA,
                "close 2027-03 approved bill-2027-03.csv",
                "Four months closed and eight open: the forecast.",
                MONTH,
            ),
            Step(
                "asked",
                BERT,
                "add usage-2026-12.csv --yes",
                "The provider's export of the plan's first month. What no export tells is asked.",
                ("Volume", "  Not read", "Mix", "Peak", "no export", "usage-"),
                2,
            ),
            Step(
                "usage",
                BERT,
                "add usage-2026-12.csv --yes",
                "Bert states it in `workloads.toml`, beside the budget.",
                ("Volume", "Peak", "gpt-", "The measured", "peak_", "growth_", "Kept"),
                writes="workloads.toml",
            ),
            Step(
                "fourth",
                BERT,
                "update --offline",
                "Volume and shares reach the inputs, each with its source.",
                ("Inputs!", "Workload!", *EFFECT),
            ),
            Step("april", ANNA, "", "And so on."),
        ),
        ("bill-2027-03.csv", "usage-2026-12.csv"),
    ),
)
