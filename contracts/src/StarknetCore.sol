// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlobEvaluation} from "./BlobEvaluation.sol";
import {IFactRegistry} from "./IFactRegistry.sol";
import {Messaging} from "./Messaging.sol";
import {OutputFact} from "./OutputFact.sol";
import {ProgramOutput} from "./ProgramOutput.sol";
import {Roles} from "./Roles.sol";

/// The settled state of a Starknet chain. Selectors, events, order of checks and reasons of refusal are those of
/// Starknet's own core contract, so that tools for that one work with this one.
///
/// TRUST: this contract takes the word of its fact registry that a transition is proven. With OperatorFactRegistry,
/// the only registry there is so far, that is the word of an operator's key after `cairn verify`: nothing is verified
/// on chain. Ask `verifier().trustModel()`. There is no proxy and no upgrade: another verifier is another contract.
contract StarknetCore is Roles, Messaging {
    using ProgramOutput for uint256[];

    uint256 public stateRoot;
    /// -1 before the first block.
    int256 public stateBlockNumber;
    uint256 public stateBlockHash;

    uint256 public programHash;
    uint256 public aggregatorProgramHash;
    uint256 public configHash;
    IFactRegistry public immutable verifier;
    /// Whether a block's blobs may be kept elsewhere (`updateStateAltDA`). For ever as deployed: a chain that promises
    /// its data on this one cannot go back on it.
    bool public immutable altDA;

    event LogStateUpdate(uint256 globalRoot, int256 blockNumber, uint256 blockHash);
    event LogStateTransitionFact(bytes32 stateTransitionFact);
    /// Under which names the data of a block settled by `updateStateAltDA` are to be found elsewhere.
    event LogAltDA(uint256 indexed blockNumber, bytes32[] versionedHashes);
    event ProgramHashChanged(address indexed changedBy, uint256 oldProgramHash, uint256 newProgramHash);
    event AggregatorProgramHashChanged(
        address indexed changedBy, uint256 oldAggregatorProgramHash, uint256 newAggregatorProgramHash
    );
    event ConfigHashChanged(address indexed changedBy, uint256 oldConfigHash, uint256 newConfigHash);

    constructor(
        uint256 programHash_,
        uint256 aggregatorProgramHash_,
        uint256 configHash_,
        IFactRegistry verifier_,
        uint256 stateRoot_,
        int256 stateBlockNumber_,
        uint256 stateBlockHash_,
        bool altDA_
    ) {
        require(programHash_ != 0, "BAD_INITIALIZATION");
        require(address(verifier_).code.length > 0, "BAD_INITIALIZATION");
        require(stateBlockNumber_ >= -1, "BAD_INITIALIZATION");
        programHash = programHash_;
        aggregatorProgramHash = aggregatorProgramHash_;
        configHash = configHash_;
        verifier = verifier_;
        stateRoot = stateRoot_;
        stateBlockNumber = stateBlockNumber_;
        stateBlockHash = stateBlockHash_;
        altDA = altDA_;
    }

    function identify() external pure returns (string memory) {
        return "Cairn_StarknetCore_2026_11";
    }

    function setProgramHash(uint256 newProgramHash) external onlyGovernor {
        emit ProgramHashChanged(msg.sender, programHash, newProgramHash);
        programHash = newProgramHash;
    }

    function setAggregatorProgramHash(uint256 newAggregatorProgramHash) external onlyGovernor {
        emit AggregatorProgramHashChanged(msg.sender, aggregatorProgramHash, newAggregatorProgramHash);
        aggregatorProgramHash = newAggregatorProgramHash;
    }

    function setConfigHash(uint256 newConfigHash) external onlyGovernor {
        emit ConfigHashChanged(msg.sender, configHash, newConfigHash);
        configHash = newConfigHash;
    }

    function setMessageCancellationDelay(uint256 delayInSeconds) external onlyGovernor {
        messageCancellationDelay = delayInSeconds;
    }

    /// Moves on to the state after a block, or a range of blocks, whose data were published elsewhere: of them the
    /// fact takes only the tree node `onchainDataHash` and the number of words.
    function updateState(uint256[] calldata programOutput, uint256 onchainDataHash, uint256 onchainDataSize)
        external
        onlyOperator
    {
        requireNext(programOutput);
        require(programOutput[ProgramOutput.USE_KZG] == 0, "UNEXPECTED_KZG_DA_FLAG");
        update(programOutput, OutputFact.withData(programOutput, onchainDataHash, onchainDataSize));
    }

    /// Moves on with the data in this very transaction: what `updateState` does, but the node is computed from the words,
    /// so that an update without its data is not possible. (Not in Starknet's contract.)
    function updateStateWithData(uint256[] calldata programOutput, uint256[] calldata onchainData)
        external
        onlyOperator
    {
        requireNext(programOutput);
        require(programOutput[ProgramOutput.USE_KZG] == 0, "UNEXPECTED_KZG_DA_FLAG");
        uint256 node = uint256(OutputFact.dataNode(programOutput.length, onchainData));
        update(programOutput, OutputFact.withData(programOutput, node, onchainData.length));
    }

    /// Moves on with the data in the blobs of this transaction, one KZG proof a blob.
    function updateStateKzgDA(uint256[] calldata programOutput, bytes[] calldata kzgProofs)
        external
        onlyOperator
    {
        requireNext(programOutput);
        require(programOutput[ProgramOutput.USE_KZG] == 1, "UNEXPECTED_KZG_DA_FLAG");
        BlobEvaluation.requireBlobs(programOutput, kzgProofs);
        update(programOutput, OutputFact.page(programOutput));
    }

    /// Moves on with the data in no blob of this chain: the proofs show what `updateStateKzgDA`'s do, of the blobs with
    /// the output's own commitments. That these are available elsewhere is the operator's word. Only where the
    /// contract was deployed for it. (Not in Starknet's contract.)
    function updateStateAltDA(uint256[] calldata programOutput, bytes[] calldata kzgProofs)
        external
        onlyOperator
    {
        require(altDA, "ALT_DA_NOT_ALLOWED");
        requireNext(programOutput);
        require(programOutput[ProgramOutput.USE_KZG] == 1, "UNEXPECTED_KZG_DA_FLAG");
        emit LogAltDA(
            programOutput[ProgramOutput.NEW_NUMBER], BlobEvaluation.requireOpenings(programOutput, kzgProofs)
        );
        update(programOutput, OutputFact.page(programOutput));
    }

    /// Checked before anything else, and again at the end of `update`: two updates cannot be nested in one another.
    function requireNext(uint256[] calldata output) private view {
        require(output.length > ProgramOutput.HEADER_WORDS, "STARKNET_OUTPUT_TOO_SHORT");
        uint256 current = stateBlockNumber == -1 ? ProgramOutput.FIELD_PRIME - 1 : numberOf(stateBlockNumber);
        require(output[ProgramOutput.OLD_NUMBER] == current, "INVALID_PREV_BLOCK_NUMBER");
    }

    function update(uint256[] calldata output, bytes32 stateTransitionFact) private {
        output.requireField();
        require(output[ProgramOutput.CONFIG_HASH] == configHash, "INVALID_CONFIG_HASH");
        require(output[ProgramOutput.FULL_OUTPUT] == 0, "FULL_OUTPUT_NOT_SUPPORTED");
        requireProven(output[ProgramOutput.OS_PROGRAM_HASH], stateTransitionFact);
        moveState(output);
        uint256 cursor = output.messagesOffset();
        require(cursor < output.length, "STARKNET_OUTPUT_TOO_SHORT");
        cursor += receiveFromL2(output[cursor:]);
        (uint256 words, uint256 fees) = consumeToL2(output[cursor:]);
        require(cursor + words == output.length, "STARKNET_OUTPUT_TOO_LONG");
        emit LogStateUpdate(stateRoot, stateBlockNumber, stateBlockHash);
        if (fees > 0) {
            (bool paid,) = msg.sender.call{value: fees}("");
            require(paid, "ETH_TRANSFER_FAILED");
        }
        require(numberOf(stateBlockNumber) == output[ProgramOutput.NEW_NUMBER], "REENTRANCY_FAILURE");
    }

    /// The OS leaves 0 for its own hash; the aggregator states whose outputs it has joined.
    function requireProven(uint256 osProgramHash, bytes32 stateTransitionFact) private {
        require(osProgramHash == 0 || osProgramHash == programHash, "AGGREGATOR_MODE_INVALID_OS_PROGRAM_HASH");
        uint256 proven = osProgramHash == 0 ? programHash : aggregatorProgramHash;
        require(
            verifier.isValid(keccak256(abi.encode(proven, stateTransitionFact))), "NO_STATE_TRANSITION_PROOF"
        );
        emit LogStateTransitionFact(stateTransitionFact);
    }

    function moveState(uint256[] calldata output) private {
        // No overflow: every word is a field element by now.
        // forge-lint: disable-next-line(unsafe-typecast)
        int256 number = int256(output[ProgramOutput.NEW_NUMBER]);
        require(number > stateBlockNumber, "INVALID_NEW_BLOCK_NUMBER");
        require(output[ProgramOutput.OLD_HASH] == stateBlockHash, "INVALID_PREV_BLOCK_HASH");
        require(output[ProgramOutput.OLD_ROOT] == stateRoot, "INVALID_PREVIOUS_ROOT");
        stateBlockNumber = number;
        stateBlockHash = output[ProgramOutput.NEW_HASH];
        stateRoot = output[ProgramOutput.NEW_ROOT];
    }

    function numberOf(int256 blockNumber) private pure returns (uint256) {
        // No block has a negative number: the caller has dealt with -1.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint256(blockNumber);
    }
}
