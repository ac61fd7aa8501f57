"""Gets one effect onto the chain, once, whatever happens between: crash, replacement, reorg, another sender.

Everything that is signed is in the journal before it is sent. The nonce is pinned: all attempts at an effect
have the same one until the chain shows that none of them can be included any more. Before an attempt, and at
the end, the question is always put to the chain: is the effect there?
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from cairn_pipeline.settlement.blobs import Blobs, Sidecar
from cairn_pipeline.settlement.errors import SettlementError, refuse
from cairn_pipeline.settlement.fees import FeePolicy
from cairn_pipeline.settlement.journal import Attempt, JournalFile, Step
from cairn_pipeline.settlement.keys import Signer
from cairn_pipeline.settlement.node import BlockId, Node, RpcError
from cairn_pipeline.settlement.options import EthereumOptions

KNOWN = ("already known", "already imported", "nonce too low", "known transaction")
TOO_CHEAP = ("underpriced", "max fee per gas less than", "fee too low", "fee cap less than", "tip too low")


@dataclass(frozen=True)
class Call:
    """An effect: the transaction that has it, and how to see on the chain whether it is there."""

    name: str
    to: str
    data: bytes
    blobs: Blobs | None
    is_done: Callable[[BlockId], bool]
    check: Callable[[], None]  # raises SettlementError if now is not the time to send

    def fields(self) -> dict[str, Any]:
        """As eth_call and eth_estimateGas take them."""
        fields: dict[str, Any] = {"to": self.to, "data": "0x" + self.data.hex()}
        if self.blobs is not None:
            fields["blobVersionedHashes"] = ["0x" + word.hex() for word in self.blobs.versioned_hashes]
            fields["maxFeePerBlobGas"] = hex(10**12)
        return fields


def log(text: str) -> None:
    print(f"settle: {text}", file=sys.stderr, flush=True)


def estimate(
    node: Node, sender: str, call: Call, margin: float, overrides: dict[str, Any] | None = None
) -> int:
    """Gas, times the margin, with contracts' code as in overrides. Raises SettlementError(reverted)."""
    parameters: list[Any] = [{**call.fields(), "from": sender}]
    if overrides is not None:
        parameters += ["latest", overrides]
    try:
        gas = node.number("eth_estimateGas", *parameters)
    except RpcError as error:
        if error.revert_reason is not None:
            refuse("reverted", f"{call.name} would fail: {error.revert_reason}")
        refuse("node", f"it cannot estimate {call.name}: {error.message}")
    return int(gas * margin)


