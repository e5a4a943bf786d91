"""Random sequences of files, edits and people hold the rules of the folder."""

import pytest

from tests.walk import sequences, typing_in


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 2_000, 500))
def test_random_sequences_by_one_and_by_two_say_what_was_typed(first: int) -> None:
    """More of them, from other seeds: ``python -m tests.walk.sequences 2000 995000``."""
    assert sequences.many(500, first) > 1_000


def test_a_contract_that_begins_later_prices_no_measured_month() -> None:
    """The months before it come to their bill; its steps were taken for theirs."""
    assert sequences.many(1, 910_080) > 0


def test_a_contract_that_begins_within_a_measured_month_prices_its_days() -> None:
    """Those before it are at list: the mean of the month was taken for every day."""
    assert sequences.many(1, 960_990) > 0


@pytest.mark.slow
def test_what_is_typed_into_the_workbook_survives_any_commands() -> None:
    """Update, budget, export, approve; more of them: ``python -m tests.walk.typing_in 20``."""
    assert typing_in.many(2) == 4
