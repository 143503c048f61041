"""The unmodified official SDK annotates: each method that touches annotations, shapes, imports and exports."""

from __future__ import annotations

import json
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

if TYPE_CHECKING:
    from picsellia import Client
    from picsellia.sdk.dataset_version import DatasetVersion

# The SDK is a witness as it is: its own use of deprecated things is not ours to judge.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

WIDTH, HEIGHT = 100, 80
# The whole first column of such an image.
MASK = "0`2`g7"


def fresh(noun: str) -> str:
    return f"{noun}-{uuid.uuid4()}"


def filled(client: Client, folder: Path, kind: str, count: int = 2) -> DatasetVersion:
    """Return a dataset version of that type with images in it."""
    from picsellia.types.enums import InferenceType

    paths = [folder / f"{number}.png" for number in range(count)]
    for path in paths:
        Image.new("RGB", (WIDTH, HEIGHT)).save(path)
    version = client.create_dataset(fresh("dataset")).create_version("v", type=InferenceType(kind))
    data = [client.get_datalake().upload_data(path) for path in paths]
    version.add_data(data, wait=False)
    return version


def test_shapes_of_each_kind_are_drawn_read_changed_and_deleted(client: Client, tmp_path: Path) -> None:
    version = filled(client, tmp_path, "MULTI", 1)
    cat, dog = version.create_label("cat"), version.create_label("dog")
    annotation = version.list_assets()[0].create_annotation(0.25)
    rectangle = annotation.create_rectangle(10, 20, 30, 40, cat)
    polygon = annotation.create_polygon([[0, 0], [10, 0], [10, 10]], cat)
    line = annotation.create_line([[0, 0], [10, 10]], cat)
    point = annotation.create_point([5, 5], cat)
    mask = annotation.create_mask(MASK, cat)
    classification = annotation.create_classification(cat)
    assert (rectangle.x, rectangle.y, rectangle.w, rectangle.h) == (10, 20, 30, 40)
    assert (mask.area, mask.bbox) == (HEIGHT, [0, 0, 1, HEIGHT])
    rectangle.update(x=11, label=dog, text="A1")
    polygon.update(coords=[[0, 0], [20, 0], [20, 20]])
    line.update(coords=[[1, 1], [2, 2]], label=dog)
    point.update(coords=[6, 6], label=dog)
    classification.update(label=dog)
    assert [(shape.x, shape.label.name, shape.text) for shape in annotation.list_rectangles()] == [(11, "dog", "A1")]
    assert [shape.coords for shape in annotation.list_polygons()] == [[[0, 0], [20, 0], [20, 20]]]
    assert [shape.coords for shape in annotation.list_lines()] == [[[1, 1], [2, 2]]]
    assert [shape.coords for shape in annotation.list_points()] == [[6, 6]]
    assert [shape.label.name for shape in annotation.list_classifications()] == ["dog"]
    assert [shape.mask for shape in annotation.list_masks()] == [MASK]
    for shape in (rectangle, polygon, line, point, mask, classification):
        shape.sync()
        shape.delete()
    assert annotation.list_rectangles() == []


def test_annotations_are_found_changed_overwritten_and_deleted(client: Client, tmp_path: Path) -> None:
    from picsellia.exceptions import NoDataError, ResourceNotFoundError
    from picsellia.types.enums import AnnotationStatus

    version = filled(client, tmp_path, "OBJECT_DETECTION")
    label = version.get_or_create_label("cat")
    asset, other = version.list_assets().items
    with pytest.raises(ResourceNotFoundError):
        asset.get_annotation()
    annotation = asset.create_annotation(1)
    annotation.create_multiple_rectangles([(1, 2, 3, 4, label), (5, 6, 7, 8, label)])
    annotation.overwrite(rectangles=[(9, 9, 9, 9, label)], duration=2.5)
    annotation.update(status=AnnotationStatus.ACCEPTED)
    again = asset.get_annotation()
    assert (again.id, again.duration, again.status) == (annotation.id, 2.5, AnnotationStatus.ACCEPTED)
    assert len(again.list_rectangles()) == 1
    assert [item.id for item in asset.list_annotations()] == [annotation.id]
    other.create_annotation()
    assert len(version.list_annotations()) == 2
    assert [item.asset_id for item in version.list_annotations(status="ACCEPTED")] == [asset.id]
    loaded = version.load_annotations()
    assert loaded[str(asset.id)][0]["rectangles"][0]["label"] == "cat"
    assert set(version.load_annotations(assets=[other])) == {str(other.id)}
    stats = version.retrieve_stats()
    assert (stats.label_repartition, stats.nb_objects, stats.nb_annotations) == ({"cat": 1}, 1, 2)
    other.delete_annotations()
    version.list_annotations()[:1].delete()
    with pytest.raises(NoDataError):
        version.list_annotations()
    asset.create_annotation()
    version.list_assets().delete_annotations()
    asset.create_annotation().delete()
    asset.create_annotation()
    version.delete_all_annotations()
    with pytest.raises(NoDataError):
        version.list_annotations()


