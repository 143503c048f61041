"""Models in memory: each file loaded once however many ask at the same time, the least used let go.

A model that was let go lives on for whoever still runs it: nothing is closed, only forgotten.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from reconciler.platform.inference import declared
from reconciler.platform.store.faults import Invalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.platform.inference.declared import Declaration
    from reconciler.platform.store.blobs import Blobs
    from reconciler.platform.store.serving import Servable

# Models; a small one takes a few megabytes.
MOST: Final = 16


@dataclass(frozen=True)
class Model:
    """A loaded model: an ONNX Runtime session, and what its file declares."""

    session: Any
    declaration: Declaration


class LoadedModels:
    """Answers with loaded models."""

    def __init__(self, load: Callable[[Servable], Model], most: int = MOST) -> None:
        self._load = load
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Future[Model]] = OrderedDict()

    def get(self, servable: Servable) -> Model:
        """Return the model of a file, loading it unless it is held; waits while another thread loads it.

        Raises:
            Invalid: when the file is no model that can be run. The next call tries again.
        """
        future, is_mine = self._claim(servable.blob)
        if is_mine:
            self._fill(future, servable)
        return future.result()

    def _claim(self, blob: str) -> tuple[Future[Model], bool]:
        with self._lock:
            held = self._held.get(blob)
            if held is not None:
                self._held.move_to_end(blob)
                return held, False
            future: Future[Model] = Future()
            self._held[blob] = future
            while len(self._held) > self._most:
                self._held.popitem(last=False)
            return future, True

    def _fill(self, future: Future[Model], servable: Servable) -> None:
        try:
            future.set_result(self._load(servable))
        except BaseException as error:  # noqa: BLE001  (whoever waits must hear of any failure)
            with self._lock:
                if self._held.get(servable.blob) is future:
                    del self._held[servable.blob]
            future.set_exception(error)


def loader(blobs: Blobs) -> Callable[[Servable], Model]:
    """Return what loads a model from its file."""

    def load(servable: Servable) -> Model:
        try:
            content = blobs.path(servable.blob).read_bytes()
        except FileNotFoundError as error:
            raise Invalid(f"The file of {servable.named} is gone.") from error
        session = _opened(content, servable.named)
        engraved = dict(session.get_modelmeta().custom_metadata_map)
        return Model(session, declared.read(engraved, servable.parameters, servable.labels))

    return load


def _opened(content: bytes, named: str) -> Any:  # noqa: ANN401  (onnxruntime ships no types)
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Requests are what runs side by side here, not the parts of one.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises bare exceptions of many kinds
        raise Invalid(f"The file of {named} is not an ONNX model that can be run.", [str(error)[:500]]) from error
