"""Benchmarks are run by hand, with `python -m tests.bench`; pytest leaves them alone."""

collect_ignore_glob = ["*.py"]
