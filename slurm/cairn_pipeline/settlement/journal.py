"""What was signed for a block, written before it is sent, so that a later process can go on with it."""

import time
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from cairn_pipeline.contract import Strict, write_model
from cairn_pipeline.settlement.errors import refuse
from cairn_pipeline.settlement.fees import Offer

# open: may still be included. The others are the ends: included, included and reverted, made impossible by
# another transaction of the same nonce.
Outcome = Literal["open", "included", "reverted", "displaced"]


class Attempt(Strict):
    """One signed transaction. Attempts of one nonce replace each other: only one of them can be included."""

    nonce: int
    hash: str
    raw: str  # without the sidecar, which is made again from the blobs
    offer: Offer
    gas: int
    blobs: int
    signed_at: float
    sent_at: float | None = None
    outcome: Outcome = "open"


class Step(Strict):
    """One effect on the chain, and all attempts at it."""

    attempts: list[Attempt] = []

    def open(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if attempt.outcome == "open"]


class Journal(Strict):
    schema_: int = Field(1, alias="schema")
    block: int
    chain_id: int
    core: str
    signer: str
    output: str  # keccak of the words that the core contract is given
    steps: dict[str, Step] = {}
    model_config = {"extra": "forbid", "populate_by_name": True}


class JournalFile:
    """The journal of a block at its place; every change is on disk before `save` returns."""

    def __init__(self, path: Path, **of: Any) -> None:
        """`of`: Journal's fields but steps. Raises SettlementError(journal) if there is one of others."""
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(**of)
        if not path.exists():
            return
        try:
            found = Journal.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            refuse("journal", f"{path}: is no settlement journal ({type(error).__name__}): move it away")
        for name, wanted in of.items():
            if getattr(found, name) != wanted:
                refuse(
                    "journal",
                    f"{path}: its {name} is {getattr(found, name)}, wanted {wanted}: what it has "
                    f"signed may still be "
                    "included; use another journal_dir, or move it away when you know better",
                )
        self.journal = found

    def step(self, name: str) -> Step:
        return self.journal.steps.setdefault(name, Step())

    def save(self) -> None:
        write_model(self.path, self.journal)

    def signed(self, step: Step, attempt: Attempt) -> None:
        step.attempts.append(attempt)
        self.save()

    def sent(self, attempt: Attempt) -> None:
        attempt.sent_at = time.time()
        self.save()

    def ended(self, attempt: Attempt, outcome: Outcome) -> None:
        if attempt.outcome != outcome:
            attempt.outcome = outcome
            self.save()
