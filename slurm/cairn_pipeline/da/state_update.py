"""A state update as Starknet's RPC gives it (starknet_getStateUpdate), turned into a state diff."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import from_json

from cairn_pipeline.da.errors import DaError, Reason
from cairn_pipeline.da.felts import parse_felt, read_text
from cairn_pipeline.da.state_diff import ClassChange, ContractChange, StateDiff, StorageChange


class _Item(BaseModel):
    """Fields are felts; unknown fields are other versions' additions."""

    model_config = ConfigDict(extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _felt(cls, value: Any) -> Any:
        if isinstance(value, list):
            return value
        try:
            return parse_felt(value, "field")
        except DaError as error:
            raise ValueError(error.reason) from None


class _Entry(_Item):
    key: int
    value: int


class _Storage(_Item):
    address: int
    storage_entries: list[_Entry]


class _Declared(_Item):
    class_hash: int
    compiled_class_hash: int


class _Deployed(_Item):
    address: int
    class_hash: int


class _Replaced(_Item):
    contract_address: int
    class_hash: int


class _Nonce(_Item):
    contract_address: int
    nonce: int


class _StateDiff(BaseModel):
    storage_diffs: list[_Storage]
    declared_classes: list[_Declared] = []
    migrated_compiled_classes: list[_Declared] = []
    deployed_contracts: list[_Deployed] = []
    replaced_classes: list[_Replaced] = []
    nonces: list[_Nonce] = []


class _StateUpdate(BaseModel):
    state_diff: _StateDiff


def parse_state_update(text: str, name: str, nonces: Mapping[int, int] | None = None) -> StateDiff:
    """Reads the JSON. nonces: those of contracts that changed otherwise, which the old packing repeats.

    Raises DaError(state-diff-malformed).
    """
    try:
        raw = from_json(text)
        if isinstance(raw, dict) and "result" in raw:
            raw = raw["result"]
        diff = _StateUpdate.model_validate(raw).state_diff
    except ValueError as error:  # pydantic's is a ValueError
        raise DaError(Reason.STATE_DIFF_MALFORMED, f"{name}: no state update: {error}") from None
    storage: dict[int, dict[int, int]] = {}
    for item in diff.storage_diffs:
        storage.setdefault(item.address, {}).update((e.key, e.value) for e in item.storage_entries)
    classes = {d.address: d.class_hash for d in diff.deployed_contracts}
    classes |= {r.contract_address: r.class_hash for r in diff.replaced_classes}
    new_nonces = dict(nonces or {}) | {n.contract_address: n.nonce for n in diff.nonces}
    addresses = storage.keys() | classes.keys() | {n.contract_address for n in diff.nonces}
    contracts = [
        ContractChange(
            address,
            new_nonces.get(address) or None,
            classes.get(address),
            tuple(StorageChange(key, value) for key, value in storage.get(address, {}).items()),
        )
        for address in addresses
    ]
    declared = [ClassChange(d.class_hash, d.compiled_class_hash) for d in diff.declared_classes]
    declared += [ClassChange(m.class_hash, m.compiled_class_hash) for m in diff.migrated_compiled_classes]
    return StateDiff(tuple(contracts), tuple(declared)).ordered()


def read_state_update(path: Path, nonces: Mapping[int, int] | None = None) -> StateDiff:
    """Reads a file of it, as parse_state_update."""
    return parse_state_update(read_text(path), str(path), nonces)
