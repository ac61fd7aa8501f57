// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Messages between this chain and Starknet, both ways; a message is known by the keccak of its words.
///
/// To Starknet: [from, to, nonce, selector, words, payload...]; stored as fee + 1, set to 0 when a block has handled it.
/// From Starknet: [from, to, words, payload...]; stored as a count, since equal messages may be sent twice.
abstract contract Messaging {
    uint256 public constant MAX_L1_MSG_FEE = 1 ether;
    /// Nobody's message is longer; keeps sums of untrusted lengths far from overflow.
    uint256 private constant LENGTH_LIMIT = 2 ** 30;

    mapping(bytes32 => uint256) public l1ToL2Messages;
    mapping(bytes32 => uint256) public l2ToL1Messages;
    /// When cancellation was asked for, in seconds; 0 if never.
    mapping(bytes32 => uint256) public l1ToL2MessageCancellations;
    uint256 public l1ToL2MessageNonce;
    /// Seconds between asking for a cancellation and the cancellation.
    uint256 public messageCancellationDelay = 5 days;

    event LogMessageToL2(
        address indexed fromAddress,
        uint256 indexed toAddress,
        uint256 indexed selector,
        uint256[] payload,
        uint256 nonce,
        uint256 fee
    );
    event LogMessageToL1(uint256 indexed fromAddress, address indexed toAddress, uint256[] payload);
    event ConsumedMessageToL1(uint256 indexed fromAddress, address indexed toAddress, uint256[] payload);
    event ConsumedMessageToL2(
        address indexed fromAddress,
        uint256 indexed toAddress,
        uint256 indexed selector,
        uint256[] payload,
        uint256 nonce
    );
    event MessageToL2CancellationStarted(
        address indexed fromAddress,
        uint256 indexed toAddress,
        uint256 indexed selector,
        uint256[] payload,
        uint256 nonce
    );
    event MessageToL2Canceled(
        address indexed fromAddress,
        uint256 indexed toAddress,
        uint256 indexed selector,
        uint256[] payload,
        uint256 nonce
    );

    /// Sends a message; the value is the fee, which goes to whoever settles the block that handles it.
    function sendMessageToL2(uint256 toAddress, uint256 selector, uint256[] calldata payload)
        external
        payable
        returns (bytes32 messageHash, uint256 nonce)
    {
        require(msg.value > 0, "L1_MSG_FEE_MUST_BE_GREATER_THAN_0");
        require(msg.value <= MAX_L1_MSG_FEE, "MAX_L1_MSG_FEE_EXCEEDED");
        nonce = l1ToL2MessageNonce++;
        messageHash = hashToL2(toAddress, selector, payload, nonce);
        l1ToL2Messages[messageHash] = msg.value + 1;
        emit LogMessageToL2(msg.sender, toAddress, selector, payload, nonce, msg.value);
    }

    /// Takes one message that Starknet's contract `fromAddress` sent to the caller.
    function consumeMessageFromL2(uint256 fromAddress, uint256[] calldata payload)
        external
        returns (bytes32 messageHash)
    {
        messageHash = keccak256(
            abi.encodePacked(fromAddress, uint256(uint160(msg.sender)), payload.length, payload)
        );
        require(l2ToL1Messages[messageHash] > 0, "INVALID_MESSAGE_TO_CONSUME");
        l2ToL1Messages[messageHash] -= 1;
        emit ConsumedMessageToL1(fromAddress, msg.sender, payload);
    }

    /// Asks for the cancellation of the caller's own message. Starknet may still handle it meanwhile.
    function startL1ToL2MessageCancellation(
        uint256 toAddress,
        uint256 selector,
        uint256[] calldata payload,
        uint256 nonce
    ) external returns (bytes32 messageHash) {
        messageHash = hashToL2(toAddress, selector, payload, nonce);
        require(l1ToL2Messages[messageHash] > 0, "NO_MESSAGE_TO_CANCEL");
        l1ToL2MessageCancellations[messageHash] = block.timestamp;
        emit MessageToL2CancellationStarted(msg.sender, toAddress, selector, payload, nonce);
    }

    /// Cancels the caller's own message after the delay. The fee stays in the contract, as in Starknet's.
    function cancelL1ToL2Message(
        uint256 toAddress,
        uint256 selector,
        uint256[] calldata payload,
        uint256 nonce
    ) external returns (bytes32 messageHash) {
        messageHash = hashToL2(toAddress, selector, payload, nonce);
        require(l1ToL2Messages[messageHash] > 0, "NO_MESSAGE_TO_CANCEL");
        uint256 asked = l1ToL2MessageCancellations[messageHash];
        require(asked != 0, "MESSAGE_CANCELLATION_NOT_REQUESTED");
        // Days: the seconds by which a proposer may bend the clock do not matter.
        // forge-lint: disable-next-line(block-timestamp)
        require(block.timestamp - asked >= messageCancellationDelay, "MESSAGE_CANCELLATION_NOT_ALLOWED_YET");
        l1ToL2Messages[messageHash] = 0;
        emit MessageToL2Canceled(msg.sender, toAddress, selector, payload, nonce);
    }

    function hashToL2(uint256 toAddress, uint256 selector, uint256[] calldata payload, uint256 nonce)
        private
        view
        returns (bytes32)
    {
        return keccak256(
            abi.encodePacked(
                uint256(uint160(msg.sender)), toAddress, nonce, selector, payload.length, payload
            )
        );
    }

    /// Adds the messages that a block sent to this chain. `segment` starts at their number of words.
    /// Returns how many words of it they take.
    function receiveFromL2(uint256[] calldata segment) internal returns (uint256) {
        (uint256 cursor, uint256 end) = segmentBounds(segment);
        while (cursor < end) {
            uint256 next = messageEnd(segment, cursor, 2);
            uint256[] calldata message = segment[cursor:next];
            l2ToL1Messages[keccak256(abi.encodePacked(message))] += 1;
            emit LogMessageToL1(message[0], address(uint160(message[1])), message[3:]);
            cursor = next;
        }
        require(cursor == end, "INVALID_MESSAGE_SEGMENT_SIZE");
        return cursor;
    }

    /// Removes the messages that a block has handled.
    /// Returns how many words of `segment` they take, and the sum of their fees.
    function consumeToL2(uint256[] calldata segment) internal returns (uint256, uint256 fees) {
        (uint256 cursor, uint256 end) = segmentBounds(segment);
        while (cursor < end) {
            uint256 next = messageEnd(segment, cursor, 4);
            uint256[] calldata message = segment[cursor:next];
            bytes32 messageHash = keccak256(abi.encodePacked(message));
            uint256 feePlusOne = l1ToL2Messages[messageHash];
            require(feePlusOne > 0, "INVALID_MESSAGE_TO_CONSUME");
            l1ToL2Messages[messageHash] = 0;
            fees += feePlusOne - 1;
            emit ConsumedMessageToL2(
                address(uint160(message[0])), message[1], message[3], message[5:], message[2]
            );
            cursor = next;
        }
        require(cursor == end, "INVALID_MESSAGE_SEGMENT_SIZE");
        return (cursor, fees);
    }

    function segmentBounds(uint256[] calldata segment) private pure returns (uint256 cursor, uint256 end) {
        require(segment.length > 0, "STARKNET_OUTPUT_TOO_SHORT");
        require(segment[0] < LENGTH_LIMIT, "INVALID_MESSAGE_SEGMENT_SIZE");
        return (1, 1 + segment[0]);
    }

    /// Where the message at `at` ends; its payload's length is its word `lengthWord`.
    function messageEnd(uint256[] calldata segment, uint256 cursor, uint256 lengthWord)
        private
        pure
        returns (uint256 end)
    {
        require(cursor + lengthWord < segment.length, "MESSAGE_TOO_SHORT");
        uint256 length = segment[cursor + lengthWord];
        require(length < LENGTH_LIMIT, "INVALID_PAYLOAD_LENGTH");
        end = cursor + lengthWord + 1 + length;
        require(end <= segment.length, "TRUNCATED_MESSAGE_PAYLOAD");
    }
}
