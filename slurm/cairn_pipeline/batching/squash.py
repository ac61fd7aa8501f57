"""State diffs of consecutive blocks as one: the later value of each key stays."""

from cairn_pipeline.da.state_diff import ClassChange, ContractChange, StateDiff, StorageChange


class Squash:
    """A growing diff whose packed size is known without packing it."""

    def __init__(self) -> None:
        self._storage: dict[int, dict[int, int]] = {}
        self._nonces: dict[int, int | None] = {}
        self._classes_of: dict[int, int | None] = {}
        self._classes: dict[int, int] = {}

    def add(self, diff: StateDiff) -> None:
        for contract in diff.contracts:
            storage = self._storage.setdefault(contract.address, {})
            for change in contract.storage:
                storage[change.key] = change.value
            for table, value in ((self._nonces, contract.nonce), (self._classes_of, contract.class_hash)):
                if value is not None:
                    table[contract.address] = value
        for declared in diff.classes:
            self._classes[declared.class_hash] = declared.compiled_class_hash

    def packed_felts(self) -> int:
        """Words of the diff without previous values, before compression: what it takes at most."""
        contracts = 2 * len(self._storage) + len(self._classes_of)
        entries = 2 * sum(len(storage) for storage in self._storage.values())
        return 2 + contracts + entries + 2 * len(self._classes)

    def diff(self) -> StateDiff:
        return StateDiff(
            tuple(
                ContractChange(
                    address,
                    self._nonces.get(address),
                    self._classes_of.get(address),
                    tuple(StorageChange(key, value) for key, value in storage.items()),
                )
                for address, storage in self._storage.items()
            ),
            tuple(ClassChange(declared, compiled) for declared, compiled in self._classes.items()),
        ).ordered()

    def copy(self) -> "Squash":
        other = Squash()
        other._storage = {address: dict(storage) for address, storage in self._storage.items()}
        other._nonces, other._classes_of = dict(self._nonces), dict(self._classes_of)
        other._classes = dict(self._classes)
        return other
