"""Settles one block on Ethereum: asks the chain, checks, registers the fact, updates the state, asks."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cairn_pipeline.contract import Fact
from cairn_pipeline.da.manifest import DaManifest, Mode
from cairn_pipeline.da.onchain_data import keccak_words
from cairn_pipeline.files import locked
from cairn_pipeline.settlement.blobs import Blobs, blobs_of
from cairn_pipeline.settlement.core_contract import (
    UPDATE_STATE,
    UPDATE_STATE_ALT_DA,
    UPDATE_STATE_KZG,
    UPDATE_STATE_WITH_DATA,
    CoreContract,
    FactRegistry,
    State,
)
from cairn_pipeline.settlement.errors import SettlementError, refuse, require_bits
from cairn_pipeline.settlement.fees import FeePolicy
from cairn_pipeline.settlement.journal import JournalFile
from cairn_pipeline.settlement.keys import Signer, open_signer
from cairn_pipeline.settlement.manifest import openings
from cairn_pipeline.settlement.node import BlockId, Node, RpcError, encode_call
from cairn_pipeline.settlement.options import EthereumOptions
from cairn_pipeline.settlement.output import Output, fact
from cairn_pipeline.settlement.sender import Call, Sender, estimate, log

# The steps of a block's journal.
REGISTER_STEP = "register-fact"
UPDATE_STEP = "update-state"


@dataclass(frozen=True)
class Block:
    """What is to be settled: an output, its blobs, and what `cairn verify` said of the proof.

    manifest: what the da stage left, held to the output by check_manifest; of alt-da always there.
    """

    output: Output
    blobs: Sequence[Path]
    facts: Mapping[str, Fact]
    manifest: DaManifest | None = None


class EthereumSettlement:
    def __init__(self, options: EthereumOptions, block: Block, journal_dir: Path) -> None:
        self.options = options
        self.block = block
        self.output = block.output
        self.journal_dir = journal_dir
        self.node = Node(options.rpc_url, options.request_timeout)
        self.core = CoreContract(self.node, options.core)

    def run(self) -> dict[str, Any]:
        """The receipt. Raises SettlementError, of which transient ones may be run again."""
        try:
            return self._run()
        except RpcError as error:
            refuse("node", f"it refuses a question: {error}; run it again")

    def _run(self) -> dict[str, Any]:
        self._require_chain()
        signer = open_signer(self.options, self.node)
        registry = FactRegistry(self.node, self.options.registry or self.core.registry())
        if self.options.dry_run:
            return self._dry_run(signer, registry)
        self.journal_dir.mkdir(parents=True, exist_ok=True)
        # One sender at a time for an account, whose nonces are in sequence. A second one waits, and then
        # finds the block settled.
        with locked(self.journal_dir / f"{signer.address}.lock"):
            return self._settle(signer, registry)

    def _settle(self, signer: Signer, registry: FactRegistry) -> dict[str, Any]:
        start = time.time()
        journal = JournalFile(
            self.journal_dir / f"{self.output.new_number}.json",
            block=self.output.new_number,
            chain_id=self.options.chain_id,
            core=self.core.address,
            signer=signer.address,
            output=f"{keccak_words(self.output.main):#066x}",
        )
        sender = Sender(self.node, signer, self.options, journal)
        already = self._is_settled("latest")
        if already:
            log(f"block {self.output.new_number} is settled already")
        for _ in range(self.options.max_reorgs + 1):
            try:
                if not self._is_settled("latest"):
                    self._include(signer, registry, sender)
            except SettlementError as error:
                if error.name != "reorg":
                    raise
            if sender.confirm(self._is_settled):
                return self._receipt(sender, registry, already, start)
            log(f"block {self.output.new_number}: a reorg took its settlement off the chain")
        refuse("reorg", f"taken off the chain {self.options.max_reorgs + 1} times; run it again")

    def _include(self, signer: Signer, registry: FactRegistry, sender: Sender) -> None:
        self._require_next()
        proven = self._verified(signer, registry)
        update = self._update_call(registry, proven)
        if not registry.is_valid(proven):
            # No fact is registered for an update that would fail.
            self._estimate_as_if_proven(signer, registry, update)
            sender.include(
                Call(
                    REGISTER_STEP,
                    registry.address,
                    registry.register(proven),
                    None,
                    lambda block: registry.is_valid(proven, block),
                    lambda: None,
                )
            )
        # The fact is not waited for to be deep: the update has a later nonce of the same account, so that
        # no reorg can put it before.
        sender.include(update)

    def _require_chain(self) -> None:
        found = self.node.chain_id()
        if found != self.options.chain_id:
            refuse(
                "wrong-chain", f"the node is on chain {found}, wanted {self.options.chain_id}: see rpc_url"
            )
        if not self.node.has_code(self.core.address):
            refuse("no-contract", f"{self.core.address} holds no code on chain {found}: see core")

    def _is_settled(self, at: BlockId) -> bool:
        """Whether the chain is at our block or past it. Raises SettlementError if by another way."""
        state = self.core.state(at)
        if state.number < self.output.new_number:
            return False
        if state.number > self.output.new_number:
            update = self.core.find_update(self.output.new_number, self.options.deployed_at)
            if update is None:
                refuse(
                    "overlap",
                    f"the chain is at block {state.number} and no update ended at {self.output.new_number}: "
                    "it was settled within another range",
                )
            state = update.state
        if (state.root, state.hash) != (self.output.new_root, self.output.new_hash):
            refuse(
                "settled-otherwise",
                f"the chain holds {state}; this output says root {self.output.new_root:#x}, "
                f"hash {self.output.new_hash:#x}",
            )
        return True

    def _require_next(self) -> None:
        """That our block is the one that follows what the chain holds."""
        output, state = self.output, self.core.state()
        if state.number < output.old_number:
            refuse(
                "out-of-order",
                f"the chain is at block {state.number}, this one follows {output.old_number}: "
                "settle the blocks between first",
            )
        if state.number > output.old_number:
            if self._is_settled("latest"):
                refuse("reorg", "another sender has settled it since we looked; run it again")
            refuse(
                "overlap",
                f"the chain is at block {state.number}, within this range of {output.old_number + 1} to "
                f"{output.new_number}",
            )
        if (state.root, state.hash) != (output.old_root, output.old_hash):
            refuse(
                "wrong-root",
                f"the chain holds {state}; this output starts from root {output.old_root:#x}, "
                f"hash {output.old_hash:#x}",
            )

    def _verified(self, signer: Signer, registry: FactRegistry) -> bytes:
        """The fact that the core contract will ask for. Raises SettlementError unless it was verified."""
        facts, output = self.block.facts, self.output
        missing = [name for name in ("fact", "program_hash", "security_bits") if name not in facts]
        if missing:
            refuse("not-verified", f"no {', '.join(missing)}: a fact is registered only after `cairn verify`")
        require_bits(facts, self.options.min_security_bits)
        program_hash = self.core.program_hash()
        if output.os_program_hash == 0:
            if int(str(facts["program_hash"]), 16) != program_hash:
                refuse(
                    "program-hash",
                    f"proven was {facts['program_hash']}, the contract takes {program_hash:#x}",
                )
            proven = fact(program_hash, output)
        else:
            if output.os_program_hash != program_hash:
                refuse(
                    "program-hash",
                    f"aggregated were blocks of {output.os_program_hash:#x}, the contract takes "
                    f"{program_hash:#x}",
                )
            proven = fact(self.core.aggregator_program_hash(), output)
        if self.core.config_hash() != output.config_hash:
            refuse(
                "config-hash",
                f"the output has {output.config_hash:#x}, the contract {self.core.config_hash():#x}",
            )
        # An aggregator's output is trimmed before it is settled: the stage that does so states the fact.
        stated = str(facts.get("settlement_fact", facts["fact"]))
        if int(stated, 16) != int.from_bytes(proven, "big"):
            refuse("not-verified", f"verified was the fact {stated}, this output's is 0x{proven.hex()}")
        if not self.core.is_operator(signer.address):
            refuse(
                "not-operator", f"{signer.address} is no operator of the core contract {self.core.address}"
            )
        if not registry.is_valid(proven) and not registry.is_operator(signer.address):
            refuse("not-operator", f"{signer.address} is no operator of the registry {registry.address}")
        return proven

    def _update_call(self, registry: FactRegistry, proven: bytes) -> Call:
        output, blobs, manifest = self.output, None, self.block.manifest
        alt_da = manifest is not None and manifest.mode is Mode.ALT_DA
        if output.kzg is not None and alt_da:
            assert manifest is not None
            if not self.core.allows_alt_da():
                refuse(
                    "no-alt-da",
                    f"{self.core.address} was not deployed for data kept elsewhere: use mode ethereum-blob",
                )
            data = encode_call(UPDATE_STATE_ALT_DA, output.main, openings(manifest, output))
        elif output.kzg is not None:
            blobs = self._blobs()
            data = encode_call(UPDATE_STATE_KZG, output.main, blobs.proofs)
        elif alt_da or self.options.data == "elsewhere":
            data = encode_call(UPDATE_STATE, output.main, output.data_node, len(output.data))
        else:
            data = encode_call(UPDATE_STATE_WITH_DATA, output.main, output.data)

        def require_ready() -> None:
            self._require_next()
            if not registry.is_valid(proven):
                refuse("reorg", "the fact is not registered any more; run it again")

        return Call(UPDATE_STEP, self.core.address, data, blobs, self._is_settled, require_ready)

    def _blobs(self) -> Blobs:
        assert self.output.kzg is not None
        try:
            content = [path.read_bytes() for path in self.block.blobs]
        except OSError as error:
            refuse("wrong-data", f"{error.filename}: {error.strerror}")
        return blobs_of(self.output.kzg, content)

    def _estimate_as_if_proven(self, signer: Signer, registry: FactRegistry, update: Call) -> int:
        """The update's gas if its fact were registered. Raises SettlementError(reverted)."""
        overrides = {registry.address: {"code": FactRegistry.ALWAYS_TRUE}}
        return estimate(self.node, signer.address, update, self.options.gas_margin, overrides)

    def _dry_run(self, signer: Signer, registry: FactRegistry) -> dict[str, Any]:
        if self._is_settled("latest"):
            return {"schema": 1, "status": "already-settled", "block": self.output.new_number}
        self._require_next()
        proven = self._verified(signer, registry)
        update = self._update_call(registry, proven)
        gas = self._estimate_as_if_proven(signer, registry, update)
        blobs = len(update.blobs.blobs) if update.blobs else 0
        policy = FeePolicy(self.options.fees)
        offer = policy.first(*self.node.next_fees(), blobs)
        return {
            "schema": 1,
            "status": "dry-run",
            "block": self.output.new_number,
            "chain_id": self.options.chain_id,
            "core": self.core.address,
            "signer": signer.address,
            "fact": "0x" + proven.hex(),
            "fact_registered": registry.is_valid(proven),
            "trust": registry.trust_model(),
            "calldata_bytes": len(update.data),
            "calldata_selector": "0x" + update.data[:4].hex(),
            "gas": gas,
            "blobs": blobs,
            "offer": offer.model_dump(),
            "worst_cost": offer.worst_cost(gas, blobs),
            "over_cap": policy.over_cap(offer, gas, blobs),
        }

    def _receipt(
        self,
        sender: Sender,
        registry: FactRegistry,
        already: bool,
        start: float,
    ) -> dict[str, Any]:
        """What the chain holds at last."""
        settled = self.core.find_update(self.output.new_number, self.options.deployed_at)
        expected = State(self.output.new_root, self.output.new_number, self.output.new_hash)
        if settled is None or settled.state != expected:
            refuse("reorg", f"the chain does not hold {expected} any more: run it again")
        ours = sender.receipt(UPDATE_STEP)
        costs = [found for name in (REGISTER_STEP, UPDATE_STEP) if (found := sender.receipt(name))]
        return {
            "schema": 1,
            "status": "already-settled" if already else "settled",
            "block": self.output.new_number,
            "previous_block": self.output.old_number,
            "state_root": hex(self.output.new_root),
            "block_hash": hex(self.output.new_hash),
            "chain_id": self.options.chain_id,
            "core": self.core.address,
            "registry": registry.address,
            "trust": registry.trust_model(),
            "tx_hash": settled.transaction,
            "tx_block": settled.block,
            "tx_is_ours": ours is not None and ours["transactionHash"] == settled.transaction,
            "confirmations": self.options.confirmations,
            "gas_used": int(ours["gasUsed"], 16) if ours else 0,
            "blob_gas_used": int(ours.get("blobGasUsed") or "0x0", 16) if ours else 0,
            "fee_wei": sum(_fee(receipt) for receipt in costs),
            "seconds": round(time.time() - start, 3),
        }


def _fee(receipt: Mapping[str, Any]) -> int:
    blob_gas = int(receipt.get("blobGasUsed") or "0x0", 16) * int(receipt.get("blobGasPrice") or "0x0", 16)
    return int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16) + blob_gas
