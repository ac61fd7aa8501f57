"""Configuration, site file, the folder of a run: what is read and what is refused."""

from pathlib import Path

import pytest
from cairn_pipeline.config import load_config
from cairn_pipeline.contract import ErrorClass, StageError
from cairn_pipeline.files import locked, write_atomic
from cairn_pipeline.run_state import Run, Status, read_run
from cairn_pipeline.site import Site, load_site


def config(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(text)
    return path


def test_the_defaults_are_the_chain_with_settlement_in_order() -> None:
    defaults = load_config(None, "r")
    assert defaults.order() == ["snos", "da", "prove", "verify", "settle"]
    assert [name for name, stage in defaults.stages.items() if stage.in_order] == ["settle"]
    assert [name for name, stage in defaults.stages.items() if stage.gpus] == ["prove"]
    assert defaults.stages["prove"].retry.where == "requeue"


def test_a_change_keeps_what_it_does_not_name(tmp_path: Path) -> None:
    changed = load_config(
        config(tmp_path, "[stages.prove]\nranks = 9\n[stages.prove.options]\nthreads = 2\n"), "r"
    )
    assert changed.stages["prove"].ranks == 9 and changed.stages["prove"].after == ["da"]
    assert changed.stages["prove"].options == {"threads": 2}


def test_a_stage_left_out_hands_its_predecessors_on(tmp_path: Path) -> None:
    changed = load_config(config(tmp_path, "[stages]\nda = false\nverify = false\n"), "r")
    assert changed.order() == ["snos", "prove", "settle"]
    assert changed.stages["settle"].after == ["prove"] and changed.stages["prove"].after == ["snos"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("window = 0", "window"),
        ("windo = 3", "windo"),
        ("[stages.prove]\nafter = ['nothing']", "after nothing, which is no stage"),
        ("[stages.snos]\nafter = ['settle']", "stages wait for each other"),
        ("[stages.'a b']\nminutes = 1", "is no name"),
        ("[stages.prove]\nranks = 0", "ranks"),
        ("window = ", "run.toml"),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(StageError) as caught:
        load_config(config(tmp_path, text), "r")
    assert caught.value.error_class is ErrorClass.CONFIGURATION and words in caught.value.reason
    assert "\n" not in caught.value.reason


def test_the_site_chooses_the_launcher(tmp_path: Path) -> None:
    path = config(tmp_path, 'launcher = "srun"\n[partition]\ndefault = "cpu"\nprove = "gpu"\n')
    site = load_site(path)
    assert site.launch(3) == ["srun", "--kill-on-bad-exit=1", "--mpi=pmix", "-n", "3"]
    assert Site(launcher_args=["--bind-to", "none"]).launch(2) == ["mpirun", "--bind-to", "none", "-n", "2"]
    assert (site.partition_of("prove"), site.partition_of("snos")) == ("gpu", "cpu")
    with pytest.raises(StageError, match="launcher"):
        load_site(config(tmp_path, 'launcher = "ssh"'))


def test_a_runs_configuration_is_frozen(tmp_path: Path) -> None:
    path = tmp_path / "run"
    Run.create(path, load_config(None, "run"), Site())
    Run.create(path, load_config(None, "run"), Site(account="other"))  # the site may change
    with pytest.raises(StageError, match="holds a run of another configuration"):
        Run.create(path, load_config(config(tmp_path, "window = 3"), "run"), Site())
    with pytest.raises(StageError, match="is not empty and holds no run"):
        Run.create(tmp_path, load_config(None, "run"), Site())
    with pytest.raises(StageError, match="no run"):
        _ = Run(tmp_path / "nowhere").config


def test_changes_are_journalled_and_published_whole(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", load_config(None, "run"), Site())
    run.add(5)
    with run.changing(5) as state:
        state.stages["snos"].status = Status.RUNNING
    with run.changing(5):
        pass  # nothing changed: no line
    journal = (run.block_dir(5) / "journal.jsonl").read_text().splitlines()
    assert len(journal) == 1 and '"from":"waiting","to":"running"' in journal[0]
    assert read_run(run.path).blocks[5].stages["snos"].status is Status.RUNNING
    (run.block_dir(5) / "state.json").write_text("{")
    with pytest.raises(StageError) as caught:
        run.read(5)
    assert caught.value.error_class is ErrorClass.BUG


def test_a_failed_change_leaves_the_old_state(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", load_config(None, "run"), Site())
    run.add(5)
    with pytest.raises(RuntimeError), run.changing(5) as state:
        state.stages["snos"].status = Status.FAILED
        raise RuntimeError("in between")
    assert run.read(5).stages["snos"].status is Status.WAITING


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_atomic(path, "old")
    with pytest.raises(TypeError):
        write_atomic(path, 7)  # type: ignore[arg-type]
    assert path.read_text() == "old" and [entry.name for entry in tmp_path.iterdir()] == ["x"]


def test_a_lock_excludes_another_process(tmp_path: Path) -> None:
    import multiprocessing

    context = multiprocessing.get_context("fork")
    with locked(tmp_path / "lock"):
        other = context.Process(target=take, args=(tmp_path,))
        other.start()
        other.join(0.5)
        assert not (tmp_path / "taken").exists()
    other.join()
    assert (tmp_path / "taken").exists()


def take(folder: Path) -> None:
    with locked(folder / "lock"):
        (folder / "taken").touch()
