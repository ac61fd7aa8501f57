// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {StarknetCore} from "../src/StarknetCore.sol";
import {CoreTest} from "./CoreTest.sol";

/// The path without blobs: each refusal by its name, in the order of the checks, and what an update does.
contract UpdateStateTest is CoreTest {
    function test_selectors_are_those_of_starknet() external pure {
        require(StarknetCore.updateState.selector == 0x77552641, "updateState");
        require(StarknetCore.updateStateKzgDA.selector == 0x507ee528, "updateStateKzgDA");
    }

    function test_moves_to_the_new_state() external {
        prove(OS, dataFact(plain(), 11, 12));
        settle(plain());
        requireMoved();
    }

    function test_second_time_is_refused() external {
        prove(OS, dataFact(plain(), 11, 12));
        settle(plain());
        expect("INVALID_PREV_BLOCK_NUMBER");
        settle(plain());
        requireMoved();
    }

    function test_first_block_follows_minus_one() external {
        core = new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, -1, 70, false);
        core.registerOperator(OPERATOR);
        uint256[] memory output = plain();
        output[2] = PRIME - 1;
        prove(OS, dataFact(output, 11, 12));
        settle(output);
        requireMoved();
    }

    function test_a_range_of_blocks_may_be_one_update() external {
        uint256[] memory output = plain();
        output[3] = 20;
        prove(OS, dataFact(output, 11, 12));
        settle(output);
        require(core.stateBlockNumber() == 20, "number");
    }

    function test_only_operators() external {
        expect("ONLY_OPERATOR");
        core.updateState(plain(), 11, 12);
        expect("ONLY_OPERATOR");
        core.updateStateWithData(plain(), new uint256[](1));
        expect("ONLY_OPERATOR");
        core.updateStateKzgDA(withBlob(), zeroBlobProofs());
    }

    function test_output_too_short() external {
        refuse(new uint256[](10), "STARKNET_OUTPUT_TOO_SHORT");
        refuse(new uint256[](0), "STARKNET_OUTPUT_TOO_SHORT");
    }

    function test_wrong_previous_number_comes_first() external {
        uint256[] memory output = plain();
        output[2] = 6;
        output[8] = 1;
        refuse(output, "INVALID_PREV_BLOCK_NUMBER");
        output[2] = 8;
        refuse(output, "INVALID_PREV_BLOCK_NUMBER");
    }

    function test_kzg_flag() external {
        uint256[] memory output = plain();
        output[8] = 1;
        refuse(output, "UNEXPECTED_KZG_DA_FLAG");
    }

    function test_words_outside_the_field() external {
        uint256[] memory output = plain();
        output[1] += PRIME;
        refuse(output, "PROGRAM_OUTPUT_VALUE_OUT_OF_RANGE");
    }

    function test_config_hash() external {
        uint256[] memory output = plain();
        output[7] = CONFIG + 1;
        output[9] = 1;
        refuse(output, "INVALID_CONFIG_HASH");
    }

    function test_full_output() external {
        uint256[] memory output = plain();
        output[9] = 1;
        refuse(output, "FULL_OUTPUT_NOT_SUPPORTED");
    }

    function test_no_proof() external {
        refuse(plain(), "NO_STATE_TRANSITION_PROOF");
        prove(AGGREGATOR, dataFact(plain(), 11, 12));
        refuse(plain(), "NO_STATE_TRANSITION_PROOF");
        prove(OS, dataFact(plain(), 11, 13));
        refuse(plain(), "NO_STATE_TRANSITION_PROOF");
    }

    function test_aggregator_states_the_os_hash() external {
        uint256[] memory output = plain();
        output[6] = OS + 1;
        prove(AGGREGATOR, dataFact(output, 11, 12));
        refuse(output, "AGGREGATOR_MODE_INVALID_OS_PROGRAM_HASH");
        output[6] = OS;
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "NO_STATE_TRANSITION_PROOF");
        prove(AGGREGATOR, dataFact(output, 11, 12));
        settle(output);
        requireMoved();
    }

    function test_number_must_grow() external {
        uint256[] memory output = plain();
        output[3] = 7;
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "INVALID_NEW_BLOCK_NUMBER");
    }

    function test_previous_hash_and_root() external {
        uint256[] memory output = plain();
        output[4] = 71;
        output[0] = OLD_ROOT + 1;
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "INVALID_PREV_BLOCK_HASH");
        output[4] = 70;
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "INVALID_PREVIOUS_ROOT");
    }

    function test_output_too_long() external {
        uint256[] memory output = new uint256[](13);
        uint256[] memory usual = plain();
        for (uint256 i = 0; i < usual.length; i++) {
            output[i] = usual[i];
        }
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "STARKNET_OUTPUT_TOO_LONG");
    }

    function test_output_that_ends_in_its_messages() external {
        uint256[] memory output = new uint256[](11);
        uint256[] memory usual = plain();
        for (uint256 i = 0; i < 11; i++) {
            output[i] = usual[i];
        }
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "STARKNET_OUTPUT_TOO_SHORT");
    }

    function test_data_in_the_transaction() external {
        uint256[] memory data = new uint256[](4);
        data[2] = 9;
        uint256[] memory output = plain();
        bytes32 dataNode = node(abi.encode(leaf(data), uint256(16)));
        prove(OS, dataFact(output, uint256(dataNode), 4));
        vm.startPrank(OPERATOR);
        data[2] = 8;
        expect("NO_STATE_TRANSITION_PROOF");
        core.updateStateWithData(output, data);
        data[2] = 9;
        core.updateStateWithData(output, data);
        requireMoved();
    }

    function test_data_of_several_pages() external {
        uint256[] memory data = new uint256[](3801);
        data[3800] = 5;
        uint256[] memory first = new uint256[](3800);
        uint256[] memory second = new uint256[](1);
        second[0] = 5;
        bytes32 dataNode = node(abi.encode(leaf(first), uint256(12 + 3800), leaf(second), uint256(12 + 3801)));
        prove(OS, dataFact(plain(), uint256(dataNode), 3801));
        vm.prank(OPERATOR);
        core.updateStateWithData(plain(), data);
        requireMoved();
    }

    /// Whatever one word of a proven output is changed to, the contract does not move.
    function testFuzz_no_other_output_than_the_proven_one(uint256 place, uint256 value) external {
        uint256[] memory output = plain();
        prove(OS, dataFact(output, 11, 12));
        place %= output.length;
        vm.assume(output[place] != value);
        output[place] = value;
        vm.prank(OPERATOR);
        try core.updateState(output, 11, 12) {
            require(false, "a changed output was taken");
        } catch {
            requireUnmoved();
        }
    }

    function testFuzz_takes_any_state_that_follows(uint256 root, uint256 number, uint256 hash) external {
        uint256[] memory output = plain();
        output[1] = root % PRIME;
        output[3] = 8 + (number % (PRIME - 8));
        output[5] = hash % PRIME;
        prove(OS, dataFact(output, 11, 12));
        settle(output);
        require(core.stateRoot() == output[1], "root");
        // A field element fits.
        // forge-lint: disable-next-line(unsafe-typecast)
        require(core.stateBlockNumber() == int256(output[3]), "number");
        require(core.stateBlockHash() == output[5], "hash");
    }
}
