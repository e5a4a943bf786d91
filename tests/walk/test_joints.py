"""Where the parts join: what once went wrong there, and which tests hold its right outcome.

Wrong numbers and lost data:

A1  A refresh, an older sheet or an amendment wiped a contract that was not in force yet.
A2  A workbook without stored values was read as if nothing had been typed by month.
A3  Of several imports at once some were lost.
A4  The list price was taken where a discount or an empty net price stood beside it.
A5  One vendor's offer replaced another vendor's row, and its term and minimum were not read.
A6  A contract price below the list made the API dearer, for cached input became as dear as input.
A7  Bills of three models became a plan at the price of one.
A8  What usage measures was lost on its way into the workload.
A9  A budget by model for a year was filled up with another plan in silence.
A10 A refresh rewrote closed rows of a price table.
A11 Whether a row is a contract hung on a word in the name of a file.
A12 The same hardware cost less in a budget than where it was chosen.
A13 A budget made anew over itself lost a person's own sheets, notes, names and Log lines.

Blocked or misled:

B1  Risk, decisions, bills and copies did not take a workbook.
B2  After a refresh a workbook held two truths.
B3  The ribbon read the shipped prices only.
B4  Two people could not share a workbook that was refreshed.
B5  A model that was brought in was known to nothing.
B6  Terms and steps of contracts were not read.
B7  Headers of two rows, a meter a row, and quotes for hardware were not read.
B8  A German bill could not be entered.
B9  A model had to be spelled as in our table.
B10 Own nodes had no end of the month.
B11 Closed months had to be given again.
B12 Answers to gates could not be kept with the budget.
B13 Nothing kept a budget as it was signed.
B14 Next quarter's day, start and model could not be given.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FOLD, ADD = "workbooks/folder/test_fold.py", "install/folder/test_adding.py"
UPDATE, STAND = "install/folder/test_updating.py", "install/folder/test_standing.py"
REACH, CLOSE = "install/folder/test_reach.py", "install/commands/test_close.py"
BOOKS, SHEETS = "install/commands/test_workbooks.py", "workbooks/prices/sheet/test_sheets.py"
HELD = {
    "A1": (
        (FOLD, "test_a_refresh_after_the_signature_leaves_the_contract"),
        (FOLD, "test_an_amendment_before_a_contract_does_not_wipe_it"),
        (FOLD, "test_both_steps_of_an_offer_hold"),
    ),
    "A2": (
        (UPDATE, "test_what_a_person_typed_by_month_survives"),
        (UPDATE, "test_a_workbook_without_values_is_refused_or_read_and_never_as_empty"),
    ),
    "A3": ((FOLD, "test_many_writers_at_once_lose_nothing"),),
    "A4": (
        (ADD, "test_a_column_that_changes_what_the_prices_mean_stops_the_import"),
        (ADD, "test_net_prices_that_nobody_computed_are_not_passed_over"),
    ),
    "A5": ((ADD, "test_an_offer_in_german_stops_for_its_seller_and_its_minimum"),),
    "A6": (("workbooks/plan/test_own_price.py", "test_a_price_of_ones_own_moves_the_whole_bill"),),
    "A7": (("workbooks/usage/test_actuals.py", "test_three_models_keep_their_bill_in_the_plan"),),
    "A8": (("workbooks/usage/test_actuals.py", "test_the_workload_is_a_scenario"),),
    "A9": (("workbooks/plan/test_actuals.py", "test_notes_say_what_was_assumed"),),
    "A10": (("workbooks/prices/splice/test_rules.py", "test_closed_rows_are_history"),),
    "A11": ((UPDATE, "test_a_later_amendment_reaches_a_row_that_a_contract_holds"),),
    "A12": (
        ("install/commands/test_one_cost.py", "test_the_choice_of_size_is_named_in_a_budget"),
        (ADD, "test_a_quote_in_euros_is_sized_in_dollars"),
    ),
    "A13": (
        (UPDATE, "test_what_a_person_added_survives_byte_for_byte"),
        (STAND, "test_a_workbook_that_is_made_anew_over_itself_is_kept"),
    ),
    "B1": (
        (BOOKS, "test_a_workbook_and_its_file_have_one_answer"),
        (BOOKS, "test_what_was_typed_counts"),
    ),
    "B2": ((UPDATE, "test_a_contract_reaches_every_value_of_the_workbook"),),
    "B3": ((REACH, "test_the_ribbon"),),
    "B4": (
        ("install/folder/test_two_people.py", "test_what_two_people_add_is_one_budget_for_both"),
    ),
    "B5": ((REACH, "test_a_new_budget"), (REACH, "test_list_prices_of_usage")),
    "B6": (
        ("walk/test_walk.py", "test_what_is_agreed_next_year_is_due_when_it_begins"),
        (FOLD, "test_a_short_addendum_gives_way_to_the_contract_it_interrupts"),
    ),
    "B7": (
        (SHEETS, "test_a_heading_of_two_rows_is_read_together"),
        (SHEETS, "test_an_enterprise_sheet_of_azure_is_read_by_its_meters"),
        (ADD, "test_a_quote_for_rented_cards_is_the_rent"),
    ),
    "B8": ((CLOSE, "test_a_bill_is_read_as_its_writer_meant_it"),),
    "B9": ((CLOSE, "test_a_model_is_known_by_any_of_its_names"),),
    "B10": ((CLOSE, "test_a_month_of_own_nodes_is_closed_line_by_line"),),
    "B11": ((CLOSE, "test_a_closed_month_is_kept_and_the_next_needs_its_own_files_alone"),),
    "B12": (("workbooks/verdicts/test_findings.py", "test_gates_condition_the_verdict"),),
    "B13": ((STAND, "test_what_is_signed_stays_as_it_was"),),
    "B14": ((BOOKS, "test_next_quarter_is_three_flags"),),
}


def test_every_joint_is_held() -> None:
    """Each that is told above, and no other."""
    told = [line.split()[0] for line in (__doc__ or "").splitlines() if line[:1] in {"A", "B"}]
    assert [name for name in told if name[1:].isdecimal()] == list(HELD)


@pytest.mark.parametrize("joint", HELD)
def test_what_holds_a_joint_is_there(joint: str) -> None:
    """By its name in its file."""
    for file, name in HELD[joint]:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
