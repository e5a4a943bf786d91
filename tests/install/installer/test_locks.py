"""What is installed is pinned by version and hash, listed with its licence, and asked about."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from install.installer import audit
from install.installer.licences import canonical, listed
from install.installer.lock import PYTHONS, SYSTEMS, Pin, needs, pins, places
from install.installer.steps import LOCKS

LINE = re.compile(
    r"#.*|[a-z0-9-]+==[\w.]+( ; [\w .<>='()!]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
)
LOCKED = sorted(path.name for path in LOCKS.glob("*.txt"))


def test_there_is_a_lock_for_each_kind_of_reader() -> None:
    """For users, for each extra, for those who test, and for the installer for Windows."""
    assert sorted(needs()) == LOCKED == sorted(path.name for path in LOCKS.iterdir())
    assert {each.split(".")[1] for each in PYTHONS} == {"11", "12", "13", "14"}
    assert set(SYSTEMS) == {"linux", "darwin", "win32"}


@pytest.mark.parametrize("name", LOCKED)
def test_every_package_has_one_version_and_its_hashes(name: str) -> None:
    """A line is a pin or a SHA-256; none names a place to load from, for that is the user's."""
    lines = (LOCKS / name).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        assert line.endswith("\\") == following.startswith("    --hash="), line


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_meets_the_project_file_everywhere(name: str) -> None:
    """On each system and Python there is exactly one version, and it is one that is asked for."""
    locked = list(pins(LOCKS / name))
    for place in places(name):
        here = [pin for pin in locked if pin.counts(place)]
        names = [pin.name for pin in here]
        assert len(set(names)) == len(names)
        found = {pin.name: pin.version for pin in here}
        for wanted in map(Requirement, needs()[name]):
            assert found[canonical(wanted.name)] in wanted.specifier, (place, str(wanted))


def test_users_get_the_versions_that_were_tested() -> None:
    """What the tests ran with, for every package that both have."""
    tested = {(pin.name, pin.version) for pin in pins(LOCKS / "test.txt")}
    names = {name for name, _ in tested}
    for name in ("run.txt", "usage.txt", "mcp.txt", "report.txt"):
        locked = {(pin.name, pin.version) for pin in pins(LOCKS / name) if pin.name in names}
        assert locked <= tested


def test_all_that_a_package_needs_is_pinned_too() -> None:
    """By what the packages installed here say of themselves, from the first to the last."""
    here = {pin.name for pin in pins(LOCKS / "test.txt")}
    seen: set[str] = set()
    todo = [Requirement(each) for each in needs()["test.txt"]]
    while todo:
        wanted = todo.pop()
        if str(wanted) not in seen:
            seen.add(str(wanted))
            assert canonical(wanted.name) in here, str(wanted)
            todo += [need for need in asked(wanted) if holds(need, wanted.extras)]
    assert len(seen) > len(needs()["test.txt"])


def asked(wanted: Requirement) -> list[Requirement]:
    """What an installed package asks for."""
    return [Requirement(each) for each in requires(wanted.name) or []]


def holds(need: Requirement, extras: set[str]) -> bool:
    """Whether it is needed on this machine, with these extras of the package that asks."""
    marker = need.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *extras})


def test_everything_inside_is_listed_with_its_licence() -> None:
    """Each pin that counts somewhere, with every lock it is in, and nothing else."""
    inside: dict[tuple[str, str], set[str]] = {}
    for name in LOCKED:
        for pin in pins(LOCKS / name):
            if any(map(pin.counts, places(name))):
                inside.setdefault((pin.name, pin.version), set()).add(name.removesuffix(".txt"))
    assert {(each.name, each.version): each.locks for each in listed()} == inside


def test_no_licence_asks_more_of_users_than_to_be_named() -> None:
    """The GPL and its kin are met in tests only, which nobody is given."""
    for each in listed():
        assert each.licence
        assert each.licence != "not stated", each
        free = not re.search(r"GPL|General Public|Affero", each.licence)
        assert free or each.locks == {"test"}, each


def lock_of(folder: Path, *named: str) -> Path:
    """A folder with a lock of some packages."""
    lines = (f"{each} --hash=sha256:{'0' * 64}\n" for each in named)
    (folder / "some.txt").write_text("".join(lines))
    return folder


@contextmanager
def flaws_served(known: dict[str, Any]) -> Iterator[str]:
    """Answer as a database of flaws does (OSV), for the packages that are known to have one."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(known.get(asked["package"]["name"], {})).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


FLAW = {  # in the format of ossf.github.io/osv-schema, of a package that there is not
    "id": "PYSEC-2026-1",
    "summary": "SYNTHETIC",
    "affected": [
        {
            "package": {"name": "tiny", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
            "versions": ["1.0"],
        }
    ],
}


def test_a_known_flaw_fails_the_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """pip-audit itself, asking a database of this machine."""
    with flaws_served({"tiny": {"vulns": [FLAW]}}) as url:
        code = audit.main(["-s", "osv", "--osv-url", url], lock_of(tmp_path, "tiny==1.0", "ok==2"))
    assert capsys.readouterr().out == (
        "some.txt: 2 packages audited, 1 flaws known\n    tiny 1.0: PYSEC-2026-1, mended in 1.1\n"
    )
    assert code == 1


def test_no_known_flaw_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The database knows of nothing."""
    with flaws_served({}) as url:
        code = audit.main(["-s", "osv", "--osv-url", url], lock_of(tmp_path, "tiny==1.0"))
    assert capsys.readouterr().out == "some.txt: 1 packages audited, 0 flaws known\n"
    assert code == 0


def test_without_data_the_audit_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody answers there any more; that is no flaw of the packages."""
    with flaws_served({}) as url:
        pass
    code = audit.main(["-s", "osv", "--osv-url", url], lock_of(tmp_path, "tiny==1.0"))
    assert capsys.readouterr().out.startswith("some.txt: not audited, there are no data (")
    assert code == 0


def test_a_pin_counts_where_its_marker_says() -> None:
    """Windows' own package, and a version for old Pythons."""
    windows = Pin("pywin32", "312", "sys_platform == 'win32'")
    old = Pin("numpy", "2.4.6", "python_full_version < '3.12'")
    everywhere = places("run.txt")
    assert {place.system for place in everywhere if windows.counts(place)} == {"win32"}
    assert {place.python for place in everywhere if old.counts(place)} == {"3.11"}
