"""Where the vectors are: small ones of our own in tests/data/da, recorded ones beside the repository."""

import json
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
OWN = REPOSITORY / "tests" / "data" / "da"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded blocks. Skips where it is absent."""
    folder = REPOSITORY.parent / "shared" / "data"
    if not (folder / "da").is_dir():
        pytest.skip(f"{folder}: no recorded blocks here")
    return folder


@pytest.fixture(scope="session")
def own() -> dict[str, Any]:
    """The vectors that tests/data/da/make_vectors.py computed from the definitions."""
    return json.loads((OWN / "vectors.json").read_text())
