"""The aggregate stage over a recorded aggregator run of two Paradex blocks, and what it refuses."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cairn_pipeline.batching.aggregated import bootloader_output, check_result
from cairn_pipeline.batching.batcher import Batcher
from cairn_pipeline.batching.limits import Limits
from cairn_pipeline.batching.measure import measure_files
from cairn_pipeline.compose.engine import Engine
from cairn_pipeline.compose.pipeline_file import load
from cairn_pipeline.compose.queue_store import QueueStore
from cairn_pipeline.contract import Artifact, ErrorClass, StageInput, StageOutput, read_output, run_stage
from cairn_pipeline.da.felts import felts_json, read_felts
from cairn_pipeline.da.pie_memory import Pie
from cairn_pipeline.da.snos_output import parse, without_aggregator_input
from cairn_pipeline.files import write_json
from cairn_pipeline.stages.aggregate import aggregate

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
PIE = SHARED / "pie" / "aggregator_0_14_1_batch1.zip"
SEGMENT = SHARED / "da" / "agg_batch1" / "da_segment.json"
# The real children are encrypted or plain as they come; what is checked is the same.
LIMITS = Limits()


@pytest.fixture(scope="module")
def felts() -> list[int]:
    """The recorded aggregator's whole output."""
    if not PIE.is_file():
        pytest.skip(f"{PIE} is absent: the recorded blocks are not part of the repository")
    return Pie(PIE).output()


@pytest.fixture
def children(felts: list[int], tmp_path: Path) -> list[dict]:
    """The recorded children as a batch collector would hand them over."""
    result, position = [], 1
    for _ in range(felts[0]):
        size, program = felts[position], felts[position + 1]
        words = felts[position + 2 : position + size]
        number = parse(words).number
        path = tmp_path / f"{number}.output.json"
        path.write_text(felts_json(words))
        artifact = Artifact.of(path).model_dump(mode="json")
        facts = {"program_hash": hex(program), "steps": 1000}
        result.append({"block": number, "outputs": {"snos_output": artifact}, "facts": facts})
        position += size
    assert position == len(felts) - len(without_aggregator_input(felts))
    return result


# Stands for an aggregator: leaves the recorded PIE, if its input is what the recorded run repeats.
COPY = """
import json, pathlib, shutil, sys
from cairn_pipeline.contract import *
from cairn_pipeline.da.pie_memory import Pie
def run(stage_input):
    pie, segment = map(pathlib.Path, sys.argv[1:3])
    given = json.loads(stage_input.require("aggregator_input").read_bytes())
    if given["bootloader_output"] != Pie(pie).output()[: len(given["bootloader_output"])]:
        raise StageError(ErrorClass.BAD_INPUT, "another input")
    shutil.copy(pie, stage_input.work_dir / "pie.zip")
    shutil.copy(segment, stage_input.work_dir / "da.json")
    made = {"pie": "pie.zip", "da_segment": "da.json"}
    return StageResult({name: stage_input.work_dir / file for name, file in made.items()})
arguments, sys.argv = sys.argv, sys.argv[:3]
stage_input = StageInput.model_validate_json(pathlib.Path(arguments[4]).read_bytes())
sys.exit(run_stage(run, stage_input, pathlib.Path(arguments[6])))
"""


@pytest.fixture
def stage(tmp_path: Path, cairn: str) -> Callable[..., tuple[int, StageOutput]]:
    def run(children: list[dict], block: int, **options: object) -> tuple[int, StageOutput]:
        folder = tmp_path / "work"
        folder.mkdir()
        write_json(tmp_path / "children.json", children)
        (tmp_path / "recorded.py").write_text(COPY)
        command = [sys.executable, str(tmp_path / "recorded.py"), str(PIE), str(SEGMENT)]
        stage_input = StageInput(
            run="test", block=block, stage="aggregate", attempt=1, work_dir=folder,
            inputs={"children": tmp_path / "children.json"}, options={"program": command, **options},
            job={"cairn": cairn},
        )  # fmt: skip
        code = run_stage(aggregate, stage_input, tmp_path / "out.json")
        output = read_output(tmp_path / "out.json")
        assert output is not None
        return code, output

    return run


