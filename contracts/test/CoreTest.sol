// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OperatorFactRegistry} from "../src/OperatorFactRegistry.sol";
import {StarknetCore} from "../src/StarknetCore.sol";
import {Vm} from "./Vm.sol";

/// A core contract at block 7 and outputs of block 8 to try on it.
abstract contract CoreTest {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint256 internal constant PRIME = 0x800000000000011000000000000000000000000000000000000000000000001;
    uint256 internal constant OS = 0x05;
    uint256 internal constant AGGREGATOR = 0xa6;
    uint256 internal constant CONFIG = 0xcf;
    uint256 internal constant OLD_ROOT = 0x100;
    uint256 internal constant NEW_ROOT = 0x101;
    address internal constant OPERATOR = address(0x0e0e);

    OperatorFactRegistry internal registry;
    StarknetCore internal core;

    function setUp() public virtual {
        registry = new OperatorFactRegistry();
        registry.registerOperator(address(this));
        core = new StarknetCore(OS, AGGREGATOR, CONFIG, registry, OLD_ROOT, 7, 70, false);
        core.registerOperator(OPERATOR);
        vm.deal(OPERATOR, 0);
    }

    /// Block 8's output without messages and with data elsewhere.
    function plain() internal pure returns (uint256[] memory) {
        return withMessages(new uint256[](0), new uint256[](0));
    }

    function withMessages(uint256[] memory toL1, uint256[] memory toL2)
        internal
        pure
        returns (uint256[] memory output)
    {
        output = new uint256[](12 + toL1.length + toL2.length);
        fillHeader(output);
        output[10] = toL1.length;
        for (uint256 i = 0; i < toL1.length; i++) {
            output[11 + i] = toL1[i];
        }
        output[11 + toL1.length] = toL2.length;
        for (uint256 i = 0; i < toL2.length; i++) {
            output[12 + toL1.length + i] = toL2[i];
        }
    }

    /// Block 8's output with one blob of zeros: its commitment is the point at infinity, its value 0 everywhere.
    function withBlob() internal pure returns (uint256[] memory output) {
        output = new uint256[](18);
        fillHeader(output);
        output[8] = 1;
        output[10] = 0x1234;
        output[11] = 1;
        output[13] = 0xc0 << 184;
    }

    function fillHeader(uint256[] memory output) private pure {
        output[0] = OLD_ROOT;
        output[1] = NEW_ROOT;
        output[2] = 7;
        output[3] = 8;
        output[4] = 70;
        output[5] = 80;
        output[7] = CONFIG;
    }

    function infinity() internal pure returns (bytes memory point) {
        point = new bytes(48);
        point[0] = 0xc0;
    }

    function zeroBlobProofs() internal pure returns (bytes[] memory proofs) {
        proofs = new bytes[](1);
        proofs[0] = infinity();
    }

    function attachZeroBlob() internal {
        bytes32 digest = sha256(infinity());
        bytes32[] memory hashes = new bytes32[](1);
        hashes[0] = bytes32((uint256(digest) & (type(uint256).max >> 8)) | (1 << 248));
        vm.blobhashes(hashes);
    }

    function leaf(uint256[] memory words) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(words));
    }

    function node(bytes memory children) internal pure returns (bytes32) {
        return bytes32(uint256(keccak256(children)) + 1);
    }

    /// The fact of an output whose data node and size are given, written apart from the contract's own code.
    function dataFact(uint256[] memory output, uint256 dataHash, uint256 dataWords)
        internal
        pure
        returns (bytes32)
    {
        return node(abi.encode(leaf(output), output.length, dataHash, output.length + dataWords));
    }

    function prove(uint256 program, bytes32 outputFact) internal {
        registry.registerFact(keccak256(abi.encode(program, outputFact)));
    }

    function settle(uint256[] memory output) internal {
        vm.prank(OPERATOR);
        core.updateState(output, 11, 12);
    }

    function settleKzg(uint256[] memory output, bytes[] memory proofs) internal {
        vm.prank(OPERATOR);
        // A precompile that refuses takes all the gas that it is given.
        core.updateStateKzgDA{gas: 10_000_000}(output, proofs);
    }

    function refuse(uint256[] memory output, string memory reason) internal {
        expect(reason);
        settle(output);
        requireUnmoved();
    }

    function refuseKzg(uint256[] memory output, bytes[] memory proofs, string memory reason) internal {
        expect(reason);
        settleKzg(output, proofs);
        requireUnmoved();
    }

    function expect(string memory reason) internal {
        vm.expectRevert(abi.encodeWithSignature("Error(string)", reason));
    }

    function requireMoved() internal view {
        require(core.stateRoot() == NEW_ROOT, "root did not move");
        require(core.stateBlockNumber() == 8, "number did not move");
        require(core.stateBlockHash() == 80, "hash did not move");
    }

    function requireUnmoved() internal view {
        require(core.stateRoot() == OLD_ROOT, "root moved");
        require(core.stateBlockNumber() == 7, "number moved");
        require(core.stateBlockHash() == 70, "hash moved");
    }
}
