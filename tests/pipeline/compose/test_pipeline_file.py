"""What a pipeline file must not say, each with the line that an operator gets."""

from pathlib import Path

import pytest
from composed import BLOCKS

from cairn_pipeline.compose.engine import Engine
from cairn_pipeline.compose.pipeline_file import load, parse
from cairn_pipeline.contract import ErrorClass, StageError

PROVE = '[dispatchers.prove]\nfrom = "blocks"\nto = "proofs"\nrun = ["true"]\n'
AGAIN = PROVE.replace(".prove", ".again").replace('"blocks"', '"proofs"')
MATCH = '[collectors.x]\nstrategy = "match"\nfrom = "proofs"\nto = "y"\n'
GOOD = 'name = "test"\n' + BLOCKS + PROVE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not TOML"),
        (GOOD.replace('name = "test"\n', ""), "name: Field required"),
        (GOOD.replace('"test"', '"a b"'), "name: String should match pattern"),
        (GOOD + "worker = 3\n", "dispatchers.prove.worker: Extra inputs are not permitted"),
        (GOOD + "workers = 0\n", "dispatchers.prove.workers: Input should be greater than or equal to 1"),
        (GOOD.replace('["true"]', "[]"), "dispatchers.prove.run"),
        (GOOD.replace('from = "blocks"', 'from = "block"'), "prove reads queue block, which nothing feeds"),
        (GOOD + AGAIN, "queue proofs feeds itself"),
        (GOOD + PROVE.replace(".prove", ".blocks"), "blocks is a collector and a dispatcher"),
        (
            GOOD + '[dispatchers.other]\nfrom = "proofs"\nrun = ["true"]\ngroup = "prove"\n',
            "a group has one queue",
        ),
        (GOOD + '[collectors.x]\nstrategy = "guess"\nto = "y"\n', "collectors.x: Input tag 'guess'"),
        (GOOD + MATCH + 'by = "colour"\n', "collectors.x.match.by"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, words: str) -> None:
    with pytest.raises(StageError) as caught:
        parse(text, "test.toml")
    assert caught.value.error_class is ErrorClass.CONFIGURATION
    assert caught.value.reason.startswith("test.toml: ") and words in caught.value.reason


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(StageError, match="nowhere.toml: cannot be read"):
        load(Path("nowhere.toml"))


def test_a_state_folder_belongs_to_one_pipeline(tmp_path: Path) -> None:
    def engine(text: str, **options) -> Engine:
        return Engine(
            parse(text, "t"), tmp_path, tmp_path / "state", lambda *_, **__: None, first=1, last=1, **options
        )

    engine(GOOD)
    with pytest.raises(StageError, match='is the state of {"name":"test"}, not of other'):
        engine(GOOD.replace('"test"', '"other"'))
    with pytest.raises(
        StageError, match="prover: no dispatcher or collector of test; there are blocks, prove"
    ):
        engine(GOOD, only=["prover"])
