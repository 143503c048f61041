"""Datasets on disk as programs of the field read them: images, and one COCO file of annotations beside them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from reconciler.platform.training.assignment import Example

IMAGES: Final = "images"
ANNOTATIONS: Final = "annotations.json"


def write(folder: Path, examples: Sequence[Example], labels: Sequence[str]) -> None:
    """Lay a dataset out: `images/`, and `annotations.json` with categories numbered from 1 in the order of the labels.

    A class of a whole image is an annotation without a box, as COCO has no other word for it.
    """
    (folder / IMAGES).mkdir(parents=True)
    names = list(_names(examples))
    for name, example in zip(names, examples, strict=True):
        shutil.copyfile(example.path, folder / IMAGES / name)
    numbers = {label: number for number, label in enumerate(labels, start=1)}
    document = {
        "images": [
            {"id": place, "file_name": name, "width": example.width, "height": example.height}
            for place, (name, example) in enumerate(zip(names, examples, strict=True), start=1)
        ],
        "annotations": [
            {"id": number, **annotation} for number, annotation in enumerate(_annotations(examples, numbers), start=1)
        ],
        "categories": [{"id": number, "name": label} for label, number in numbers.items()],
    }
    (folder / ANNOTATIONS).write_text(json.dumps(document))


def _names(examples: Sequence[Example]) -> Iterator[str]:
    """Yield a name for each file: no two are alike, and none leads out of its folder."""
    for place, example in enumerate(examples, start=1):
        leaf = example.filename.replace("\\", "/").rsplit("/", 1)[-1]
        yield f"{place:06d}-{leaf}"[:200]


def _annotations(examples: Sequence[Example], numbers: dict[str, int]) -> Iterator[dict[str, object]]:
    for place, example in enumerate(examples, start=1):
        for label, box in example.truth:
            if label not in numbers:
                continue
            where = {} if box is None else {"bbox": list(box), "area": box[2] * box[3]}
            yield {"image_id": place, "category_id": numbers[label], "iscrowd": 0, **where}
