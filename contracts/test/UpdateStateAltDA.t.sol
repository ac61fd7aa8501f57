// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {StarknetCore} from "../src/StarknetCore.sol";
import {CoreTest} from "./CoreTest.sol";

/// The path with the data of blobs kept elsewhere: what its own checks refuse, by name. No test attaches a blob.
contract UpdateStateAltDATest is CoreTest {
    function setUp() public override {
        super.setUp();
        core = new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, 7, 70, true);
        core.registerOperator(OPERATOR);
        prove(OS, leaf(withBlob()));
    }

    function settleAltDA(uint256[] memory output, bytes[] memory proofs) private {
        vm.prank(OPERATOR);
        // A precompile that refuses takes all the gas that it is given.
        core.updateStateAltDA{gas: 10_000_000}(output, proofs);
    }

    function refuseAltDA(uint256[] memory output, bytes[] memory proofs, string memory reason) private {
        expect(reason);
        settleAltDA(output, proofs);
        requireUnmoved();
    }

    /// Block 8's output with two blobs of zeros.
    function withTwoBlobs() private pure returns (uint256[] memory output) {
        output = new uint256[](22);
        uint256[] memory one = withBlob();
        for (uint256 i = 0; i < 11; i++) {
            output[i] = one[i];
        }
        output[11] = 2;
        output[13] = one[13];
        output[15] = one[13];
    }

    function test_moves_to_the_new_state_and_names_the_data() external {
        bytes32[] memory names = new bytes32[](1);
        // 0x01 and the hash of the point at infinity, from the specification's own definition.
        names[0] = 0x010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014;
        vm.expectEmit();
        emit StarknetCore.LogAltDA(8, names);
        settleAltDA(withBlob(), zeroBlobProofs());
        requireMoved();
    }

    function test_two_blobs() external {
        uint256[] memory output = withTwoBlobs();
        bytes[] memory proofs = new bytes[](2);
        proofs[0] = infinity();
        proofs[1] = infinity();
        prove(OS, leaf(output));
        uint256[] memory wrong = withTwoBlobs();
        wrong[18] = 1;
        refuseAltDA(wrong, proofs, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        settleAltDA(output, proofs);
        requireMoved();
    }

    function test_blobs_may_still_be_attached() external {
        attachZeroBlob();
        settleKzg(withBlob(), zeroBlobProofs());
        requireMoved();
    }

    function test_only_operators() external {
        expect("ONLY_OPERATOR");
        core.updateStateAltDA(withBlob(), zeroBlobProofs());
    }

    /// Whatever else is wrong: a chain that promises blobs does not settle without.
    function test_only_where_deployed_for_it() external {
        core = new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, 7, 70, false);
        core.registerOperator(OPERATOR);
        refuseAltDA(withBlob(), zeroBlobProofs(), "ALT_DA_NOT_ALLOWED");
        refuseAltDA(plain(), new bytes[](0), "ALT_DA_NOT_ALLOWED");
        attachZeroBlob();
        refuseAltDA(withBlob(), zeroBlobProofs(), "ALT_DA_NOT_ALLOWED");
        settleKzg(withBlob(), zeroBlobProofs());
        requireMoved();
    }

    function test_previous_number() external {
        uint256[] memory output = withBlob();
        output[2] = 6;
        output[8] = 0;
        refuseAltDA(output, zeroBlobProofs(), "INVALID_PREV_BLOCK_NUMBER");
    }

    function test_output_too_short() external {
        refuseAltDA(new uint256[](10), zeroBlobProofs(), "STARKNET_OUTPUT_TOO_SHORT");
    }

    function test_kzg_flag() external {
        refuseAltDA(plain(), zeroBlobProofs(), "UNEXPECTED_KZG_DA_FLAG");
    }

    function test_segment_too_short() external {
        uint256[] memory output = new uint256[](11);
        output[2] = 7;
        output[8] = 1;
        refuseAltDA(output, zeroBlobProofs(), "KZG_SEGMENT_TOO_SHORT");
        output = withBlob();
        output[11] = 3;
        refuseAltDA(output, new bytes[](3), "KZG_SEGMENT_TOO_SHORT");
    }

    function test_number_of_proofs() external {
        refuseAltDA(withBlob(), new bytes[](0), "INVALID_NUMBER_OF_KZG_PROOFS");
        refuseAltDA(withBlob(), new bytes[](2), "INVALID_NUMBER_OF_KZG_PROOFS");
        uint256[] memory output = withBlob();
        output[11] = 2 ** 254;
        refuseAltDA(output, zeroBlobProofs(), "INVALID_NUMBER_OF_KZG_PROOFS");
    }

    function test_wide_words() external {
        for (uint256 word = 12; word < 16; word++) {
            uint256[] memory output = withBlob();
            output[word] = word < 14 ? 2 ** 192 : 2 ** 128;
            refuseAltDA(output, zeroBlobProofs(), word < 14 ? "INVALID_KZG_COMMITMENT" : "INVALID_Y_VALUE");
        }
    }

    function test_proof_size() external {
        bytes[] memory proofs = new bytes[](1);
        proofs[0] = new bytes(49);
        refuseAltDA(withBlob(), proofs, "INVALID_KZG_PROOF_SIZE");
    }

    function test_another_proof_value_or_commitment() external {
        bytes[] memory proofs = new bytes[](1);
        proofs[0] = new bytes(48);
        refuseAltDA(withBlob(), proofs, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        for (uint256 word = 12; word < 16; word++) {
            uint256[] memory output = withBlob();
            output[word] += 1;
            refuseAltDA(output, zeroBlobProofs(), "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        }
    }

    function test_no_proof_of_the_program() external {
        uint256[] memory output = withBlob();
        output[10] = 0x4321;
        refuseAltDA(output, zeroBlobProofs(), "NO_STATE_TRANSITION_PROOF");
    }

    function test_second_time_is_refused() external {
        settleAltDA(withBlob(), zeroBlobProofs());
        expect("INVALID_PREV_BLOCK_NUMBER");
        settleAltDA(withBlob(), zeroBlobProofs());
        requireMoved();
    }
}
