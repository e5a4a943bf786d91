"""How a command says no: one sentence on stderr, and exit code 2."""


class Refusal(Exception):  # noqa: N818  (it is an answer, not a failure of the program)
    """A request that cannot be met; the message says what to change, in one sentence."""
