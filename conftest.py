"""What every doctest and test shares: numbers print as a reader writes them."""

import numpy as np

np.set_printoptions(legacy="1.25")  # 0.5, not np.float64(0.5), in the examples of the docstrings

IN_LIBREOFFICE = ["addin/calc/component.py", "tests/addin/calc_client.py"]
IN_WINDOWS = ["tests/addin/com_client.py"]
collect_ignore = [*IN_LIBREOFFICE, *IN_WINDOWS]  # run by a Python of their own
