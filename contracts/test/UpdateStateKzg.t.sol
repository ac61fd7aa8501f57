// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CoreTest} from "./CoreTest.sol";

/// The path with blobs: what its own checks refuse, by name.
contract UpdateStateKzgTest is CoreTest {
    function setUp() public override {
        super.setUp();
        prove(OS, leaf(withBlob()));
    }

    function test_moves_to_the_new_state() external {
        attachZeroBlob();
        settleKzg(withBlob(), zeroBlobProofs());
        requireMoved();
    }

    function test_previous_number_comes_first() external {
        uint256[] memory output = withBlob();
        output[2] = 6;
        output[8] = 0;
        refuseKzg(output, zeroBlobProofs(), "INVALID_PREV_BLOCK_NUMBER");
    }

    function test_kzg_flag() external {
        refuseKzg(plain(), zeroBlobProofs(), "UNEXPECTED_KZG_DA_FLAG");
    }

    function test_segment_too_short() external {
        uint256[] memory output = new uint256[](11);
        output[2] = 7;
        output[8] = 1;
        refuseKzg(output, zeroBlobProofs(), "KZG_SEGMENT_TOO_SHORT");
        output = withBlob();
        output[11] = 3;
        refuseKzg(output, new bytes[](3), "KZG_SEGMENT_TOO_SHORT");
    }

    function test_number_of_proofs() external {
        refuseKzg(withBlob(), new bytes[](0), "INVALID_NUMBER_OF_KZG_PROOFS");
        uint256[] memory output = withBlob();
        // Would wrap around if it were multiplied before it is compared.
        output[11] = 2 ** 254;
        refuseKzg(output, zeroBlobProofs(), "INVALID_NUMBER_OF_KZG_PROOFS");
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

    function test_another_value() external {
        attachZeroBlob();
        uint256[] memory output = withBlob();
        output[14] = 1;
        refuseKzg(output, zeroBlobProofs(), "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
    }

    function test_wide_words() external {
        attachZeroBlob();
        uint256[] memory output = withBlob();
        output[12] = 2 ** 192;
        refuseKzg(output, zeroBlobProofs(), "INVALID_KZG_COMMITMENT");
        output = withBlob();
        output[13] = 2 ** 192;
        refuseKzg(output, zeroBlobProofs(), "INVALID_KZG_COMMITMENT");
        output = withBlob();
        output[14] = 2 ** 128;
        refuseKzg(output, zeroBlobProofs(), "INVALID_Y_VALUE");
        output = withBlob();
        output[15] = 2 ** 128;
        refuseKzg(output, zeroBlobProofs(), "INVALID_Y_VALUE");
    }

    function test_proof_size() external {
        attachZeroBlob();
        bytes[] memory proofs = new bytes[](1);
        proofs[0] = new bytes(47);
        refuseKzg(withBlob(), proofs, "INVALID_KZG_PROOF_SIZE");
    }

    function test_no_proof_of_the_program() external {
        attachZeroBlob();
        uint256[] memory output = withBlob();
        output[10] = 0x4321;
        refuseKzg(output, zeroBlobProofs(), "NO_STATE_TRANSITION_PROOF");
    }

    function test_no_blobs_at_all() external {
        uint256[] memory output = new uint256[](14);
        uint256[] memory usual = plain();
        for (uint256 i = 0; i < 10; i++) {
            output[i] = usual[i];
        }
        output[8] = 1;
        prove(OS, leaf(output));
        settleKzg(output, new bytes[](0));
        requireMoved();
    }

    /// The zero blob takes the value 0 at any point. Pairings are slow in the test runner: few runs.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_any_point(uint256 z) external {
        attachZeroBlob();
        uint256[] memory output = withBlob();
        output[10] = z % PRIME;
        prove(OS, leaf(output));
        settleKzg(output, zeroBlobProofs());
        requireMoved();
    }
}
