"""Mutated exports: a change of form changes nothing, one of content is refused or shows."""

from tests.workbooks.usage.mutate import run


def test_no_mutation_changes_a_number_silently() -> None:
    """Twenty here; `python -m tests.workbooks.usage.mutate 20000` for the thousands."""
    found = run(20, seed=7)
    assert not [what for what in found if what.startswith(("SILENT", "TRACEBACK"))], found
