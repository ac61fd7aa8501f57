"""Stateful compression: long addresses and keys are replaced by short aliases kept in the contract 0x2.

Since 0.13.4 every key and address of at least 128 that a block changes first gets the next free number
(contracts by address; of each its keys in order, then its address). Contracts up to 0xf are left alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.state_diff import ContractChange, StateDiff, StorageChange

ALIAS_CONTRACT = 0x2
COUNTER_KEY = 0
FIRST_ALIAS = 128  # also the least key that has one
LAST_PLAIN_CONTRACT = 0xF


def aliases_in(diff: StateDiff) -> dict[int, int]:
    """Key to alias, of those that diff itself assigns."""
    return {
        change.key: change.value
        for contract in diff.contracts
        if contract.address == ALIAS_CONTRACT
        for change in contract.storage
        if change.key != COUNTER_KEY
    }


def allocate(diff: StateDiff, known: Mapping[int, int], next_alias: int = 0) -> StateDiff:
    """diff (by keys, without changes of the alias contract) with what the OS writes to the alias contract.

    known: key to alias before the block; next_alias: the counter before it, 0 if it was never set.
    """
    if any(contract.address == ALIAS_CONTRACT for contract in diff.contracts):
        raise DaError(Reason.STATE_DIFF_MALFORMED, "state diff: has alias contract changes already")
    ordered = diff.ordered()
    free = next_alias or FIRST_ALIAS
    fresh: dict[int, int] = {}
    for contract in ordered.contracts:
        if contract.address <= LAST_PLAIN_CONTRACT:
            continue
        for key in [*(change.key for change in contract.storage), contract.address]:
            if key >= FIRST_ALIAS and key not in known and key not in fresh:
                fresh[key] = free
                free += 1
    changes = dict(fresh)
    if free != next_alias:
        changes[COUNTER_KEY] = free
    if not changes:
        return ordered
    storage = tuple(StorageChange(key, value) for key, value in sorted(changes.items()))
    return replace(
        ordered, contracts=(*ordered.contracts, ContractChange(ALIAS_CONTRACT, storage=storage))
    ).ordered()


def compress(diff: StateDiff, known: Mapping[int, int]) -> StateDiff:
    """diff by aliases, still in the order of its keys (the OS's; an aggregator's is .ordered() again).

    known: key to alias, beside those that diff itself assigns. Raises DaError(alias-unknown).
    """
    aliases = dict(known) | aliases_in(diff)
    return _translate(diff, lambda key: _look_up(aliases, key, "alias for key"))


def decompress(diff: StateDiff, known: Mapping[int, int]) -> StateDiff:
    """diff by keys: the inverse of compress, with the same map. Raises DaError(alias-unknown)."""
    keys = {alias: key for key, alias in (dict(known) | aliases_in(diff)).items()}
    return _translate(diff, lambda alias: _look_up(keys, alias, "key for alias"))


def missing(diff: StateDiff, known: Mapping[int, int]) -> set[int]:
    """The keys that compress would not find: those whose aliases must be read from the chain."""
    aliases = dict(known) | aliases_in(diff)
    wanted = {
        key
        for contract in diff.contracts
        if contract.address > LAST_PLAIN_CONTRACT
        for key in (contract.address, *(change.key for change in contract.storage))
    }
    return {key for key in wanted if key >= FIRST_ALIAS and key not in aliases}


def _look_up(table: Mapping[int, int], key: int, what: str) -> int:
    if key < FIRST_ALIAS:
        return key
    if key not in table:
        raise DaError(
            Reason.ALIAS_UNKNOWN, f"no {what} {key:#x}, neither known nor assigned by the state diff"
        )
    return table[key]


def _translate(diff: StateDiff, name: Callable[[int], int]) -> StateDiff:
    def contract(change: ContractChange) -> ContractChange:
        if change.address <= LAST_PLAIN_CONTRACT:
            return change
        storage = tuple(replace(entry, key=name(entry.key)) for entry in change.storage)
        return replace(change, address=name(change.address), storage=storage)

    return replace(diff, contracts=tuple(contract(c) for c in diff.contracts))
