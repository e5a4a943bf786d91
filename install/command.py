"""The `evenpoint` command: the folder it works on, what was typed, and one way to refuse.

Nothing is imported here that one sentence about a budget folder does not need: the verbs come with
the first word.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from install.terminal.refusal import Refusal
from install.terminal.screen import screened

FOLDER = "--folder"
FAULT = 70  # what other programs return for a fault of their own
NEW_OBJECTS = 50_000
"""After so many Python looks for rings among them: a workbook makes many, and hardly any rings."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0, 2 after a refusal, 70 after a fault."""
    gc.set_threshold(NEW_OBJECTS)
    with screened():
        return _run(list(sys.argv[1:] if arguments is None else arguments))


def _run(given: list[str]) -> int:
    try:
        _check_text(given)
        with _folder_in_use(given):
            if not given and _in_a_folder():
                return 0
            from install import verbs

            return verbs.run(given or ["--help"])
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except Exception as fault:
        from workbooks.folder.receipts import FolderError

        if isinstance(fault, FolderError):
            print(f"{str(fault).rstrip('.')}.", file=sys.stderr)
            return 2
        if isinstance(fault, OSError) and fault.errno == errno.ENAMETOOLONG:
            print(f"{fault.filename} is too long for the name of a file.", file=sys.stderr)
            return 2
        if os.environ.get("EVENPOINT_TRACEBACK"):
            raise
        print(_told(fault, given), file=sys.stderr)
        return FAULT
    return 2


@contextmanager
def _folder_in_use(given: list[str]) -> Iterator[None]:
    """Use the budget folder that is named, and take it off what was typed, or else the nearest."""
    from workbooks.folder import place

    if (named := _taken(given)) is not None:
        with place.using(Path(named)):
            yield
        return
    try:
        here = place.nearest(Path.cwd())
    except OSError:  # the folder is gone, or nobody may look into one above it
        here = None
    with place.using(here):
        yield


def _in_a_folder() -> bool:
    """Say where the budget folder in use stands, if there is one."""
    from workbooks.folder import place

    if place.current() is None:
        return False
    from install.folder.standing import print_standing

    print_standing()
    return True


def _taken(given: list[str]) -> str | None:
    """Take --folder and what follows it off what was typed."""
    for at, each in enumerate(given):
        if each == "--":
            return None
        if each == FOLDER and at + 1 < len(given):
            named = given[at + 1]
            del given[at : at + 2]
            return named
        if each.startswith(f"{FOLDER}="):
            return given.pop(at).partition("=")[2]
    return None


def _check_text(given: Sequence[str]) -> None:
    """Refuse bytes that are no text: names of files are written into workbooks and tables."""
    for each in given:
        try:
            each.encode()
        except UnicodeEncodeError:
            raise Refusal(
                f"{each!a} is not UTF-8 text; rename the file, or type it anew."
            ) from None


def _told(fault: Exception, given: Sequence[str]) -> str:
    """Say that this program is at fault, and what helps to mend it: no data of the user's."""
    import traceback
    from importlib.metadata import version

    *_, last = traceback.walk_tb(fault.__traceback__)
    place = f"{last[0].f_globals.get('__name__', '?')}:{last[1]}"
    return (
        "This is a fault of Evenpoint, not of your input. Please report these words: "
        f"{version('evenpoint')}, {next(iter(given), '')}, {type(fault).__name__} at {place}. "
        "With EVENPOINT_TRACEBACK=1 set, the same command shows where it happened."
    )


if __name__ == "__main__":
    sys.exit(main())
