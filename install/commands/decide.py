"""`evenpoint decide`: what the gates leave, what costs least, and what the rules of thumb say."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from install.mixing.deciding import pooled_decide
from install.terminal.answers import print_json, print_next, print_table, short
from install.terminal.flags import Json
from install.terminal.refusal import Refusal
from install.terminal.scenarios import Name, several
from install.terminal.scenarios import plan as found
from install.terminal.writing import check_target, write

if TYPE_CHECKING:
    from costcore.answers.decisions import Book, Decision, Fact
    from workbooks.plan.judgement.risk import Risk
    from workbooks.plan.judgement.rulebook import Rulebook
    from workbooks.plan.plan import Plan


def decide(
    scenario: Name = "mid-size",
    rules: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own rules in place of ours.")
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="What no plan knows: data_months=3. Repeat it."),
    ] = None,
    copy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write our rules, to edit, and stop.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say which option to take, and where it goes against a rule of thumb.

    Gates come before money: what fails one is out. Then the present value of the plan decides,
    and the rules of three articles and our own are shown beside it: pass, fail or unknown.
    Of a scenario with several workloads or engines it says which strategy, where each workload
    goes, which pairs a gate forbids, and which gates nobody has answered.

    Example: evenpoint decide mid-size --fact has_mlops_team=no --fact data_months=6
    """
    from workbooks.plan.judgement.rulebook import shipped

    if copy is not None:
        check_target(copy, force=False, hint="give another name")
        write(copy, shipped().read_bytes())
        print(f"Wrote {copy}")
        return
    if portfolio := several(scenario):
        if rules is not None or fact:
            raise Refusal("--rules and --fact are for one workload; answer gates in the file.")
        pooled_decide(portfolio, as_json)
        return
    from costcore.answers.decisions import decide as decided
    from workbooks.plan.judgement.facts import OF_THE_DRAWS, answered, costs, facts, odds
    from workbooks.plan.judgement.latency import answer_times
    from workbooks.plan.judgement.risk import DRAWS, risk

    ours = found(scenario)
    known: dict[str, Fact] = {**facts(ours), **answer_times(ours)}
    planned = (*known, *OF_THE_DRAWS)
    book = _rules(rules, ours, planned)
    told = {**book.asked, **_told(fact or [], book, planned)}
    drawn = risk(ours, DRAWS)  # last, for it takes longest: what is refused is refused at once
    known |= odds(drawn)
    known |= {name: value for name, value in told.items() if value is not None}
    told = {name: known.get(name) for name in told}
    answer = decided(book.books, known, costs(ours), answered(ours), ours.scenario.hybrid_rest)
    (_print_json if as_json else _print)(drawn, book, answer, known, told)
    if not as_json:
        _print_next(scenario, next((name for name, value in told.items() if value is None), ""))


def _print_next(scenario: str, unknown: str) -> None:
    if unknown:
        print_next("with what you know", f"decide --fact {unknown}=VALUE", scenario)
    else:
        print_next("as a workbook", "budget", scenario)


def _rules(path: Path | None, plan: Plan, known: Collection[str]) -> Rulebook:
    from workbooks.plan.judgement.rulebook import load, shipped
    from workbooks.scenario.feasibility import exchange_rate
    from workbooks.scenario.scenario import ScenarioError
    from workbooks.scenario.sections import SectionError

    try:
        return load(path or shipped(), known, lambda code: exchange_rate(code, plan.scenario))
    except (SectionError, ScenarioError) as error:
        raise Refusal(f"{error}.") from None
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from None


def _told(typed: list[str], book: Rulebook, planned: Collection[str]) -> dict[str, Fact]:
    from workbooks.plan.judgement.rulebook import fact
    from workbooks.scenario.sections import SectionError

    answers: dict[str, Fact] = {}
    for each in typed:
        name, equals, value = each.partition("=")
        if name in planned and name not in book.asked:
            raise Refusal(f"--fact is {each!r}, but the plan computes it; change the scenario.")
        if not equals or name not in book.asked:
            known = ", ".join(book.asked)
            raise Refusal(f"--fact is {each!r}; write NAME=VALUE with one of {known}.")
        try:
            answers[name] = fact(f"--fact {name}", value)
        except SectionError as error:
            raise Refusal(f"{error}.") from None
    return answers


