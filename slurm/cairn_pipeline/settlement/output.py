"""The output of the Starknet OS or its aggregator under the core contract's names, and the fact of it.

It is read by da/snos_output.py. Words after the messages are the data of a block without KZG: they lie on
memory pages of their own and are not part of what the contract is given as output.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.crypto import keccak

from cairn_pipeline.da.errors import DaError
from cairn_pipeline.da.felts import PRIME
from cairn_pipeline.da.onchain_data import onchain_data, state_transition_fact
from cairn_pipeline.da.snos_output import KzgWords, Layout, SnosOutput, parse
from cairn_pipeline.settlement.errors import refuse


@dataclass(frozen=True)
class Output:
    """An output of the current layout. old_number is -1 before the first block."""

    snos: SnosOutput
    old_number: int
    old_hash: int

    @property
    def main(self) -> tuple[int, ...]:
        return self.snos.felts[: self.snos.main_words]

    @property
    def data(self) -> tuple[int, ...]:
        return self.snos.da_segment

    @property
    def kzg(self) -> KzgWords | None:
        return self.snos.kzg

    @property
    def old_root(self) -> int:
        return self.snos.initial_root

    @property
    def new_root(self) -> int:
        return self.snos.final_root

    @property
    def new_number(self) -> int:
        return self.snos.number

    @property
    def new_hash(self) -> int:
        return self.snos.block_hash

    @property
    def os_program_hash(self) -> int:
        """0 if the OS itself was proven, else the hash of the OS whose outputs the aggregator joined."""
        return self.snos.os_program_hash

    @property
    def config_hash(self) -> int:
        return self.snos.config_hash

    @property
    def data_node(self) -> int:
        """What updateState takes of the data: the tree node over their pages."""
        return onchain_data(self.snos).hash


def parse_output(words: Sequence[int]) -> Output:
    """Raises SettlementError(output) for what no core contract would take."""
    if any(not 0 <= word < PRIME for word in words):
        refuse("output", "a word is outside the field")
    try:
        snos = parse(words, "snos_output", Layout.CURRENT)
    except DaError as error:
        refuse("output", error.reason)
    if snos.full_output:
        refuse("output", "it is a full output, which only the aggregator can take: prove the aggregation")
    assert snos.previous_number is not None and snos.previous_hash is not None  # of this layout
    return Output(snos, snos.previous_number, snos.previous_hash)


def fact(program_hash: int, output: Output) -> bytes:
    """The fact that program_hash was run with this output, as `cairn verify` prints it."""
    words = (program_hash, state_transition_fact(output.snos))
    return bytes(keccak(b"".join(word.to_bytes(32, "big") for word in words)))
