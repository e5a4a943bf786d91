"""How the sentences count."""


def counted(number: float, one: str, many: str) -> str:
    """Return a number of things as people say it.

    >>> counted(1, "copy", "copies"), counted(709_537, "request", "requests")
    ('1 copy', '709,537 requests')
    """
    return f"{number:,.12g} {one if number == 1 else many}"
