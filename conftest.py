"""What every doctest and test shares: numbers print as a reader writes them."""

import numpy as np

np.set_printoptions(legacy="1.25")  # 0.5, not np.float64(0.5), in the examples of the docstrings

collect_ignore = ["addin/calc_component.py", "tests/addin/calc_client.py"]  # run in LibreOffice
