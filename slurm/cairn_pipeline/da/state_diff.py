"""The content of a DA segment: what a block changed. Plain data; state_words.py has its layouts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class StorageChange:
    """previous is None where the layout does not carry it."""

    key: int
    value: int
    previous: int | None = None


@dataclass(frozen=True)
class ContractChange:
    """nonce and class_hash are None where unchanged, the previous ones where the layout has none."""

    address: int
    nonce: int | None = None
    class_hash: int | None = None
    storage: tuple[StorageChange, ...] = ()
    previous_nonce: int | None = None
    previous_class_hash: int | None = None


@dataclass(frozen=True)
class ClassChange:
    """A declared (or migrated) class and the hash of its compiled form."""

    class_hash: int
    compiled_class_hash: int
    previous: int | None = None


@dataclass(frozen=True)
class StateDiff:
    contracts: tuple[ContractChange, ...] = ()
    classes: tuple[ClassChange, ...] = ()

    @property
    def storage_changes(self) -> int:
        return sum(len(contract.storage) for contract in self.contracts)

    def ordered(self) -> "StateDiff":
        """By address, key, class hash: the OS's order before aliases replace keys, and the aggregator's."""
        contracts = (
            replace(c, storage=tuple(sorted(c.storage, key=lambda change: change.key)))
            for c in self.contracts
        )
        return StateDiff(
            tuple(sorted(contracts, key=lambda c: c.address)),
            tuple(sorted(self.classes, key=lambda c: c.class_hash)),
        )

    def without_previous(self) -> "StateDiff":
        """What is left when previous values are dropped: an unchanged nonce or class becomes None."""
        return StateDiff(
            tuple(_without_previous(c) for c in self.contracts),
            tuple(ClassChange(c.class_hash, c.compiled_class_hash) for c in self.classes),
        )


def _without_previous(contract: ContractChange) -> ContractChange:
    return ContractChange(
        contract.address,
        None if contract.nonce == contract.previous_nonce else contract.nonce,
        None if contract.class_hash == contract.previous_class_hash else contract.class_hash,
        _plain(contract.storage),
    )


def _plain(changes: Iterable[StorageChange]) -> tuple[StorageChange, ...]:
    return tuple(StorageChange(c.key, c.value) for c in changes)
