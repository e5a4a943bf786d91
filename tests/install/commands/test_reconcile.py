"""`evenpoint reconcile`: the claims that ship, and claims that anybody writes."""

import json
from collections import Counter

import pytest

from install.command import main
from workbooks.plan.judgement.claimbook import load, ready

ARTICLES = ("article-1", "article-2", "article-3")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to run every command in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(["reconcile", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def answer(capsys, *arguments):
    """The JSON answer."""
    return json.loads(told(capsys, *arguments, "--json"))["files"]


def test_three_articles_and_eight_others_ship(capsys):
    """Each says where it was published; the others by their address."""
    found = {file["name"]: file for file in answer(capsys)}
    assert found.keys() == ready().keys() > set(ARTICLES)
    others = [file for name, file in found.items() if name not in ARTICLES]
    assert len(others) >= 8
    assert all(file["url"].startswith("https://") for file in others)


@pytest.mark.parametrize(
    ("name", "claim", "ours", "follows", "traps"),
    [
        ("article-1", "large", None, True, ["crossing above capacity", "people left out"]),
        ("article-1", "small", None, True, []),
        ("article-2", "rent", 14_454, True, ["load used as duty"]),
        ("article-2", "hybrid", 0.8298, False, ["example against claim"]),
        ("article-2", "token-low", 4.7e-6, False, ["per token, not per thousand"]),
        ("article-3", "bill", 621, False, ["bill against rates"]),
        ("article-3", "own-cost", 273_200, True, []),
        ("article-3", "tipping-point", 32.995e9, False, ["bill against rates"]),
        ("article-3", "tipping-point-implied", 5.464e9, False, ["bill against rates"]),
        ("article-3", "doubling", 1.0, False, ["capacity taken for volume"]),
        ("lenovo-2026", "reserved-3", 9.314, True, ["people left out"]),
        (
            "arxiv-2509-18101",
            "kimi-gemini",
            69.288,
            False,
            ["people left out", "bill against rates"],
        ),
        ("infotech", "bill", 72, False, ["bill against rates"]),
        ("swfte", "first-year", 90_000, False, ["bill against rates"]),
        ("llmtco", "quarter-load", 0.8333, True, []),
    ],
)
def test_a_claim_is_pinned(capsys, name, claim, ours, follows, traps):
    """Our figure, the verdict and the traps, as worked out by hand from the publication."""
    (file,) = answer(capsys, name)
    found = next(each for each in file["claims"] if each["id"] == claim)
    assert found["ours"] == (None if ours is None else pytest.approx(ours, rel=1e-3))
    assert found["follows"] is follows
    assert [trap["trap"] for trap in found["traps"]] == traps


def test_a_never_is_held_against_what_is_computed_on_paper(capsys):
    """5,400 a month over 0.075 is 72,000 M tokens; people are left out as in its other claims."""
    (file,) = answer(capsys, "article-1")
    found = next(each for each in file["claims"] if each["id"] == "small")
    assert found["on_paper"] == pytest.approx(72_000e6)


def test_a_share_that_its_example_contradicts_has_a_sentence(capsys):
    """From 47,000 to 8,000 is 83 %, and 70 % would leave 14,100."""
    (file,) = answer(capsys, "article-2")
    (trap,) = next(each for each in file["claims"] if each["id"] == "hybrid")["traps"]
    assert trap["why"] == "From 47,000 to 8,000 is 83% less; 70% less would be 14,100."


def test_every_trap_of_the_articles_is_shown(capsys):
    """The six traps of the three articles each have a claim that fell in."""
    traps = Counter(
        trap["trap"]
        for name in ARTICLES
        for claim in answer(capsys, name)[0]["claims"]
        for trap in claim["traps"]
    )
    assert traps.keys() >= {
        "crossing above capacity",
        "people left out",
        "load used as duty",
        "per token, not per thousand",
        "bill against rates",
        "capacity taken for volume",
    }


def test_the_screen_counts(capsys):
    """The first line sums up, and a trap is told with its reason."""
    said = told(capsys, "article-1")
    assert said.splitlines()[0] == (
        "6 claims: 0 do not follow from their own inputs, 4 fell into a trap."
    )
    assert "540 M tokens take 2 nodes for 10,800, and the API charges 5,400." in said


def test_a_copy_reads_as_the_original(capsys):
    """A ready claim is the pattern for one's own."""
    assert "Wrote mine.toml" in told(capsys, "article-3", "--copy", "mine.toml")
    (mine,), (original,) = answer(capsys, "mine.toml"), answer(capsys, "article-3")
    assert mine["claims"] == original["claims"]
    assert main(["reconcile", "mine.toml", "--copy", "x.toml"]) == 2
    assert "--copy needs a ready claim" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("claimed = 3750\n", 'claimed = "lots"\n', "claimed of claim bill is 'lots'"),
        ("claimed = 3750\n", "", "claimed of claim bill is None"),
        ('kind = "bill"', 'kind = "bil"', "kind of claim bill is 'bil'"),
        ("claimed = 3750\n", "claimd = 3750\n", "did you mean 'claimed'?"),
        ("shares = [0.8, 0.2]", "shares = 0.8", "shares of claim bill is 0.8"),
        ("shares = [0.8, 0.2]", "shares = [0.8, 2]", "shares of claim bill is 2"),
        ("tokens_per_month = 2.7e9", "tokens = 2.7e9", "claim bill: a claim of kind bill needs"),
        ('id = "api-cost"', 'id = "bill"', "the id 'bill' stands twice"),
        ("tokens_per_month = 2.7e9", "tokens_per_month = -1", "must be a number of at least 0"),
        ("tokens_per_month = 2.7e9", "tokens_per_month = 0", "divided by is 0"),
        ("[[claim]]", "[[claim]", "is not a TOML file"),
    ],
)
def test_a_wrong_claim_is_named(capsys, old, new, words):
    """One sentence with the file, the claim, the value and what it must be; exit code 2."""
    content = ready()["article-3"].read_text(encoding="utf-8")
    assert old in content
    with open("mine.toml", "w", encoding="utf-8") as file:
        file.write(content.replace(old, new, 1))
    assert main(["reconcile", "mine.toml"]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.startswith("mine.toml")
    assert said.err.count("\n") == 1


def test_a_missing_file_is_refused(capsys):
    """The message lists what there is."""
    assert main(["reconcile", "nowhere"]) == 2
    assert "name a claim file or one of article-1" in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(ready()))
def test_theirs_is_near_ours_or_in_a_trap(name):
    """No claim that ships is contradicted without a reason, except a plain slip of arithmetic."""
    for claim in load(ready()[name]).claims:
        plain = claim.kind in {"ratio", "saving"}
        assert claim.found.follows or claim.found.traps or plain
