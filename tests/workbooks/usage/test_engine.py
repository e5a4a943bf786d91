"""The aggregation on two engines: the same expression, the same sums."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.workbooks.usage.connection import own
from tests.workbooks.usage.exports import spend_logs, totals
from workbooks.usage import engine
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage

TABLE = """
CREATE TABLE "LiteLLM_SpendLogs" (request_id text, spend double precision, prompt_tokens integer,
  completion_tokens integer, "startTime" timestamp, model text, custom_llm_provider text)
"""


@pytest.fixture(autouse=True)
def own_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each import has a connection of its own here, as everywhere but in tests."""
    monkeypatch.setattr(engine, "_connected", own)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of 50,000 requests over 30 days."""
    draws, count = np.random.default_rng(1), 50_000
    start = pd.Timestamp("2026-08-01") + pd.to_timedelta(
        draws.integers(0, 30 * 86_400, count), unit="s"
    )
    models = np.array(["gpt-4o", "gpt-4o-mini", "o3"])[draws.integers(0, 3, count)]
    rows = pd.DataFrame({"start": start.strftime("%Y-%m-%dT%H:%M:%S"), "model": models})
    rows["prompt"], rows["completion"] = draws.integers(1, 9_000, (2, count))
    return spend_logs(tmp_path_factory.mktemp("log") / "log.csv", rows)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own on the loopback address; skipped where there is none."""
    found = shutil.which("postgres")
    if not found:
        pytest.skip("PostgreSQL is not installed")
    programs = Path(found).resolve().parent
    folder, home = tmp_path_factory.mktemp("postgres") / "data", Path("/")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_user = {}
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # it refuses to run as root
        as_user = {"user": "nobody", "group": "nogroup"}
        for each in folder.parents:
            if each.is_relative_to(tempfile.gettempdir()) and each != Path(tempfile.gettempdir()):
                each.chmod(0o755)
        shutil.chown(folder.parent, "nobody")

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), *arguments]
        subprocess.run(
            command, check=True, stdout=subprocess.DEVNULL, cwd=home, timeout=60, **as_user
        )

    run("initdb", "-D", str(folder), "-U", "tester", "-A", "trust", "--no-sync")
    options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
    run("pg_ctl", "-D", str(folder), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://tester@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", str(folder), "-m", "immediate", "stop")


@pytest.mark.slow
def test_postgresql_and_duckdb_agree(log: Path, postgres: str) -> None:
    """The gateway's own database, where its log lives, against the exported file."""
    import psycopg

    with psycopg.connect(postgres) as server, server.cursor() as cursor:
        cursor.execute(TABLE)
        with cursor.copy('COPY "LiteLLM_SpendLogs" FROM STDIN (FORMAT csv, HEADER)') as copy:
            copy.write(log.read_bytes())
    file, table = import_usage([log]), import_usage([], tables=[(postgres, "LiteLLM_SpendLogs")])
    assert totals(table) == totals(file)
    assert table.peak_factor == file.peak_factor
    assert table.listed == pytest.approx(file.listed)
    pd.testing.assert_frame_equal(table.by_month(), file.by_month())


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A session of Spark on this machine with two workers; skipped where there is none."""
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
    if not shutil.which("java"):
        pytest.skip("Java is not installed, which Spark runs on")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.chdir(tmp_path)  # where Spark keeps its metastore
    settings = {
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
    }
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # PySpark and its backend warn of their own next versions
def test_spark_and_duckdb_agree(log: Path, spark: Any, tmp_path: Path) -> None:
    """Where the logs of those are who outgrow one machine: the same sums, hours and peak."""
    parquet = tmp_path / "log.parquet"
    pd.read_csv(log, parse_dates=["startTime"]).to_parquet(parquet, coerce_timestamps="us")
    rows = spark.read.parquet(str(parquet)).repartition(2)
    assert rows.rdd.getNumPartitions() == spark.sparkContext.defaultParallelism == 2
    rows.write.saveAsTable("spend_logs")
    file, table = import_usage([log]), import_usage([], tables=[("pyspark://", "spend_logs")])
    assert totals(table) == totals(file)
    assert table.peak_factor == file.peak_factor
    pd.testing.assert_frame_equal(table.by_month(), file.by_month())


@pytest.mark.slow
def test_a_table_that_is_not_there_is_refused(postgres: str) -> None:
    """In one sentence, like a file."""
    with pytest.raises(UsageError, match="table nowhere cannot be opened"):
        import_usage([], tables=[(postgres, "nowhere")])


def test_a_file_of_parquet_says_the_same(log: Path, tmp_path: Path) -> None:
    """Cloud bills often come as Parquet, with typed columns."""
    path = tmp_path / "log.parquet"
    frame = pd.read_csv(log, parse_dates=["startTime"])
    frame.to_parquet(path)
    assert totals(import_usage([path])) == totals(import_usage([log]))


def test_sums_are_those_of_pandas(log: Path) -> None:
    """Hour by hour and model by model."""
    frame = pd.read_csv(log, parse_dates=["startTime"])
    keys = [frame.startTime.dt.floor("h"), "model"]
    expected = frame.groupby(keys)[["prompt_tokens", "completion_tokens"]].sum()
    rows = import_usage([log]).rows.groupby(["hour", "model"])[["uncached", "output"]].sum()
    np.testing.assert_array_equal(rows.to_numpy(), expected.to_numpy())


def test_progress_reaches_the_end(log: Path) -> None:
    """The bar is told shares from 0 to 1."""
    shares: list[float] = []
    import_usage([log], lambda name, share: shares.append(share))
    assert shares[-1] == 1
    assert all(0 <= share <= 1 for share in shares)
