"""What a new budget asks its user for, and the flags of the command that the answers stand for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from costcore.language.quantities import QUANTITIES, unit_of

QUESTIONS = {
    "tokens": ("tokens_per_month", "500M or 2.7B"),
    "growth": ("growth_per_year", "50 % or 0.5"),
    "api-model": ("api_model", "openai/gpt-4o; evenpoint prices show lists them"),
    "rent": ("acquisition_kind", "rent or buy; a lease is chosen in the workbook"),
}
"""What a new budget asks for: the flag of the command, the input it sets, and an answer."""


class ActionError(Exception):
    """An action that cannot be done, with the sentence the user is shown."""


def answered(ask: Callable[[str], str | None]) -> Iterator[str]:
    """Yield the flags that the user's answers stand for; an empty one leaves the example's figure.

    Raises
    ------
    ActionError
        If the user stops, or an answer is none of those there are.
    """
    for number, (flag, (name, example)) in enumerate(QUESTIONS.items(), start=1):
        asked = f"{QUANTITIES[name].help} [{unit_of(name).label}]\nFor example {example}."
        rule = "Empty: the figure of the example, to be typed over later."
        answer = ask(f"{number} of {len(QUESTIONS)}: {asked}\n{rule}")
        if answer is None:
            raise ActionError("Stopped; nothing was written.")
        if text := answer.strip():
            yield _flag(flag, text)


def _flag(flag: str, answer: str) -> str:
    """Return a flag with its answer; the command says what is wrong with one.

    >>> _flag("growth", "50 %"), _flag("rent", "Buy"), _flag("tokens", "2.7B")
    ('--growth=0.5', '--buy', '--tokens=2.7B')
    """
    if flag == "rent":
        if answer.lower() not in ("rent", "buy"):
            raise ActionError(f"{answer!r} is neither rent nor buy; nothing was written.")
        return f"--{answer.lower()}"
    if answer.endswith("%"):
        with suppress(ValueError):
            answer = f"{float(answer[:-1]) / 100:.12g}"
    return f"--{flag}={answer}"
