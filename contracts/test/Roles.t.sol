// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IFactRegistry} from "../src/IFactRegistry.sol";
import {StarknetCore} from "../src/StarknetCore.sol";
import {CoreTest} from "./CoreTest.sol";

/// An operator that settles the next block again while it is being paid for this one.
contract GreedyOperator {
    StarknetCore private immutable core;
    uint256[] private next;

    constructor(StarknetCore core_) {
        core = core_;
    }

    function run(uint256[] calldata output, uint256[] calldata next_) external {
        next = next_;
        core.updateState(output, 11, 12);
    }

    receive() external payable {
        core.updateState(next, 11, 12);
    }
}

/// Who may do what; construction; re-entrancy; the registry of facts.
contract RolesTest is CoreTest {
    address private constant STRANGER = address(0x57);

    function test_construction() external {
        expect("BAD_INITIALIZATION");
        new StarknetCore(0, AGGREGATOR, CONFIG, registry, OLD_ROOT, 7, 70, false);
        expect("BAD_INITIALIZATION");
        new StarknetCore(OS, AGGREGATOR, CONFIG, IFactRegistry(STRANGER), OLD_ROOT, 7, 70, false);
        expect("BAD_INITIALIZATION");
        new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, -2, 70, false);
    }

    function test_governor_alone_configures() external {
        core.setProgramHash(1);
        core.setAggregatorProgramHash(2);
        core.setConfigHash(3);
        core.setMessageCancellationDelay(4);
        require(core.programHash() == 1 && core.aggregatorProgramHash() == 2 && core.configHash() == 3);
        require(core.messageCancellationDelay() == 4, "delay");
        vm.startPrank(STRANGER);
        expect("ONLY_GOVERNANCE");
        core.setProgramHash(1);
        expect("ONLY_GOVERNANCE");
        core.setAggregatorProgramHash(1);
        expect("ONLY_GOVERNANCE");
        core.setConfigHash(1);
        expect("ONLY_GOVERNANCE");
        core.setMessageCancellationDelay(1);
        expect("ONLY_GOVERNANCE");
        core.registerOperator(STRANGER);
        expect("ONLY_GOVERNANCE");
        core.unregisterOperator(OPERATOR);
        expect("ONLY_GOVERNANCE");
        core.nominateNewGovernor(STRANGER);
    }

    function test_governance_moves_in_two_steps() external {
        core.nominateNewGovernor(OPERATOR);
        vm.prank(STRANGER);
        expect("ONLY_CANDIDATE_GOVERNOR");
        core.acceptGovernance();
        vm.prank(OPERATOR);
        core.acceptGovernance();
        expect("ONLY_GOVERNANCE");
        core.setConfigHash(1);
    }

    function test_operator_can_be_removed() external {
        core.unregisterOperator(OPERATOR);
        expect("ONLY_OPERATOR");
        settle(plain());
    }

    function test_registry() external {
        require(!registry.isValid("a"), "unknown");
        registry.registerFact("a");
        registry.registerFact("a");
        require(registry.isValid("a"), "known");
        vm.prank(STRANGER);
        expect("ONLY_OPERATOR");
        registry.registerFact("b");
        require(!registry.isValid("b"), "a stranger's");
    }

    function test_no_update_within_an_update() external {
        GreedyOperator greedy = new GreedyOperator(core);
        core.registerOperator(address(greedy));
        vm.deal(STRANGER, 1 ether);
        vm.prank(STRANGER);
        core.sendMessageToL2{value: 1}(77, 88, new uint256[](0));
        uint256[] memory message = new uint256[](5);
        message[0] = uint160(STRANGER);
        message[1] = 77;
        message[3] = 88;
        uint256[] memory output = withMessages(new uint256[](0), message);
        uint256[] memory next = plain();
        (next[0], next[1], next[2], next[3], next[4], next[5]) = (NEW_ROOT, 0x102, 8, 9, 80, 90);
        prove(OS, dataFact(output, 11, 12));
        prove(OS, dataFact(next, 11, 12));
        expect("REENTRANCY_FAILURE");
        greedy.run(output, next);
        requireUnmoved();
    }
}
