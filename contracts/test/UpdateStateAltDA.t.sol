// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {StarknetCore} from "../src/StarknetCore.sol";
import {BlobRefusals} from "./BlobRefusals.sol";

/// The path with the data of blobs kept elsewhere: what it alone checks. No test attaches a blob.
contract UpdateStateAltDATest is BlobRefusals {
    function setUp() public override {
        super.setUp();
        core = new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, 7, 70, true);
        core.registerOperator(OPERATOR);
        prove(OS, leaf(withBlob()));
    }

    function settleBlobs(uint256[] memory output, bytes[] memory proofs) internal override {
        vm.prank(OPERATOR);
        // A precompile that refuses takes all the gas that it is given.
        core.updateStateAltDA{gas: 10_000_000}(output, proofs);
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
        settleBlobs(withBlob(), zeroBlobProofs());
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
        refuseBlobs(wrong, proofs, "POINT_EVALUATION_PRECOMPILE_CALL_FAILED");
        settleBlobs(output, proofs);
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
        refuseBlobs(withBlob(), zeroBlobProofs(), "ALT_DA_NOT_ALLOWED");
        refuseBlobs(plain(), new bytes[](0), "ALT_DA_NOT_ALLOWED");
        attachZeroBlob();
        refuseBlobs(withBlob(), zeroBlobProofs(), "ALT_DA_NOT_ALLOWED");
        settleKzg(withBlob(), zeroBlobProofs());
        requireMoved();
    }
}
