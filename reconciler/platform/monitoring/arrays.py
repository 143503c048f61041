"""Between packed measurements and arrays."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reconciler.platform.intake import viewing
from reconciler.platform.intake.measuring import FEATURES


def features_of(packed: Sequence[bytes]) -> NDArray[np.float64]:
    """Return images x features."""
    return np.frombuffer(b"".join(packed), dtype="<f8").reshape(-1, len(FEATURES))


def views_of(packed: Sequence[bytes]) -> NDArray[np.float64]:
    """Return images x values, of views with the same number of blocks."""
    return viewing.table(packed)
