"""The command trainer: what a program is given, what is taken back, and every way in which it can go wrong."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from reconciler.platform.settings import PlatformSettings, TrainingProgram
from reconciler.platform.training import command, programs
from reconciler.platform.training.assignment import Assignment, Example, Refused

if TYPE_CHECKING:
    from pathlib import Path

TELLING = """
import json, pathlib, sys
told = json.loads(pathlib.Path(sys.argv[1]).read_text())
folder = pathlib.Path(told["datasets"]["train"])
coco = json.loads((folder / "annotations.json").read_text())
first = (folder / "images" / coco["images"][0]["file_name"]).read_bytes()
pathlib.Path(told["output"]).write_bytes(first + json.dumps([told["parameters"], told["labels"], coco]).encode())
pathlib.Path(told["metrics"]).write_text(json.dumps({"accuracy": 0.5, "note": "text", "infinite": 1e999}))
"""


def nothing() -> None:
    return None


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    path = tmp_path / "a.png"
    path.write_bytes(b"pixels")
    examples = [
        Example(path, "../../a.png", 8, 6, (("cat", (1.0, 2.0, 3.0, 4.0)), ("dog", None))),
        Example(path, "a.png", 8, 6, ()),
    ]
    return Assignment("OBJECT_DETECTION", ("cat", "dog"), {"epochs": 3}, {"train": examples})


def program(source: str, timeout: float = 100.0) -> TrainingProgram:
    return TrainingProgram((sys.executable, "-c", source), timeout)


def test_a_program_gets_datasets_on_disk_and_its_model_is_taken_back(assignment: Assignment) -> None:
    trained = command.train(program(TELLING), assignment, nothing)
    assert trained.model.startswith(b"pixels")
    parameters, labels, coco = json.loads(trained.model.removeprefix(b"pixels"))
    assert (parameters, labels) == ({"epochs": 3}, ["cat", "dog"])
    assert [image["file_name"] for image in coco["images"]] == ["000001-a.png", "000002-a.png"]
    assert [(image["width"], image["height"]) for image in coco["images"]] == [(8, 6), (8, 6)]
    assert coco["annotations"] == [
        {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "bbox": [1.0, 2.0, 3.0, 4.0], "area": 12.0},
        {"id": 2, "image_id": 1, "category_id": 2, "iscrowd": 0},
    ]
    assert trained.metrics == {"accuracy": 0.5}


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("print('out of memory'); raise SystemExit(3)", "ended with exit code 3. It printed last: out of memory"),
        ("pass", "left no model file"),
        ("import sys, os; os.symlink('/etc/passwd', 'model.onnx')", "left no model file"),
        ("open('model.onnx', 'w').close()", "a model file of 0 bytes"),
        ("open('model.onnx', 'w').write('m'); open('metrics.json', 'w').write('[')", "no JSON"),
        ("open('model.onnx', 'w').write('m'); open('metrics.json', 'w').write('[]')", "no object of numbers"),
    ],
)
def test_a_program_that_fails_says_how(assignment: Assignment, source: str, told: str) -> None:
    with pytest.raises(Refused, match=told.replace(".", r"\.")):
        command.train(program(source), assignment, nothing)


def test_a_program_that_takes_too_long_is_ended_with_all_it_started(assignment: Assignment, tmp_path: Path) -> None:
    note = tmp_path / "child"
    source = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(1000)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "time.sleep(1000)"
    )

    class Late(Exception):
        pass

    def look() -> None:
        if note.exists() and note.read_text():
            raise Late

    with pytest.raises(Late):
        command.train(program(source), assignment, look)
    child = int(note.read_text())
    assert not alive(child)
    with pytest.raises(Refused, match=r"longer than 0\.1 seconds"):
        command.train(program("import time; time.sleep(1000)", timeout=0.1), assignment, nothing)


def alive(pid: int) -> bool:
    """Whether a process runs: one that is gone, or only waits to be counted, does not."""
    from pathlib import Path

    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def test_a_program_that_does_not_exist_cannot_be_started(assignment: Assignment) -> None:
    with pytest.raises(Refused, match="cannot be started"):
        command.train(TrainingProgram(("no-such-program",)), assignment, nothing)


def test_nothing_is_interpreted_by_a_shell(assignment: Assignment, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        command.train(TrainingProgram((f"touch {tmp_path / 'proof'};",)), assignment, nothing)
    assert not (tmp_path / "proof").exists()


def test_only_the_operator_names_programs(tmp_path: Path) -> None:
    (tmp_path / "trainers.json").write_text(json.dumps({"yolo": {"command": ["train-yolo", "-q"], "timeout": 5}}))
    named = TrainingProgram(("other",))
    settings = PlatformSettings(data_dir=tmp_path, programs={"other": named})
    assert programs.chosen(settings, {}, None) is None
    assert programs.chosen(settings, {}, "some/image") is None
    assert programs.chosen(settings, {}, "other") == named
    assert programs.chosen(settings, {"trainer": "yolo"}, "other") == TrainingProgram(("train-yolo", "-q"), 5.0)
    for wanted in ("rm", ["yolo"], 3):
        with pytest.raises(Refused, match="no training program"):
            programs.chosen(settings, {"trainer": wanted}, None)
    (tmp_path / "trainers.json").write_text('{"yolo": "train"}')
    with pytest.raises(Refused, match="not of the form"):
        programs.chosen(settings, {"trainer": "yolo"}, None)
