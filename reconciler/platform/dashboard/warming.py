"""Loading what pages need later while somebody reads the first one: else every first visit waits for it."""

import gc
from functools import cache
from importlib import import_module
from threading import Thread

from reconciler.platform.dashboard.rendering import templates


@cache
def begin() -> Thread:
    """Begin to load, once in a process; nobody has to wait for the thread that is returned."""
    thread = Thread(target=_load, name="dashboard-warming", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    found = templates()
    for name in found.list_templates():
        found.get_template(name)
    # The numeric libraries behind charts, last: they take longest and two pages alone need them.
    import_module("reconciler.platform.monitoring.answering")
    gc.collect()
    # What is loaded now stays. Looking for garbage in it again and again would hold up a page for a fifth of a second.
    gc.freeze()