class Sender:
    def __init__(self, node: Node, signer: Signer, options: EthereumOptions, journal: JournalFile) -> None:
        self._node = node
        self._signer = signer
        self._options = options
        self._journal = journal
        self._policy = FeePolicy(options.fees)

    def include(self, call: Call) -> None:
        """Returns when the newest block has the effect. Raises SettlementError."""
        step = self._journal.step(call.name)
        reported = {attempt.hash for attempt in step.attempts if attempt.outcome == "reverted"}
        deadline = time.monotonic() + self._options.deadline
        sent = False  # by this process
        over_cap = None
        while True:
            self._look(step)
            if call.is_done("latest"):
                return
            for attempt in step.attempts:
                if attempt.outcome == "reverted" and attempt.hash not in reported:
                    self._report_revert(call, attempt)
            pending = step.open()
            if not pending or not sent:
                if pending:
                    self._send_again(call, pending[-1])
                else:
                    self._attempt(call, step, None)
                sent = True
                continue  # and look at once
            if pending[-1].sent_at is not None and not self._node.knows(pending[-1].hash):
                self._send_again(call, pending[-1])  # lost in a reorg, or dropped by the node
            elif over_cap is None and self._may_raise(pending):
                try:
                    self._attempt(call, step, pending[-1])
                except SettlementError as error:
                    if error.name != "fee-cap":
                        raise
                    over_cap = error  # what is sent already may still be included
            if time.monotonic() > deadline:
                if over_cap is not None:
                    raise over_cap
                refuse(
                    "not-mined",
                    f"{call.name}: {pending[-1].hash} is not included after {self._options.deadline:.0f} s; "
                    "it is in the journal: run it again to go on",
                )
            time.sleep(self._options.poll)

    def confirm(self, is_done: Callable[[BlockId], bool]) -> bool:
        """True when an effect is as deep as asked for, False when a reorg has taken it off the chain."""
        deadline = time.monotonic() + self._options.deadline
        while is_done("latest"):
            if self._is_deep(is_done):
                return True
            if time.monotonic() > deadline:
                refuse(
                    "not-mined",
                    f"included, but not {self._options.confirmations} confirmations deep after "
                    f"{self._options.deadline:.0f} s; run it again to go on",
                )
            time.sleep(self._options.poll)
        return False

    def receipt(self, name: str) -> dict[str, Any] | None:
        """Of the attempt that had the effect; None if it was somebody else's, or none was needed."""
        for attempt in self._journal.step(name).attempts:
            found = self._node.receipt(attempt.hash)
            if found is not None and int(found["status"], 16) == 1:
                return found
        return None

    def _is_deep(self, is_done: Callable[[BlockId], bool]) -> bool:
        if self._options.confirmations == "finalized":
            return self._node.block("finalized") is not None and is_done("finalized")
        deep = self._node.head() - self._options.confirmations + 1
        return deep >= 0 and is_done(deep)

    def _look(self, step: Step) -> None:
        """Writes down what the chain says of every attempt. Nothing is final: a reorg may undo any of it."""
        if not step.attempts:
            return
        used = self._node.nonce(self._signer.address, "latest")
        for attempt in step.attempts:
            receipt = self._node.receipt(attempt.hash)
            if receipt is not None:
                included = int(receipt["status"], 16) == 1
                self._journal.ended(attempt, "included" if included else "reverted")
            else:
                self._journal.ended(attempt, "displaced" if used > attempt.nonce else "open")

    def _report_revert(self, call: Call, attempt: Attempt) -> None:
        """Raises SettlementError(reverted) with what the call says around the block that it failed in."""
        receipt = self._node.receipt(attempt.hash)
        reason = "for an unknown reason"
        if receipt is not None:
            fields, block = {**call.fields(), "from": self._signer.address}, int(receipt["blockNumber"], 16)
            for state in (block, block - 1):
                try:
                    self._node.request("eth_call", fields, hex(state))
                except RpcError as error:
                    reason = error.revert_reason or error.message
        refuse("reverted", f"{call.name}: {attempt.hash} failed on chain: {reason}")

    def _may_raise(self, pending: list[Attempt]) -> bool:
        fees = self._options.fees
        due = time.time() - pending[-1].signed_at >= fees.bump_after
        return len(pending) <= fees.max_bumps and (due or pending[-1].sent_at is None)

    def _attempt(self, call: Call, step: Step, previous: Attempt | None) -> None:
        """Signs, writes down, sends; in place of `previous` if there is one."""
        self._require_not_paused()
        call.check()
        blobs = len(call.blobs.blobs) if call.blobs else 0
        gas = previous.gas if previous else self._estimate(call)
        base_fee, blob_base_fee = self._node.next_fees()
        if previous is None:
            offer = self._policy.first(base_fee, blob_base_fee, blobs)
        else:
            offer = self._policy.raised(previous.offer, base_fee, blob_base_fee, blobs)
        over = self._policy.over_cap(offer, gas, blobs)
        if over is not None:
            refuse("fee-cap", f"{call.name}: {over}")
        balance = self._node.balance(self._signer.address)
        if balance < offer.worst_cost(gas, blobs):
            refuse(
                "signer-balance",
                f"{self._signer.address} has {balance} wei, {call.name} may cost "
                f"{offer.worst_cost(gas, blobs)}: "
                "send it more",
            )
        nonce = previous.nonce if previous else self._free_nonce()
        transaction: dict[str, Any] = {
            "type": 2,
            "chainId": self._options.chain_id,
            "nonce": nonce,
            "to": call.to,
            "value": 0,
            "data": "0x" + call.data.hex(),
            "gas": gas,
            "maxFeePerGas": offer.max_fee,
            "maxPriorityFeePerGas": offer.tip,
        }
        if call.blobs is not None:
            transaction |= {
                "type": 3,
                "maxFeePerBlobGas": offer.blob_fee,
                "blobVersionedHashes": call.blobs.versioned_hashes,
            }
        raw = self._signer.sign(transaction)
        attempt = Attempt(
            nonce=nonce,
            hash="0x" + keccak(raw).hex(),
            raw="0x" + raw.hex(),
            offer=offer,
            gas=gas,
            blobs=blobs,
            signed_at=time.time(),
        )
        self._journal.signed(step, attempt)
        log(f"{call.name}: sending {attempt.hash}, nonce {nonce}, {offer}")
        self._broadcast(call, attempt)

    def _estimate(self, call: Call) -> int:
        return estimate(self._node, self._signer.address, call, self._options.gas_margin)

    def _send_again(self, call: Call, attempt: Attempt) -> None:
        self._require_not_paused()
        call.check()
        log(f"{call.name}: sending {attempt.hash} again, nonce {attempt.nonce}")
        self._broadcast(call, attempt)

    def _require_not_paused(self) -> None:
        pause = self._options.paused_file
        if pause is not None and pause.exists():
            refuse("paused", f"{pause} exists: nothing is sent until it is removed")

    def _free_nonce(self) -> int:
        used = self._node.nonce(self._signer.address, "latest")
        waiting = self._node.nonce(self._signer.address, "pending") - used
        if waiting > 0:
            refuse(
                "busy-signer",
                f"{waiting} transactions of {self._signer.address} that are not in this journal wait to be "
                "included: wait for them, and let nobody else use this account",
            )
        return used

    def _broadcast(self, call: Call, attempt: Attempt) -> None:
        raw = bytes.fromhex(attempt.raw[2:])
        kinds: list[Sidecar | None] = [None]
        if call.blobs is not None:
            kinds = list(self._sidecars())
        error: RpcError | None = None
        for kind in kinds:
            payload = raw if call.blobs is None or kind is None else call.blobs.wrap(raw, kind)
            try:
                self._node.request("eth_sendRawTransaction", "0x" + payload.hex())
                self._journal.sent(attempt)
                return
            except RpcError as refused:
                error = refused
                text = refused.message.lower()
                if any(known in text for known in KNOWN):
                    self._journal.sent(attempt)
                    return
                if any(cheap in text for cheap in TOO_CHEAP):
                    log(f"{call.name}: {attempt.hash} offers too little: {refused.message}")
                    return  # not sent: raised at once
                if "insufficient funds" in text:
                    refuse("signer-balance", f"{self._signer.address}: {refused.message}: send it more")
        assert error is not None
        refuse("node", f"it refuses {call.name} {attempt.hash}: {error.message}")

    def _sidecars(self) -> list[Sidecar]:
        """The forms of sidecar to try, in this order."""
        if self._options.sidecar != "auto":
            return [self._options.sidecar]
        wants = self._node.wants_cell_proofs()
        if wants is None:
            return ["eip7594", "eip4844"]
        return ["eip7594"] if wants else ["eip4844"]