def test_a_recorded_aggregator_run(felts, children, stage) -> None:
    code, output = stage(children, children[-1]["block"])
    assert (code, output.error) == (0, None)
    assert output.outputs.keys() == {"pie", "snos_output", "da_segment", "children"}
    assert read_felts(output.outputs["snos_output"].path) == felts
    facts = {"first_block": children[0]["block"], "blocks": 2, "aggregated_blobs": 1}
    assert facts.items() <= output.facts.items()
    # Of the aggregator's own run: what the proof will be held to.
    assert output.facts["steps"] > 100_000 and {"pie_fact", "pie_program_hash"} <= output.facts.keys()


def test_a_cairo_run_gets_its_input_and_leaves_a_pie(children, stage, tmp_path: Path) -> None:
    """source = cairo with a runner of ours in the place of the VM."""
    runner = tmp_path / "runner.py"
    runner.write_text(
        "import json, shutil, sys\n"
        "given = json.load(open(sys.argv[1]))\n"
        f"shutil.copy({str(PIE)!r}, sys.argv[2])\n"
        f"json.dump(json.load(open({str(SEGMENT)!r})), open(given['da_path'], 'w'))\n"
        "assert given['chain_id'] == 5 and given['use_kzg_da'] and not given['full_output']\n"
    )
    options = {"source": "cairo", "cairo_program": "aggregator.json", "cairo_input": {"chain_id": 5}}
    code, output = stage(
        children,
        children[-1]["block"],
        **options | {"program": [sys.executable, str(runner), "{input}", "{pie}"]},
    )
    assert (code, output.error) == (0, None)
    assert read_felts(output.outputs["da_segment"].path) == read_felts(SEGMENT)


def test_the_prediction_is_an_upper_bound(felts, children) -> None:
    batcher = Batcher(LIMITS)
    for child in children:
        batcher.add(measure_files(child["block"], Path(child["outputs"]["snos_output"]["path"]), None), 0.0)
    batch = batcher.flush()
    assert batch is not None
    result = parse(without_aggregator_input(felts))
    assert batch.weight.da_felts >= len(read_felts(SEGMENT)) - 3  # the segment is encrypted: keys come on top
    assert batch.weight.output_felts >= result.main_words
    assert batch.weight.aggregator_felts == len(felts) - len(without_aggregator_input(felts))


def refused(outcome: tuple[int, StageOutput]) -> str:
    code, output = outcome
    assert code == ErrorClass.REFUSED.exit_code and output.error is not None
    return output.error.reason.partition(":")[0]


def test_children_out_of_order_are_refused_before_the_run(children, stage, tmp_path: Path) -> None:
    assert refused(stage(children[::-1], children[0]["block"])) == "broken-chain"
    assert not (tmp_path / "work" / "aggregator_input.json").exists()


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        ({"max_blocks": 1}, "leaf-limit"),
        ({"max_aggregator_input_felts": 2000}, "aggregator-input"),
        ({"settlement": {"max_calldata_bytes": 100}}, "calldata"),
        ({"max_gas": 1000}, "gas"),
    ],
)
def test_children_beyond_a_limit_are_refused_before_the_run(
    limits, name, children, stage, tmp_path: Path
) -> None:
    assert refused(stage(children, children[-1]["block"], limits=limits)) == name
    assert not (tmp_path / "work" / "aggregator_input.json").exists()


def test_children_of_two_programs_are_refused(children, stage) -> None:
    children[1]["facts"]["program_hash"] = "0x1"
    assert refused(stage(children, children[-1]["block"])) == "program-hash"


def test_children_without_a_program_hash_need_the_option(children, stage) -> None:
    for child in children:
        del child["facts"]["program_hash"]
    code, output = stage(children, children[-1]["block"])
    assert code == ErrorClass.CONFIGURATION.exit_code and "os_program_hash" in output.error.reason


def test_an_output_that_was_changed_since_is_refused(children, stage) -> None:
    Path(children[0]["outputs"]["snos_output"]["path"]).write_text("[]")
    code, output = stage(children, children[-1]["block"])
    assert code == ErrorClass.BAD_INPUT.exit_code


CHANGES = [
    (0, "initial root"), (1, "final root"), (4, "previous block hash"), (5, "block hash"), (7, "config hash")
]  # fmt: skip


