// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProgramOutput} from "./ProgramOutput.sol";

/// Checks that the transaction's blobs are the data that an output commits to.
///
/// The output holds, for each blob's polynomial p, its commitment C and y = p(z) at a point z drawn from the data and
/// C. The precompile of EIP-4844 shows that the blob of the transaction (by its versioned hash, which is C's) takes
/// the value y at z as well.
library BlobEvaluation {
    address private constant POINT_EVALUATION = address(0x0a);
    /// What the precompile answers: 4096 and the order of the BLS12-381 scalar field.
    bytes32 private constant ANSWER = keccak256(
        abi.encode(uint256(4096), 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001)
    );

    function requireBlobs(uint256[] calldata output, bytes[] calldata proofs) internal view {
        require(output.length >= ProgramOutput.HEADER_WORDS + 2, "KZG_SEGMENT_TOO_SHORT");
        uint256[] calldata segment = output[ProgramOutput.HEADER_WORDS:];
        uint256 blobs = segment[1];
        require(proofs.length == blobs, "INVALID_NUMBER_OF_KZG_PROOFS");
        // `blobs` is a length of calldata by now: the product cannot overflow.
        require(segment.length >= 2 + 4 * blobs, "KZG_SEGMENT_TOO_SHORT");
        for (uint256 i = 0; i < blobs; i++) {
            uint256 commitment = 2 + 2 * i;
            uint256 evaluation = 2 + 2 * blobs + 2 * i;
            requireBlob(
                i,
                segment[0],
                segment[commitment:commitment + 2],
                segment[evaluation:evaluation + 2],
                proofs[i]
            );
        }
    }

    /// Both pairs of words are low, high.
    function requireBlob(
        uint256 index,
        uint256 z,
        uint256[] calldata commitment,
        uint256[] calldata y,
        bytes calldata proof
    ) private view {
        bytes32 versionedHash = blobhash(index);
        require(versionedHash != 0, "INVALID_BLOB_INDEX");
        require(versionedHash[0] == 0x01, "UNEXPECTED_BLOB_HASH_VERSION");
        require(
            commitment[0] <= type(uint192).max && commitment[1] <= type(uint192).max, "INVALID_KZG_COMMITMENT"
        );
        require(y[0] <= type(uint128).max && y[1] <= type(uint128).max, "INVALID_Y_VALUE");
        require(proof.length == 48, "INVALID_KZG_PROOF_SIZE");
        (bool done, bytes memory answer) = POINT_EVALUATION.staticcall(
            abi.encodePacked(
                versionedHash, z, (y[1] << 128) | y[0], uint192(commitment[1]), uint192(commitment[0]), proof
            )
        );
        require(done, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        require(keccak256(answer) == ANSWER, "UNEXPECTED_POINT_EVALUATION_PRECOMPILE_OUTPUT");
    }
}
