// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CoreTest} from "./CoreTest.sol";

/// What every path of an output with blobs refuses, by name, on a core contract that takes withBlob().
abstract contract BlobRefusals is CoreTest {
    function settleBlobs(uint256[] memory output, bytes[] memory proofs) internal virtual;

    /// Where the path wants blobs in the transaction. Not in setUp: a test begins without any.
    function attach() internal virtual {}

    function refuseBlobs(uint256[] memory output, bytes[] memory proofs, string memory reason) internal {
        attach();
        expect(reason);
        settleBlobs(output, proofs);
        requireUnmoved();
    }

    function test_previous_number() external {
        uint256[] memory output = withBlob();
        output[2] = 6;
        output[8] = 0;
        refuseBlobs(output, zeroBlobProofs(), "INVALID_PREV_BLOCK_NUMBER");
    }

    function test_output_too_short() external {
        refuseBlobs(new uint256[](10), zeroBlobProofs(), "STARKNET_OUTPUT_TOO_SHORT");
    }

    function test_kzg_flag() external {
        refuseBlobs(plain(), zeroBlobProofs(), "UNEXPECTED_KZG_DA_FLAG");
    }

    function test_segment_too_short() external {
        uint256[] memory output = new uint256[](11);
        output[2] = 7;
        output[8] = 1;
        refuseBlobs(output, zeroBlobProofs(), "KZG_SEGMENT_TOO_SHORT");
        output = withBlob();
        output[11] = 3;
        refuseBlobs(output, new bytes[](3), "KZG_SEGMENT_TOO_SHORT");
    }

    function test_number_of_proofs() external {
        refuseBlobs(withBlob(), new bytes[](0), "INVALID_NUMBER_OF_KZG_PROOFS");
        refuseBlobs(withBlob(), new bytes[](2), "INVALID_NUMBER_OF_KZG_PROOFS");
        uint256[] memory output = withBlob();
        // Would wrap around if it were multiplied before it is compared.
        output[11] = 2 ** 254;
        refuseBlobs(output, zeroBlobProofs(), "INVALID_NUMBER_OF_KZG_PROOFS");
    }

    function test_wide_words() external {
        for (uint256 word = 12; word < 16; word++) {
            uint256[] memory output = withBlob();
            output[word] = word < 14 ? 2 ** 192 : 2 ** 128;
            refuseBlobs(output, zeroBlobProofs(), word < 14 ? "INVALID_KZG_COMMITMENT" : "INVALID_Y_VALUE");
        }
    }

    function test_proof_size() external {
        bytes[] memory proofs = new bytes[](1);
        for (uint256 size = 47; size <= 49; size += 2) {
            proofs[0] = new bytes(size);
            refuseBlobs(withBlob(), proofs, "INVALID_KZG_PROOF_SIZE");
        }
    }

    function test_another_proof_value_or_commitment() external {
        bytes[] memory proofs = new bytes[](1);
        proofs[0] = new bytes(48);
        refuseBlobs(withBlob(), proofs, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        for (uint256 word = 12; word < 16; word++) {
            uint256[] memory output = withBlob();
            output[word] += 1;
            refuseBlobs(output, zeroBlobProofs(), "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        }
    }

    function test_no_proof_of_the_program() external {
        uint256[] memory output = withBlob();
        output[10] = 0x4321;
        refuseBlobs(output, zeroBlobProofs(), "NO_STATE_TRANSITION_PROOF");
    }

    function test_second_time_is_refused() external {
        attach();
        settleBlobs(withBlob(), zeroBlobProofs());
        expect("INVALID_PREV_BLOCK_NUMBER");
        settleBlobs(withBlob(), zeroBlobProofs());
        requireMoved();
    }
}
