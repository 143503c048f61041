"""How many examples the laws are tried on: enough for every change, many more on request."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
settings.register_profile("quick", max_examples=100, **COMMON)  # type: ignore[arg-type]
settings.register_profile("test", max_examples=1_000, **COMMON)  # type: ignore[arg-type]
settings.register_profile("deep", max_examples=20_000, **COMMON)  # type: ignore[arg-type]
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
