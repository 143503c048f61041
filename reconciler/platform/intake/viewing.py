"""The view of an image: the kilobyte kept of each, that outlier models look at.

A view has four blocks (`BLOCKS`, in values). The first three are bytes, told as 0..1; the last one is little-endian
half floats, told as they are.

1. what is where: the image averaged to 16 x 16 colour pixels;
2. how much detail is where: an 8 x 8 map of the Laplacian's mean magnitude;
3. how much there is of what: quantiles (`QUANTILES`) of the grey levels, then of the Laplacian's magnitude;
4. what lens, sensor and compression leave their marks on, wherever things are: the same quantiles and those of local
   detail; how levels are used; how much pixels differ that are `LAGS` apart in four directions, evenly or in a few
   places; torn lines and edges of blocks; how unevenly brightness changes; tints.

In bytes, magnitudes (0..1020) are eight times their square root, so that the weak ones keep their digits. The fourth
block tells them in octaves, so that a share more is as much anywhere.

Layouts only ever grow by a block at the end, so a view's length tells its layout, and whoever knows fewer blocks finds
them where they were. Views that were kept before there was a fourth block have three; the third is there for the
outlier models of that time.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Numbers = NDArray[np.floating]

COLOUR_SIDE: Final = 16
DETAIL_SIDE: Final = 8
QUANTILES: Final = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1.0)
# How far apart the pixels are whose differences are taken.
LAGS: Final = (1, 2, 4, 8)
# Which of the 16 x 16 places, sorted by their detail, are told.
_PLACES: Final = (0, 13, 26, 64, 128, 192, 242, 255)
_STATISTICS: Final = 2 * len(QUANTILES) + len(_PLACES) + 8 * len(LAGS) + 27
BLOCKS: Final = (COLOUR_SIDE * COLOUR_SIDE * 3, DETAIL_SIDE * DETAIL_SIDE, 2 * len(QUANTILES), _STATISTICS)
VIEW_LENGTH: Final = sum(BLOCKS)
_BYTES: Final = VIEW_LENGTH - _STATISTICS
PACKED_LENGTH: Final = _BYTES + 2 * _STATISTICS
_MAGNITUDE_SCALE: Final = 8.0
_LEVELS: Final = 256
_MAGNITUDES: Final = 4 * 255 + 1
# Differences are taken over eight pixels, and JPEG's blocks have eight.
_BLOCK: Final = 8
_LEAST_SIDE: Final = 2 * _BLOCK
# Grey levels that are as good as none where magnitudes are told in octaves, and where they are compared.
_FAINTEST: Final = 1 / 32
_FAINT: Final = 0.25
_DIM: Final = 4.0
_PERCENT: Final = 100.0


def view(image: "Image.Image", magnitude: "NDArray[np.int16]", means: "Numbers") -> bytes:
    """Return the view of an image in colour, given the magnitude of its Laplacian and the means of its channels."""
    import numpy as np
    from PIL import Image

    grey = image.convert("L")
    levels = np.asarray(grey.histogram())
    magnitudes = np.bincount(magnitude.ravel(), minlength=_MAGNITUDES)
    steep = Image.fromarray(magnitude.astype(np.float32))
    level_quantiles, magnitude_quantiles = _quantiles(levels), _quantiles(magnitudes)
    statistics = [
        *(np.sqrt(level_quantiles), _octaves(magnitude_quantiles)),
        _octaves(np.sort(np.asarray(_shrunk(steep, COLOUR_SIDE), dtype=np.float32), axis=None)[list(_PLACES)]),
        _use_of(levels, magnitudes),
        *_textures(np.asarray(grey, dtype=np.float32)),
        _tints(image, means),
    ]
    blocks = [
        *(_shrunk(image, COLOUR_SIDE).tobytes(), _packed(np.asarray(_shrunk(steep, DETAIL_SIDE), dtype=np.float32))),
        *(np.rint(level_quantiles).astype(np.uint8).tobytes(), _packed(magnitude_quantiles)),
        np.concatenate(statistics).astype("<f2").tobytes(),
    ]
    return b"".join(blocks)


def table(packed: Sequence[bytes]) -> "NDArray[np.float64]":
    """Return images x values, of one view or several with the same number of blocks."""
    import numpy as np

    whole = np.frombuffer(b"".join(packed), dtype=np.uint8).reshape(len(packed), -1)
    coarse, fine = whole[:, :_BYTES] / 255.0, np.ascontiguousarray(whole[:, _BYTES:]).view("<f2")
    return np.concatenate([coarse, fine], axis=1)


def _shrunk(image: "Image.Image", side: int) -> "Image.Image":
    from PIL import Image

    return image.resize((side, side), Image.Resampling.BOX)


def _packed(magnitudes: "Numbers") -> bytes:
    import numpy as np

    scaled = np.sqrt(np.maximum(magnitudes, 0.0)) * _MAGNITUDE_SCALE
    return bytes(np.minimum(np.rint(scaled), 255).astype(np.uint8).tobytes())


def _octaves(magnitudes: "Numbers") -> "Numbers":
    import numpy as np

    return np.log2(np.maximum(magnitudes, 0.0) + _FAINTEST)


def _compared(some: "Numbers", all_of_them: "Numbers") -> "Numbers":
    """Return how many octaves some magnitudes lie above others; what is too faint to see counts as nothing."""
    import numpy as np

    return np.log2((some + _FAINT) / (all_of_them + _FAINT))


def _quantiles(counts: "NDArray[np.int64]") -> "Numbers":
    """Return `QUANTILES` of whole numbers that occur so often, linearly interpolated between neighbours."""
    import numpy as np

    within = np.cumsum(counts)
    rank = np.asarray(QUANTILES) * (within[-1] - 1)
    below = np.searchsorted(within, np.floor(rank), side="right")
    above = np.searchsorted(within, np.ceil(rank), side="right")
    return np.asarray(below + (above - below) * (rank - np.floor(rank)), dtype=np.float64)


def _use_of(levels: "NDArray[np.int64]", magnitudes: "NDArray[np.int64]") -> "Numbers":
    """Return how the grey levels are used: clipping, the most frequent, gaps, entropy, comb; and how much is flat."""
    import numpy as np

    share = levels / levels.sum()
    lowest, highest = (int(np.searchsorted(np.cumsum(share), edge)) for edge in (0.01, 0.99))
    used = float((levels[lowest : highest + 1] > 0).mean())
    there = share[share > 0]
    comb = float(np.abs(share[1:-1] - (share[:-2] + share[2:]) / 2).sum())
    frequent = [share[0], share[-1], share.max(), magnitudes[0] / magnitudes.sum()]
    return np.asarray([*_octaves(np.asarray(frequent) * _PERCENT), used, -(there * np.log2(there)).sum(), comb])


def _textures(grey: "NDArray[np.float32]") -> "list[Numbers]":
    """Return what differences between pixels tell, along rows, columns and both diagonals."""
    import numpy as np

    rows, columns = (max(_LEAST_SIDE - side, 0) for side in grey.shape)
    grey = np.pad(grey, ((0, rows), (0, columns)), mode="edge") if rows or columns else grey
    across, down = np.abs(grey[:, 1:] - grey[:, :-1]), np.abs(grey[1:] - grey[:-1])
    equal = np.asarray([_PERCENT * (1 - np.count_nonzero(each) / each.size) for each in (across, down)])
    means, deviations = np.asarray([pair for lag in LAGS for pair in _differences(grey, lag)]).T
    lines = _lines(across.mean(axis=0)), _lines(down.mean(axis=1))
    return [_octaves(means), _compared(deviations, means), _octaves(equal), *lines, _profiles(grey)]


def _differences(grey: "NDArray[np.float32]", lag: int) -> Iterator[tuple[float, float]]:
    """Tell by how much pixels so far apart differ in four directions: the mean, and the root of the mean square."""
    import numpy as np

    pairs = (
        *((grey[:, lag:], grey[:, :-lag]), (grey[lag:], grey[:-lag])),
        *((grey[lag:, lag:], grey[:-lag, :-lag]), (grey[lag:, :-lag], grey[:-lag, lag:])),
    )
    for one, other in pairs:
        difference = (one - other).ravel()
        size = difference.size
        square = float(np.add.reduce(np.square(difference))) / size
        yield float(np.add.reduce(np.abs(difference, out=difference))) / size, square**0.5


def _lines(steps: "Numbers") -> "Numbers":
    """Return whether some lines differ from their neighbours more than others: torn lines, or the edges of blocks."""
    import numpy as np

    some = (steps.max(), steps[_BLOCK - 1 :: _BLOCK].mean(), steps[_BLOCK // 2 - 1 :: _BLOCK].mean())
    usual = (np.sort(steps)[len(steps) // 2], *2 * (steps.mean(),))
    ends = _octaves(np.asarray([some[0], steps.min()]))
    return np.concatenate([ends, _compared(np.asarray(some), np.asarray(usual))])


def _profiles(grey: "NDArray[np.float32]") -> "Numbers":
    """Return how unevenly brightness changes from row to row and from column to column."""
    import numpy as np

    bends = [np.abs(np.diff(grey.mean(axis=axis), 2)) for axis in (1, 0)]
    return _octaves(np.asarray([extent for bend in bends for extent in (bend.mean(), bend.max())]))


def _tints(image: "Image.Image", means: "Numbers") -> "Numbers":
    """Return how far red and blue lie above green, in octaves of their means, and how much they differ from it."""
    import numpy as np
    from PIL import ImageChops

    red, green, blue = image.split()
    counts = np.asarray([ImageChops.difference(band, green).histogram() for band in (red, blue)])
    apart = counts @ np.arange(_LEVELS) / counts.sum(axis=1)
    return np.concatenate([np.log2((means[[0, 2]] + _DIM) / (means[1] + _DIM)), _octaves(apart)])