@pytest.mark.parametrize(("word", "what"), CHANGES)
def test_a_result_that_is_not_the_childrens_is_refused(word: int, what: str, felts, children) -> None:
    sizes = [measure_files(c["block"], Path(c["outputs"]["snos_output"]["path"]), None) for c in children]
    changed = list(felts)
    changed[len(felts) - len(without_aggregator_input(felts)) + word] ^= 1
    with pytest.raises(Exception, match=f"^result-mismatch: {what}"):
        check_result(changed, sizes, LIMITS, 0)


def test_repeated_children_that_differ_are_refused(felts, children) -> None:
    sizes = [measure_files(c["block"], Path(c["outputs"]["snos_output"]["path"]), None) for c in children]
    changed = list(felts)
    changed[felts[1] - 1] ^= 1  # the last word of the first child
    with pytest.raises(Exception, match="^children-mismatch"):
        check_result(changed, sizes, LIMITS, 0)


@pytest.mark.parametrize(
    ("limits", "segment", "name"),
    [
        (LIMITS, 5000, "blobs"),
        (Limits.model_validate({"settlement": {"max_blobs": 1, "max_calldata_bytes": 700}}), 0, "calldata"),
        (Limits(max_gas=200_000), 0, "gas"),
        (Limits(da="calldata"), 0, "da-mode"),
    ],
)
def test_a_result_that_cannot_be_settled_is_refused(limits, segment, name, felts, children) -> None:
    sizes = [measure_files(c["block"], Path(c["outputs"]["snos_output"]["path"]), None) for c in children]
    with pytest.raises(Exception, match=f"^{name}: "):
        check_result(felts, sizes, limits, segment)


def test_the_input_is_what_the_recorded_run_repeats(felts, children) -> None:
    sizes = [measure_files(c["block"], Path(c["outputs"]["snos_output"]["path"]), None) for c in children]
    words = bootloader_output(sizes, int(children[0]["facts"]["program_hash"], 16))
    assert words == felts[: len(words)]
    assert json.loads(json.dumps(words)) == words


SNOS = """
import json, pathlib, shutil, sys
from cairn_pipeline.contract import *
def run(stage_input):
    child = next(c for c in json.load(open(sys.argv[1])) if c["block"] == stage_input.block)
    return StageResult({"snos_output": pathlib.Path(child["outputs"]["snos_output"]["path"])}, child["facts"])
stage_input = StageInput.model_validate_json(pathlib.Path(sys.argv[3]).read_bytes())
sys.exit(run_stage(run, stage_input, pathlib.Path(sys.argv[5])))
"""

PIPELINE = """
name = "recursion"
[collectors.blocks]
strategy = "blocks"
to = "blocks"
[dispatchers.snos]
from = "blocks"
to = "outputs"
run = ["{python}", "{folder}/snos.py", "{folder}/children.json"]
[collectors.batch]
strategy = "batch"
from = "outputs"
to = "batches"
limits = { max_blocks = 2 }
[dispatchers.aggregate]
from = "batches"
to = "aggregated"
run = ["{python}", "-m", "cairn_pipeline.stages.aggregate"]
options = { program = ["PYTHON", "FOLDER/recorded.py", "PIE", "SEGMENT"], cairn = "CAIRN" }
"""


def test_blocks_become_one_aggregated_unit(children, felts, cairn: str, tmp_path: Path) -> None:
    """From block numbers to a batch's PIE, by a pipeline file: both recorded blocks in one aggregator run."""
    write_json(tmp_path / "children.json", children)
    (tmp_path / "snos.py").write_text(SNOS)
    (tmp_path / "recorded.py").write_text(COPY)
    words = {"PYTHON": sys.executable, "FOLDER": tmp_path, "PIE": PIE, "SEGMENT": SEGMENT, "CAIRN": cairn}
    text = PIPELINE
    for name, value in words.items():
        text = text.replace(f'"{name}', f'"{value}')
    (tmp_path / "recursion.toml").write_text(text)
    first, last = children[0]["block"], children[-1]["block"]
    engine = Engine(
        load(tmp_path / "recursion.toml"),
        tmp_path,
        tmp_path / "state",
        lambda *_, **__: None,
        first=first,
        last=last,
    )
    assert engine.run(until_idle=True).exit_code == 0
    queue = QueueStore(tmp_path / "state", "aggregated")
    (unit,) = [queue.read(message_id) for message_id in queue.ids()]
    assert (unit.first_block, unit.block, unit.facts["closed_by"]) == (first, last, "leaf-limit")
    assert read_felts(unit.outputs["snos_output"].path) == felts
