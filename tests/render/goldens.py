"""Golden files: what a renderer prints today, compared byte for byte.

`GOLDENS=write pytest tests/render` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import os
from pathlib import Path

HERE = Path(__file__).parent / "goldens"


def matches_golden(name: str, text: str) -> bool:
    """Tell whether `text` is what the golden file of that name holds."""
    file = HERE / name
    if os.environ.get("GOLDENS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text
    return True
