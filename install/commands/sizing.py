"""`evenpoint sizing validate`: how far the sizing model can be trusted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from install.terminal.answers import print_json, print_next, print_table
from install.terminal.flags import Json

if TYPE_CHECKING:
    from workbooks.sizing.validation import Report, Score

SCORE_TITLES = {
    "Speeds": False,
    "Number": True,
    "Median": True,
    "P10": True,
    "P90": True,
    "Within 1.5x": True,
    "Within 2x": True,
}
sizing = typer.Typer(help="How far the sizing model can be trusted.", no_args_is_help=True)


@sizing.callback()
def _group() -> None:
    """Keep `validate` a word of its own while it is the only one."""


@sizing.command()
def validate(as_json: Json = False) -> None:
    """Compare the sizing model with the speeds it was fitted on, and with those it never saw.

    Predicted over measured is 1 where the model is right. "Never fitted on" is what to trust: the
    tables of TensorRT-LLM that were kept apart. For "left out" constants and shares are fitted
    again without the source that is predicted.

    Example: evenpoint sizing validate
    """
    from workbooks.sizing.validation import report

    found = report()
    if as_json:
        print_json(asdict(found))
    else:
        _print_report(found)


def _print_report(found: Report) -> None:
    unseen = found.unseen[0]
    print(
        f"Four in five of {unseen.count} speeds it was never fitted on are predicted within "
        f"{unseen.p10:.2f} to {unseen.p90:.2f} of what was measured, at a median of "
        f"{unseen.median:.2f}."
    )
    print("Predicted over measured output tokens a second; 1 is right:")
    told = (found.scores, found.unseen, found.held_out)
    scores = [_score(score, inset="  " * (n > 0)) for each in told for n, score in enumerate(each)]
    print_table(SCORE_TITLES, scores, spare=("Within 2x", "Within 1.5x"))
    times = found.times
    print(
        "Answer times: whether the first token keeps its limit is right for "
        f"{times.steady_right_share:.0%} of {times.steady_count} steady loads; the most requests "
        f"within limits are within 1.5x for {times.server_within_1_5_share:.0%} of "
        f"{times.server_count} servers of models below 100 B"
    )
    print("Never fitted on, and off by more than 2x:")
    rows = [(system, f"{ratio:.2f}") for system, ratio in found.missed]
    print_table({"System": False, "Ratio": True}, rows)
    print("Left out:")
    print_table({"System": False, "Why": False}, found.left_out)
    print("Constants, and what a fit gives:")
    pairs = [
        (name, f"{v:.4g}", f"{found.refitted[name]:.4g}") for name, v in found.constants.items()
    ]
    print_table({"Constant": False, "In use": True, "Fitted": True}, pairs)
    print_next("with speeds of your own", "size MODEL --tokens 1B --measured OURS.csv")


def _score(score: Score, inset: str) -> list[str]:
    return [
        inset + score.subset,
        str(score.count),
        f"{score.median:.2f}",
        f"{score.p10:.2f}",
        f"{score.p90:.2f}",
        f"{score.within_1_5_share:.1%}",
        f"{score.within_2_share:.1%}",
    ]
