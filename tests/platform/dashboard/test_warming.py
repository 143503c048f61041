"""What pages need is loaded in the background, once, before anybody asks for it."""

from __future__ import annotations

import subprocess
import sys

from reconciler.platform.dashboard import warming

_BUILT = """
import gc
import sys
from reconciler.platform.dashboard import app, rendering, warming
app.build()
assert app.build() is not None
warming.begin().join()
found = rendering.templates()
print({*found.list_templates()} - {name for _, name in found.cache.keys()})
print("reconciler.platform.monitoring.answering" in sys.modules)
print(gc.get_freeze_count() > len(gc.get_objects()))
"""


def test_building_the_pages_loads_every_template_and_what_charts_need_for_good() -> None:
    told = subprocess.run([sys.executable, "-c", _BUILT], capture_output=True, text=True, check=True)
    assert told.stdout == "set()\nTrue\nTrue\n"


def test_it_is_begun_once_in_a_process() -> None:
    assert warming.begin() is warming.begin()
