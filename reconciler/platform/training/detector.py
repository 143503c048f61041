"""The built-in trainer of detectors: windows of every image, and what scikit-learn learns from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.platform.inference.contract import Contract, DetectedBoxes, ImageInput
from reconciler.platform.training import detector_graph, windows
from reconciler.platform.training.assignment import Found, Refused, Seen, Trained
from reconciler.platform.training.knobs import knobs_of
from reconciler.platform.training.pixels import decode_gray, to_batch
from reconciler.platform.training.windowed import Scene, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.platform.training.assignment import Assignment, Example
    from reconciler.platform.training.estimators import Estimator, Progress
    from reconciler.platform.training.windows import Edges, Grid


def train(assignment: Assignment) -> Trained:
    """Train a detector.

    Raises:
        Refused: when no image is annotated with a box of a class the model knows.
    """
    from threadpoolctl import threadpool_limits

    knobs = knobs_of(assignment.parameters)
    contract = Contract(ImageInput(assignment.height, assignment.width, batch=1), DetectedBoxes(), assignment.labels)
    seen, unseen = assignment.parts()
    grid = _grid(seen, contract)
    # The order of a sum depends on the number of threads, and a model file must not.
    with threadpool_limits(limits=1):
        scenes = [_scene(example, grid, contract) for example in seen]
        fitted = fit(scenes, background=grid.background, knobs=knobs, tell=_teller(assignment))
    model = detector_graph.to_onnx(fitted.network, fitted.boxes, grid=grid, contract=contract)
    answers = _answers(model, unseen, contract)
    return Trained(model, contract.parameters(), {}, "Sliding window with one hidden layer", answers)


def _teller(assignment: Assignment) -> Progress:
    def tell(epoch: int, network: Estimator) -> None:
        # Nothing is told of the scout's passes but that there is life.
        assignment.progress(epoch, {"loss": float(network.loss_)} if epoch else {})

    return tell


def _grid(examples: Sequence[Example], contract: Contract) -> Grid:
    boxes = [edges for example in examples for _, edges in _truth(example, contract)]
    if not boxes:
        raise Refused("None of the images is annotated with a box of one of the model's classes.")
    sizes = [max(bottom - top, right - left) for top, left, bottom, right in boxes]
    return windows.fitting(contract.input.height, contract.input.width, sizes, len(contract.labels))


def _truth(example: Example, contract: Contract) -> list[tuple[int, Edges]]:
    """Return the boxes of known classes in pixels of the model's input."""
    down = contract.input.height / max(1, example.height)
    across = contract.input.width / max(1, example.width)
    places = {label: place for place, label in enumerate(contract.labels)}
    return [
        (places[label], (box[1] * down, box[0] * across, (box[1] + box[3]) * down, (box[0] + box[2]) * across))
        for label, box in example.truth
        if box is not None and label in places
    ]


def _scene(example: Example, grid: Grid, contract: Contract) -> Scene:
    size = (contract.input.width, contract.input.height)
    return Scene.of(decode_gray(example.path.read_bytes(), size), _truth(example, contract), grid)


def _answers(model: bytes, unseen: Sequence[Example], contract: Contract) -> list[Seen]:
    """Run the exported model on images it never saw."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    answers = []
    for example in unseen:
        batch = to_batch([example.path.read_bytes()], contract.input)
        boxes, classes, scores = session.run(["boxes", "classes", "scores"], {contract.input.name: batch})
        rows = zip(classes.tolist(), scores.tolist(), boxes.tolist(), strict=True)
        found = [Found(contract.labels[place], score, tuple(edges)) for place, score, edges in rows]
        truth = [(contract.labels[place], edges) for place, edges in _truth(example, contract)]
        answers.append(Seen(truth, found))
    return answers
