"""The options of the settle stage. Amounts are in wei, times in seconds."""

from pathlib import Path
from typing import Literal

from eth_utils.address import is_address, to_checksum_address
from pydantic import Field, ValidationError, field_validator, model_validator

from cairn_pipeline.contract import Strict
from cairn_pipeline.settlement.errors import refuse


class FeeOptions(Strict):
    """How much is offered, and the most that one transaction may ever cost."""

    cap: int = Field(10**16, gt=0)  # gas and blob gas at their limits, of any attempt
    tip: int = Field(2 * 10**8, ge=0)
    base_multiplier: float = Field(2.0, ge=1)  # times the base fee of the next block
    blob_multiplier: float = Field(2.0, ge=1)  # times the blob base fee of the next block
    # Nodes take a replacement from 1.1 (2.0 with blobs) times all its fees on.
    bump: float = Field(1.25, ge=1.1)
    blob_bump: float = Field(2.0, ge=2)
    max_bumps: int = Field(4, ge=0)
    bump_after: float = Field(120, gt=0)


class EthereumOptions(Strict):
    layer: Literal["ethereum"] = "ethereum"
    rpc_url: str
    chain_id: int
    core: str
    registry: str | None = None  # default: the one that the core contract asks
    deployed_at: int = Field(0, ge=0)  # first block in which to look for the core contract's events
    keystore: Path | None = None
    password_file: Path | None = None
    unlocked: str | None = None  # an account that a local node signs for: tests only
    confirmations: int | Literal["finalized"] = 3  # 1: included
    fees: FeeOptions = FeeOptions()
    gas_margin: float = Field(1.25, ge=1)  # times the node's estimate
    poll: float = Field(2.0, gt=0)
    deadline: float = Field(1800, gt=0)  # for a transaction to be included, then for its confirmations
    request_timeout: float = Field(30, gt=0)
    sidecar: Literal["auto", "eip4844", "eip7594"] = "auto"
    # How a block without blobs gives its data: in the same transaction, or elsewhere (Starknet's own
    # contract).
    data: Literal["in-transaction", "elsewhere"] = "in-transaction"
    min_security_bits: float = Field(96, gt=0)  # of the proof, as `cairn verify` states them
    max_reorgs: int = Field(3, ge=0)
    journal_dir: Path | None = None  # default: settlement/ of the run
    run_dir: Path | None = None
    paused_file: Path | None = None  # nothing is sent while it exists
    dry_run: bool = False

    @field_validator("core", "registry", "unlocked")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and not is_address(value):
            raise ValueError(f"{value} is no address")
        return None if value is None else to_checksum_address(value)

    @field_validator("confirmations")
    @classmethod
    def _confirmations(cls, value: int | str) -> int | str:
        if isinstance(value, int) and value < 1:
            raise ValueError("wanted at least 1, or finalized")
        return value

    @model_validator(mode="after")
    def _one_signer(self) -> "EthereumOptions":
        if (self.keystore is None) == (self.unlocked is None):
            raise ValueError("wanted either keystore with password_file, or unlocked")
        if self.keystore is not None and self.password_file is None and not self.dry_run:
            raise ValueError("keystore without password_file")
        return self


class StarknetOptions(Strict):
    layer: Literal["starknet"]
    contract: str
    command: list[str] = Field(min_length=1)  # run with --input-path and --output-path
    entry: Literal["program-info", "data-availability"] = "program-info"  # see starknet.py
    snos_program_hash: str
    layout_bridge_program_hash: str
    bootloader_program_hash: str
    timeout: float = Field(1800, gt=0)
    min_security_bits: float = Field(96, gt=0)
    run_dir: Path | None = None
    paused_file: Path | None = None
    dry_run: bool = False


# What a job tells every stage, and settlement does not need.
NOT_OURS = {"cairn", "launch", "ranks", "life", "keep_dir", "memory_mb"}


def parse_options(options: dict[str, object]) -> EthereumOptions | StarknetOptions:
    """Raises SettlementError(options), also for one that is unknown: a misspelt cap would be no cap."""
    options = {name: value for name, value in options.items() if name not in NOT_OURS}
    try:
        if options.get("layer") == "starknet":
            return StarknetOptions.model_validate(options)
        return EthereumOptions.model_validate(options)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'settle'}: {e['msg']}" for e in error.errors()[:3]
        )
        refuse("options", wrong)
