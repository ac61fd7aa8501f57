// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlobRefusals} from "./BlobRefusals.sol";

/// The path with blobs: what it alone checks.
contract UpdateStateKzgTest is BlobRefusals {
    function setUp() public override {
        super.setUp();
        prove(OS, leaf(withBlob()));
    }

    function attach() internal override {
        attachZeroBlob();
    }

    function settleBlobs(uint256[] memory output, bytes[] memory proofs) internal override {
        settleKzg(output, proofs);
    }

    function test_moves_to_the_new_state() external {
        attach();
        settleBlobs(withBlob(), zeroBlobProofs());
        requireMoved();
    }

    function test_no_blob() external {
        refuseKzg(withBlob(), zeroBlobProofs(), "INVALID_BLOB_INDEX");
    }

    function test_version_of_the_blob_hash() external {
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = bytes32(uint256(2) << 248);
        vm.blobhashes(hashes);
        refuseKzg(withBlob(), zeroBlobProofs(), "UNEXPECTED_BLOB_HASH_VERSION");
    }

    function test_another_blob() external {
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = bytes32(uint256(1) << 248);
        vm.blobhashes(hashes);
        refuseKzg(withBlob(), zeroBlobProofs(), "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
    }

    function test_no_blobs_at_all() external {
        uint256[] memory output = new uint256[](14);
        uint256[] memory usual = plain();
        for (uint256 i = 0; i < 10; i++) {
            output[i] = usual[i];
        }
        output[8] = 1;
        prove(OS, leaf(output));
        settleBlobs(output, new bytes[](0));
        requireMoved();
    }

    /// The zero blob takes the value 0 at any point. Pairings are slow in the test runner: few runs.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_any_point(uint256 z) external {
        attach();
        uint256[] memory output = withBlob();
        output[10] = z % PRIME;
        prove(OS, leaf(output));
        settleBlobs(output, zeroBlobProofs());
        requireMoved();
    }
}
