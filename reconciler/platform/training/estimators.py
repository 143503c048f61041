"""scikit-learn's estimators as models are made of them: a network for as many passes as asked, and a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from reconciler.platform.training.knobs import Knobs

# scikit-learn ships no types; an estimator is whatever offers predict and predict_proba.
Estimator = Any

if TYPE_CHECKING:
    # Is told the number of each pass, from 1 on, and the network as it is then.
    Progress = Callable[[int, Estimator], None]


def fit_network(
    rows: NDArray[np.float32], classes: Sequence[int] | NDArray[np.int64], *, count: int, knobs: Knobs, tell: Progress
) -> Estimator:
    """Fit a network with one hidden layer, which answers for `count` classes, also for those that no row shows."""
    import numpy as np
    from sklearn.neural_network import MLPClassifier

    network = MLPClassifier(
        (knobs.hidden,),
        alpha=knobs.penalty,
        batch_size=min(knobs.batch_size, len(classes)),
        learning_rate_init=knobs.learning_rate,
        random_state=np.random.RandomState(knobs.seed),
    )
    # One call is one pass: the number of passes is chosen, not a limit that fit() would warn about.
    for epoch in range(1, knobs.epochs + 1):
        network.partial_fit(rows, classes, classes=range(count))
        tell(epoch, network)
    return network


def fit_linear(
    rows: NDArray[np.float32], classes: Sequence[int] | NDArray[np.int64], *, inverse_penalty: float
) -> Estimator:
    """Fit multinomial logistic regression; a smaller `inverse_penalty` means stronger regularisation."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=inverse_penalty, max_iter=2000).fit(rows, classes)


def silently(_epoch: int, _network: Estimator) -> None:
    """Tell nobody."""
