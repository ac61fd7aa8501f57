// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ProgramOutput} from "./ProgramOutput.sol";

/// Checks that blobs, attached or kept elsewhere, are the data that an output commits to.
///
/// The output holds, for each blob's polynomial p, its commitment C and y = p(z) at a point z drawn from the data and
/// C. The precompile of EIP-4844 shows that the blob of a versioned hash, which is C's, takes the value y at z as well.
library BlobEvaluation {
    address private constant POINT_EVALUATION = address(0x0a);
    /// What the precompile answers: 4096 and the order of the BLS12-381 scalar field.
    bytes32 private constant ANSWER = keccak256(
        abi.encode(uint256(4096), 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001)
    );

    /// The versioned hashes are those of the transaction's blobs: their data are on this chain.
    function requireBlobs(uint256[] calldata output, bytes[] calldata proofs) internal view {
        uint256 blobs = requireSegment(output, proofs);
        for (uint256 i = 0; i < blobs; i++) {
            bytes32 versionedHash = blobhash(i);
            require(versionedHash != 0, "INVALID_BLOB_INDEX");
            require(versionedHash[0] == 0x01, "UNEXPECTED_BLOB_HASH_VERSION");
            requireOpening(output[ProgramOutput.HEADER_WORDS:], i, blobs, versionedHash, proofs[i]);
        }
    }

    /// The versioned hashes are computed from the output's commitments, and returned: whoever has data of such a
    /// hash has the data of the output. That anybody has them is not shown.
    function requireOpenings(uint256[] calldata output, bytes[] calldata proofs)
        internal
        view
        returns (bytes32[] memory versionedHashes)
    {
        uint256 blobs = requireSegment(output, proofs);
        versionedHashes = new bytes32[](blobs);
        for (uint256 i = 0; i < blobs; i++) {
            uint256[] calldata segment = output[ProgramOutput.HEADER_WORDS:];
            bytes32 digest = sha256(commitmentOf(segment, i));
            versionedHashes[i] = bytes32((uint256(digest) & (type(uint256).max >> 8)) | (1 << 248));
            requireOpening(segment, i, blobs, versionedHashes[i], proofs[i]);
        }
    }

    /// That the KZG segment is whole and that there is a proof for each of its blobs, whose number is returned.
    function requireSegment(uint256[] calldata output, bytes[] calldata proofs)
        private
        pure
        returns (uint256 blobs)
    {
        require(output.length >= ProgramOutput.HEADER_WORDS + 2, "KZG_SEGMENT_TOO_SHORT");
        blobs = output[ProgramOutput.HEADER_WORDS + 1];
        require(proofs.length == blobs, "INVALID_NUMBER_OF_KZG_PROOFS");
        // `blobs` is a length of calldata by now: the product cannot overflow.
        require(output.length >= ProgramOutput.HEADER_WORDS + 2 + 4 * blobs, "KZG_SEGMENT_TOO_SHORT");
    }

    /// The 48 bytes of a commitment, from its words low, high.
    function commitmentOf(uint256[] calldata segment, uint256 index) private pure returns (bytes memory) {
        uint256 low = segment[2 + 2 * index];
        uint256 high = segment[3 + 2 * index];
        require(low <= type(uint192).max && high <= type(uint192).max, "INVALID_KZG_COMMITMENT");
        // Not truncated: both have just been compared.
        // forge-lint: disable-next-line(unsafe-typecast)
        return abi.encodePacked(uint192(high), uint192(low));
    }

    /// That the polynomial behind the versioned hash, which is the commitment's, takes the output's value at z.
    function requireOpening(
        uint256[] calldata segment,
        uint256 index,
        uint256 blobs,
        bytes32 versionedHash,
        bytes calldata proof
    ) private view {
        bytes memory commitment = commitmentOf(segment, index);
        uint256[] calldata y = segment[2 + 2 * blobs + 2 * index:];
        require(y[0] <= type(uint128).max && y[1] <= type(uint128).max, "INVALID_Y_VALUE");
        require(proof.length == 48, "INVALID_KZG_PROOF_SIZE");
        (bool done, bytes memory answer) = POINT_EVALUATION.staticcall(
            abi.encodePacked(versionedHash, segment[0], (y[1] << 128) | y[0], commitment, proof)
        );
        require(done, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        require(keccak256(answer) == ANSWER, "UNEXPECTED_POINT_EVALUATION_PRECOMPILE_OUTPUT");
    }
}
