"""Stage prove: the words that it starts, and the reason that it gives for a failure."""

from pathlib import Path

from cairn_pipeline.stages.process import reason
from cairn_pipeline.stages.prove import ProveOptions, command


def words(tmp_path: Path, **fields: object) -> list[str]:
    options = ProveOptions.model_validate({"keep_dir": tmp_path / "keep"} | fields)
    return command(options, Path("a.zip"), Path("a.h5"), Path("a.json"))


def test_work_is_kept_where_the_next_life_finds_it(tmp_path: Path) -> None:
    first, second = words(tmp_path, life=0), words(tmp_path, life=1)
    assert first == second and first[first.index("--work") + 1] == str(tmp_path / "keep/any")
    assert "--work" not in words(tmp_path, resume=False)


def test_memory_is_halved_from_the_third_life_on_with_work_of_its_own(tmp_path: Path) -> None:
    caps = [words(tmp_path, life=life, memory_mb=4096) for life in (0, 1, 2, 3, 9)]
    assert [w[w.index("--memory") + 1] for w in caps] == ["4096M", "4096M", "2048M", "1024M", "256M"]
    assert [Path(w[w.index("--work") + 1]).name for w in caps[1:3]] == ["4096M", "2048M"]


def test_the_reason_is_our_programs_line_before_mpiruns() -> None:
    lines = ["prove 10 %", "cairn: a.zip: no zip archive", "mpirun detected an error", "-----"]
    argv = ["mpirun", "-n", "2", "/x/cairn", "prove"]
    assert reason(argv, 2, lines, "cairn: ") == "cairn ended with 2: a.zip: no zip archive"
    assert reason(argv, 137, lines[2:], "cairn: ") == "cairn ended with 137: mpirun detected an error"
    assert reason(argv, 1, [], "cairn: ") == "cairn ended with 1: it said nothing"
