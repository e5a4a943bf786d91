"""How a refresh says no: one sentence that names the file, the place and the rule."""


class RefreshError(ValueError):
    """A workbook that is left as it is; the message says why, in one sentence."""
