"""Documents and files that somebody made up, for tests of whatever reads them."""

import json
import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

# `./run test fuzz` asks for more of them; the seed is fixed, so that a run is like any other.
EXAMPLES = int(os.environ.get("CAIRN_FUZZ_EXAMPLES", "100"))
hostile = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)

NAMES = st.sampled_from(
    ["..", "/", "/dev/null", "/proc/self/mem", "a\0b", "x" * 5000, "\n", "-rf", "", "refused"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | NAMES
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | NAMES, inner, max_size=4)
)


@st.composite
def changed(draw: st.DrawFn, good: dict[str, Any]) -> bytes:
    """A good document with some members replaced, dropped or added, then perhaps some bytes."""
    document = json.loads(json.dumps(good))
    for _ in range(draw(st.integers(0, 3))):
        place = document
        while True:
            key = draw(st.sampled_from(sorted(place)) if place else NAMES)
            inner = place.get(key)
            if not isinstance(inner, dict) or draw(st.booleans()):
                break
            place = inner
        match draw(st.sampled_from(["replace", "drop", "add"])):
            case "replace":
                place[key] = draw(VALUES)
            case "drop":
                place.pop(key, None)
            case _:
                place[draw(st.text() | NAMES)] = draw(VALUES)
    raw = bytearray(json.dumps(document).encode())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2, 5]))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw)


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """Good bytes of which some are changed, lost or there twice."""
    raw = bytearray(good)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(len(raw) - 1, 0)))
        match draw(st.sampled_from(["change", "cut", "drop", "twice"])):
            case "change":
                raw[at : at + 1] = bytes([draw(st.integers(0, 255))])
            case "cut":
                del raw[at:]
            case "drop":
                del raw[at : at + draw(st.integers(1, 50))]
            case _:
                raw[at:at] = raw[at : at + draw(st.integers(1, 50))]
    return bytes(raw)


anything = (
    st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | VALUES.map(lambda value: json.dumps(value).encode())
)
DEEP_AND_LONG = [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 100_000, b'"' + b"\\u0041" * 100_000]
