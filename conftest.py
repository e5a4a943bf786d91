"""What every doctest and test shares: how numbers print, and a folder of its own to run in."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.checkout import ROOT, Watch, top

np.set_printoptions(legacy="1.25")  # 0.5, not np.float64(0.5), in the examples of the docstrings

IN_LIBREOFFICE = ["addin/calc/component.py", "tests/addin/calc_client.py"]
IN_WINDOWS = ["tests/addin/com_client.py"]
collect_ignore = [*IN_LIBREOFFICE, *IN_WINDOWS]  # run by a Python of their own

watch = Watch(ROOT)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let no later search for garbage pass over what was collected, which stays to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Make what tests share away from the checkout, and away from the user's own store."""
    folder, before = tmp_path_factory.mktemp("away"), top()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(folder / "data"))
        # a program that a test starts would compile all of Evenpoint again, each time
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        watch.on = True
        yield
        watch.on = False
    left = sorted(top() - before)
    assert left == [], "a program that a test started has left this in the checkout"


@pytest.fixture(autouse=True)
def own_folder(away: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run each test in an empty folder; one that touched the checkout fails, come what may."""
    monkeypatch.chdir(tmp_path)
    yield
    refused, watch.refused = watch.refused, []
    assert refused == []
