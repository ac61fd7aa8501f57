"""The names under which settlement refuses, and what class of failure each is."""

from collections.abc import Mapping
from typing import NoReturn

from cairn_pipeline.contract import ErrorClass, Fact, StageError

CLASSES = {
    # The operator has to change something.
    "options": ErrorClass.CONFIGURATION,
    "keystore": ErrorClass.CONFIGURATION,
    "journal": ErrorClass.CONFIGURATION,
    "wrong-chain": ErrorClass.CONFIGURATION,
    "no-contract": ErrorClass.CONFIGURATION,
    "not-operator": ErrorClass.CONFIGURATION,
    "program-hash": ErrorClass.CONFIGURATION,
    "config-hash": ErrorClass.CONFIGURATION,
    "no-alt-da": ErrorClass.CONFIGURATION,
    # What came from the stages before is no such thing.
    "output": ErrorClass.BAD_INPUT,
    "manifest": ErrorClass.BAD_INPUT,
    # It never will be right.
    "wrong-root": ErrorClass.REFUSED,
    "wrong-data": ErrorClass.REFUSED,
    "not-verified": ErrorClass.REFUSED,
    "overlap": ErrorClass.REFUSED,
    "settled-otherwise": ErrorClass.REFUSED,
    "reverted": ErrorClass.REFUSED,
    # Later, or with more.
    "signer-balance": ErrorClass.CAPACITY,
    "fee-cap": ErrorClass.TRANSIENT,
    "not-mined": ErrorClass.TRANSIENT,
    "out-of-order": ErrorClass.TRANSIENT,
    "reorg": ErrorClass.TRANSIENT,
    "node": ErrorClass.TRANSIENT,
    "busy-signer": ErrorClass.TRANSIENT,
    "paused": ErrorClass.TRANSIENT,
    "command": ErrorClass.TRANSIENT,
}


class SettlementError(StageError):
    """One named reason. `name` is a key of CLASSES and starts the text."""

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(CLASSES[name], f"{name}: {reason}")


def refuse(name: str, reason: str) -> NoReturn:
    raise SettlementError(name, reason)


def require_bits(facts: Mapping[str, Fact], wanted: float) -> None:
    """Refuses what no `cairn verify` has found sound enough. Raises SettlementError(not-verified)."""
    found = str(facts.get("security_bits"))
    try:
        enough = float(found) >= wanted
    except ValueError:
        enough = False
    if not enough:
        refuse(
            "not-verified", f"the proof's bits of security are {found}, wanted {wanted:g} by `cairn verify`"
        )
