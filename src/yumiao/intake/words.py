"""Words that cells use for yes and no where a mapping says nothing else."""

from __future__ import annotations

YES_WORDS = ("是", "yes", "true")
NO_WORDS = ("否", "no", "false")
