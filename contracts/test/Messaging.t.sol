// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CoreTest} from "./CoreTest.sol";

/// Messages both ways, their cancellation, their fees.
contract MessagingTest is CoreTest {
    address private constant USER = address(0x5e4);

    function setUp() public override {
        super.setUp();
        vm.deal(USER, 10 ether);
    }

    function payload(uint256 words) private pure returns (uint256[] memory result) {
        result = new uint256[](words);
        for (uint256 i = 0; i < words; i++) {
            result[i] = i + 40;
        }
    }

    function send(uint256 value, uint256[] memory words) private returns (bytes32 hash, uint256 nonce) {
        vm.prank(USER);
        return core.sendMessageToL2{value: value}(77, 88, words);
    }

    /// The words of a message to Starknet as an output holds them.
    function handled(uint256 nonce, uint256[] memory words) private pure returns (uint256[] memory message) {
        message = new uint256[](5 + words.length);
        message[0] = uint160(USER);
        message[1] = 77;
        message[2] = nonce;
        message[3] = 88;
        message[4] = words.length;
        for (uint256 i = 0; i < words.length; i++) {
            message[5 + i] = words[i];
        }
    }

    function sent(uint256[] memory words) private pure returns (uint256[] memory message) {
        message = new uint256[](3 + words.length);
        message[0] = 77;
        message[1] = uint160(USER);
        message[2] = words.length;
        for (uint256 i = 0; i < words.length; i++) {
            message[3 + i] = words[i];
        }
    }

    function settleWith(uint256[] memory toL1, uint256[] memory toL2) private {
        uint256[] memory output = withMessages(toL1, toL2);
        prove(OS, dataFact(output, 11, 12));
        settle(output);
    }

    function refuseWith(uint256[] memory toL1, uint256[] memory toL2, string memory reason) private {
        uint256[] memory output = withMessages(toL1, toL2);
        prove(OS, dataFact(output, 11, 12));
        refuse(output, reason);
    }

    function test_fee_goes_to_who_settles() external {
        (bytes32 hash, uint256 nonce) = send(0.5 ether, payload(2));
        require(core.l1ToL2Messages(hash) == 0.5 ether + 1, "fee plus one");
        settleWith(new uint256[](0), handled(nonce, payload(2)));
        require(core.l1ToL2Messages(hash) == 0, "still pending");
        require(OPERATOR.balance == 0.5 ether, "fee");
    }

    function test_fee_bounds() external {
        expect("L1_MSG_FEE_MUST_BE_GREATER_THAN_0");
        send(0, payload(1));
        expect("MAX_L1_MSG_FEE_EXCEEDED");
        send(1 ether + 1, payload(1));
    }

    function test_nonces_count_up() external {
        (bytes32 first, uint256 zero) = send(1, payload(1));
        (bytes32 second, uint256 one) = send(1, payload(1));
        require(zero == 0 && one == 1 && first != second, "nonces");
    }

    function test_handled_without_being_sent() external {
        refuseWith(new uint256[](0), handled(0, payload(2)), "INVALID_MESSAGE_TO_CONSUME");
    }

    function test_handled_twice_in_one_block() external {
        (, uint256 nonce) = send(1, payload(0));
        uint256[] memory once = handled(nonce, payload(0));
        uint256[] memory twice = new uint256[](10);
        for (uint256 i = 0; i < 10; i++) {
            twice[i] = once[i % 5];
        }
        refuseWith(new uint256[](0), twice, "INVALID_MESSAGE_TO_CONSUME");
    }

    function test_message_from_starknet() external {
        uint256[] memory message = sent(payload(3));
        settleWith(message, new uint256[](0));
        require(core.l2ToL1Messages(leaf(message)) == 1, "not there");
        expect("INVALID_MESSAGE_TO_CONSUME");
        core.consumeMessageFromL2(77, payload(3));
        vm.prank(USER);
        core.consumeMessageFromL2(77, payload(3));
        require(core.l2ToL1Messages(leaf(message)) == 0, "still there");
        expect("INVALID_MESSAGE_TO_CONSUME");
        vm.prank(USER);
        core.consumeMessageFromL2(77, payload(3));
    }

    function test_equal_messages_are_counted() external {
        uint256[] memory once = sent(payload(1));
        uint256[] memory twice = new uint256[](8);
        for (uint256 i = 0; i < 8; i++) {
            twice[i] = once[i % 4];
        }
        settleWith(twice, new uint256[](0));
        require(core.l2ToL1Messages(leaf(once)) == 2, "count");
    }

    function test_broken_segments() external {
        uint256[] memory message = sent(payload(2));
        message[2] = 3;
        refuseWith(message, new uint256[](0), "INVALID_MESSAGE_SEGMENT_SIZE");
        message[2] = 4;
        refuseWith(message, new uint256[](0), "TRUNCATED_MESSAGE_PAYLOAD");
        message[2] = 2 ** 30;
        refuseWith(message, new uint256[](0), "INVALID_PAYLOAD_LENGTH");
        refuseWith(new uint256[](0), new uint256[](3), "MESSAGE_TOO_SHORT");
        uint256[] memory output = plain();
        output[10] = 2 ** 30;
        prove(OS, dataFact(output, 11, 12));
        refuse(output, "INVALID_MESSAGE_SEGMENT_SIZE");
    }

    function test_cancellation() external {
        (, uint256 nonce) = send(1, payload(1));
        vm.warp(1000);
        vm.startPrank(USER);
        expect("MESSAGE_CANCELLATION_NOT_REQUESTED");
        core.cancelL1ToL2Message(77, 88, payload(1), nonce);
        expect("NO_MESSAGE_TO_CANCEL");
        core.startL1ToL2MessageCancellation(77, 88, payload(1), nonce + 1);
        core.startL1ToL2MessageCancellation(77, 88, payload(1), nonce);
        vm.warp(1000 + 5 days - 1);
        expect("MESSAGE_CANCELLATION_NOT_ALLOWED_YET");
        core.cancelL1ToL2Message(77, 88, payload(1), nonce);
        vm.warp(1000 + 5 days);
        core.cancelL1ToL2Message(77, 88, payload(1), nonce);
        expect("NO_MESSAGE_TO_CANCEL");
        core.cancelL1ToL2Message(77, 88, payload(1), nonce);
        vm.stopPrank();
        refuseWith(new uint256[](0), handled(nonce, payload(1)), "INVALID_MESSAGE_TO_CONSUME");
    }

    function test_others_cannot_cancel() external {
        (, uint256 nonce) = send(1, payload(1));
        expect("NO_MESSAGE_TO_CANCEL");
        core.startL1ToL2MessageCancellation(77, 88, payload(1), nonce);
    }

    function testFuzz_to_starknet_and_back(uint8 words, uint96 fee) external {
        uint256 paid = 1 + (uint256(fee) % 1 ether);
        uint256[] memory body = payload(words);
        (, uint256 nonce) = send(paid, body);
        settleWith(sent(body), handled(nonce, body));
        require(OPERATOR.balance == paid, "fee");
        vm.prank(USER);
        core.consumeMessageFromL2(77, body);
    }
}
