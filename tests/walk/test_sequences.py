"""Random sequences of files, edits and people hold the rules of the folder."""

import pytest

from tests.walk import sequences


@pytest.mark.slow
def test_random_sequences_by_one_and_by_two_say_what_was_typed() -> None:
    """More of them, from other seeds: ``python -m tests.walk.sequences 2000``."""
    assert sequences.many(150) > 300