def test_a_locked_version_answers_as_such(client: Client, tmp_path: Path) -> None:
    from picsellia.exceptions import ResourceLockedError

    version = filled(client, tmp_path, "OBJECT_DETECTION", 1)
    asset = version.list_assets()[0]
    version.lock()
    with pytest.raises(ResourceLockedError):
        asset.create_annotation()
    version.unlock()
    asset.create_annotation()


COCO: dict[str, dict[str, Any]] = {
    "OBJECT_DETECTION": {"bbox": [10, 20, 30, 40], "segmentation": []},
    "SEGMENTATION": {"bbox": [0, 0, 10, 10], "segmentation": [[0, 0, 10, 0, 10, 10]]},
    "CLASSIFICATION": {"bbox": [], "segmentation": []},
    "KEYPOINT": {"bbox": [1, 2, 2, 2], "keypoints": [1, 2, 2, 3, 4, 1], "num_keypoints": 2},
    "MASK": {"bbox": [0, 0, 1, 80], "segmentation": {"size": [HEIGHT, WIDTH], "counts": MASK}},
}


@pytest.mark.parametrize("kind", list(COCO))
def test_what_is_imported_from_coco_is_exported_again(client: Client, tmp_path: Path, kind: str) -> None:
    from picsellia.types.enums import AnnotationFileType

    version = filled(client, tmp_path, kind)
    joints = {"keypoints": ["head", "hand"], "skeleton": [[1, 2]]} if kind == "KEYPOINT" else {}
    file = {
        "images": [{"id": number, "file_name": f"{number}.png", "width": WIDTH, "height": HEIGHT} for number in (0, 1)],
        "categories": [
            {"id": 4, "name": "cat", "supercategory": "animals.pets", **joints},
            {"id": 7, "name": "dog", **joints},
        ],
        "annotations": [
            {"id": 1, "image_id": 0, "category_id": 4, "area": 1.0, "utf8_string": "A1", **COCO[kind]},
            {"id": 2, "image_id": 1, "category_id": 7, "area": 1.0, **COCO[kind]},
        ],
    }
    source = tmp_path / "coco.json"
    source.write_text(json.dumps(file))
    counts = version.import_annotations_coco_file(source)
    assert sorted(counts.values()) == [1, 1]
    assert {group.name for group in version.list_label_groups()} == {"animals", "pets"}
    written = json.loads(Path(version.export_annotation_file(AnnotationFileType.COCO, tmp_path / "out")).read_text())
    names = {category["id"]: category["name"] for category in written["categories"]}
    images = {image["id"]: image["file_name"] for image in written["images"]}
    found = {images[item["image_id"]]: item for item in written["annotations"]}
    assert {name: names[item["category_id"]] for name, item in found.items()} == {"0.png": "cat", "1.png": "dog"}
    assert found["0.png"]["utf8_string"] == "A1"
    for item in found.values():
        assert {key: item[key] for key in COCO[kind]} == COCO[kind]
    if kind != "MASK":
        assert len(version.build_coco_file_locally().annotations) == 2