def verdict(drawn: Risk, answer: Decision) -> str:
    """Return the decision in one sentence: of what the gates leave, by how much and how sure."""
    from costcore.answers.decisions import FAIL, PASS, UNKNOWN
    from workbooks.plan.judgement.headline import headline

    counts = (
        f"{answer.count(PASS)} rules hold, {answer.count(FAIL)} do not, "
        f"{answer.count(UNKNOWN)} wait for a fact, and the computed cost contradicts "
        f"{len(answer.contradictions) or 'none'}"
    )
    if not answer.choice:
        reasons = "; ".join(sorted(set(answer.removed.values())))
        return f"No option passes the gates ({reasons}): {counts}."
    left = [option for option in drawn.plan.options if option not in answer.removed]
    return f"{headline(drawn, left)}. {counts[0].upper()}{counts[1:]}."


def _rows(answer: Decision) -> Iterator[dict[str, Any]]:
    for each in answer.findings:
        yield {
            "book": each.book.title,
            "id": each.rule.id,
            "rule": each.rule.text,
            "status": each.status,
            "option": each.rule.option,
            "source": each.book.source,
            "contradiction": each.contradiction,
        }


def _gaps(book: Rulebook) -> Iterator[tuple[str, float, float]]:
    """Ranges of volume that a table of tiers leaves out."""
    from costcore.answers.decisions import holes

    for each in book.books:
        if each.kind == "tiers":
            for low, high in holes(each, "tokens_per_month"):
                yield each.title, low, high


def _print_json(
    drawn: Risk,
    book: Rulebook,
    answer: Decision,
    known: Mapping[str, Fact],
    told: Mapping[str, Fact | None],
) -> None:
    from costcore.answers.decisions import breach_per_year
    from workbooks.plan.judgement.facts import costs
    from workbooks.plan.judgement.latency import basis

    plan = drawn.plan
    options = costs(plan)
    print_json(
        {
            "scenario": plan.scenario.origin,
            "currency": plan.scenario.currency,
            "verdict": verdict(drawn, answer),
            "choice": answer.choice,
            "present_cost": options,
            "removed": answer.removed,
            "answer_times": basis(plan),
            "books": answer.books,
            "rules": list(_rows(answer)),
            "contradictions": answer.contradictions,
            "tier_gaps": [
                {"book": title, "from_tokens_per_month": low, "to_tokens_per_month": high}
                for title, low, high in _gaps(book)
            ],
            "expected_breach_cost_per_year": breach_per_year(known),
            "facts": known,
            "unknown_facts": [name for name, value in told.items() if value is None],
        }
    )


def _print_book(book: Book, answer: Decision) -> None:
    from costcore.answers.decisions import NAMES

    print(f"{book.title} ({book.source})")
    needs = f"{book.needed} of {len(book.rules)} needed: " if book.needed > 1 else "Rule"
    counted = answer.books[book.id] if book.needed > 1 else ""
    rows = [
        (found.status, found.rule.text, NAMES[found.rule.option] if book.kind != "gates" else "")
        for found in answer.findings
        if found.book.id == book.id
    ]
    print_table({"Status": False, needs + counted: False, "Points to": False}, rows)


def _print(
    drawn: Risk,
    book: Rulebook,
    answer: Decision,
    known: Mapping[str, Fact],
    told: Mapping[str, Fact | None],
) -> None:
    from costcore.answers.decisions import NAMES, breach_per_year
    from workbooks.plan.judgement.latency import basis

    print(verdict(drawn, answer), *basis(drawn.plan), sep="\n")
    for option, reason in answer.removed.items():
        print(f"Out: {NAMES[option]}, for this fails: {reason}.")
    for each in answer.contradictions:
        print(f"But: {each}")
    print()
    for some in book.books:
        _print_book(some, answer)
    volume = float(known["tokens_per_month"])  # type: ignore[arg-type]  # never a range
    for title, low, high in _gaps(book):
        here = ", and that is where you are" if low <= volume < high else ""
        print(f"{title}: nothing is said from {short(low)} to {short(high)}{here}.")
    if (breach := breach_per_year(known)) is not None:
        currency = drawn.plan.scenario.currency
        print(f"Expected loss from a breach: {currency} {breach:,.0f} a year, in no total above.")
    if unknown := [name for name, value in told.items() if value is None]:
        print(f"Unknown, answer with --fact NAME=VALUE: {', '.join(unknown)}.")
