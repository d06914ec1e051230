"""The steps of a training: AdamW, a rate that rises and falls, a moving average of the weights."""

import copy
from typing import Generic, TypeVar

import torch

Model = TypeVar("Model", bound=torch.nn.Module)

_WARM_UP = 0.1  # share of the steps
_LARGEST_GRADIENT = 1.0  # norm


class Optimization(Generic[Model]):
    """Trains those weights of a model that require gradients.

    The rate rises linearly over the first tenth of the steps and falls linearly to 0 over the
    others. Gradients are clipped by their norm (Pascanu et al. 2013). The ``average`` of the
    weights over the last steps generalizes better than the last weights (Polyak and Juditsky 1992).
    """

    def __init__(self, model: Model, *, rate: float, steps: int, decay: float) -> None:
        """Prepare the first step.

        Args:
            model: what is trained, in place.
            rate: the highest learning rate.
            steps: how many there will be.
            decay: of the moving average, per step; less during the first steps.
        """
        self.average = copy.deepcopy(model)
        self._model = model
        self._decay = decay
        self._done = 0
        self._trained = [each for each in model.parameters() if each.requires_grad]
        self._optimizer = torch.optim.AdamW(self._trained, lr=rate, weight_decay=0.01)
        warm_up = max(1, round(_WARM_UP * steps))
        self._schedule = torch.optim.lr_scheduler.LambdaLR(
            self._optimizer,
            lambda step: min((step + 1) / warm_up, max(0, steps - step) / max(1, steps - warm_up)),
        )

    @property
    def weights(self) -> int:
        """How many numbers are trained."""
        return sum(each.numel() for each in self._trained)

    def step(self, loss: torch.Tensor) -> None:
        """Move the weights against the gradient of a loss."""
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._trained, _LARGEST_GRADIENT)
        self._optimizer.step()
        self._schedule.step()
        self._done += 1
        decay = min(self._decay, self._done / (self._done + 10))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self._model.parameters(), strict=True)
            for mean, current in pairs:
                mean.lerp_(current, 1 - decay)