def test_exports_take_the_wished_assets_status_and_names(client: Client, tmp_path: Path) -> None:
    from picsellia.types.enums import AnnotationExportKey, AnnotationFileType, AnnotationStatus

    version = filled(client, tmp_path, "OBJECT_DETECTION")
    label, assets = version.create_label("cat"), version.list_assets()
    for asset in assets:
        asset.create_annotation().create_rectangle(10, 20, 30, 40, label)
    assets[1].get_annotation().update(status=AnnotationStatus.ACCEPTED)

    def images(**wish: object) -> list[str]:
        path = version.export_annotation_file(AnnotationFileType.COCO, tmp_path / "out", **wish)
        return [image["file_name"] for image in json.loads(Path(path).read_text())["images"]]

    assert images() == [asset.filename for asset in assets]
    assert images(assets=[assets[0]]) == [assets[0].filename]
    assert images(status=AnnotationStatus.ACCEPTED) == [assets[1].filename]
    assert images(export_key=AnnotationExportKey.ASSET_ID) == [f"{asset.id}.png" for asset in assets]
    assert images(export_key=AnnotationExportKey.DATA_ID) == [f"{asset.data_id}.png" for asset in assets]
    assert images(export_key=AnnotationExportKey.OBJECT_NAME) == [asset.object_name for asset in assets]


def test_archives_hold_a_page_for_each_image_that_the_sdk_reads_back(client: Client, tmp_path: Path) -> None:
    from picsellia.types.enums import AnnotationFileType

    version, copy = (filled(client, tmp_path, "OBJECT_DETECTION") for _ in range(2))
    label = version.create_label("cat")
    for asset in version.list_assets():
        asset.create_annotation().create_rectangle(10, 20, 30, 40, label)
    with zipfile.ZipFile(version.export_annotation_file(AnnotationFileType.PASCAL_VOC, tmp_path / "out")) as archive:
        assert sorted(archive.namelist()) == ["0.xml", "1.xml"]
        archive.extractall(tmp_path / "voc")
    for number in range(2):
        copy.import_annotation_voc_file(tmp_path / "voc" / f"{number}.xml")
    with zipfile.ZipFile(version.export_annotation_file(AnnotationFileType.YOLO, tmp_path / "out")) as archive:
        page = archive.read("labels/0.txt").decode()
    assert page == "0 0.250000 0.500000 0.300000 0.500000\n"
    for asset in copy.list_assets():
        shape = asset.get_annotation().list_rectangles()[0]
        assert (shape.x, shape.y, shape.w, shape.h, shape.label.name) == (10, 20, 30, 40, "cat")


def test_forks_copies_and_splits_follow_the_annotations(client: Client, tmp_path: Path) -> None:
    version = filled(client, tmp_path, "CLASSIFICATION", 4)
    cat, dog = version.create_label("cat"), version.create_label("dog")
    for number, asset in enumerate(version.list_assets()):
        asset.create_annotation().create_classification(dog if number % 2 else cat)
    train, test, train_counts, test_counts, labels = version.train_test_split(0.5)
    assert len(train) == len(test) == 2
    assert {label.name for label in labels} == {"cat", "dog"}
    assert sum(train_counts["y"]) == sum(test_counts["y"]) == 2
    forked, _ = version.fork("fork", type=version.type, with_labels=True, with_annotations=True, assets=train)
    assert forked.retrieve_stats().nb_annotations == 2
    version.copy_assets_to(forked, test, with_annotations=True)
    assert forked.retrieve_stats().label_repartition == {"cat": 2, "dog": 2}


def test_label_groups_and_skeletons_are_kept(client: Client) -> None:
    from picsellia.types.enums import InferenceType

    version = client.create_dataset(fresh("dataset")).create_version("v", type=InferenceType.KEYPOINT)
    root = version.create_label_group("animals")
    leaf = version.create_label_group("pets", root)
    label = version.create_label("cat")
    label.set_group(leaf)
    assert label.get_group().get_parent().name == "animals"
    label.set_skeleton(["head", "hand"], [[1, 2]])
    assert label.get_skeleton() == {"vertices": ["head", "hand"], "edges": [[1, 2]]}
    assert version.get_skeletons() == {str(label.id): {"vertices": ["head", "hand"], "edges": [[1, 2]]}}
    leaf.update(name="house pets")
    root.delete()
    assert [group.name for group in version.list_label_groups()] == ["house pets"]
