"""The garbage collector of processes that live long: an eighth of the time of a page went into it."""

import gc

GARBAGE = 20_000
"""How many more objects there are before the youngest are looked through; the interpreter begins with 700."""


def spare() -> None:
    """Look no more at what the start of the process has made, and more seldom at the rest.

    Before a process forks this also keeps its pages shared with its children.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
