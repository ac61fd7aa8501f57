// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The few of forge's test instructions that are used here.
interface Vm {
    function prank(address sender) external;
    function startPrank(address sender) external;
    function stopPrank() external;
    function expectRevert(bytes calldata reason) external;
    function blobhashes(bytes32[] calldata hashes) external;
    function expectEmit() external;
    function warp(uint256 timestamp) external;
    function deal(address account, uint256 balance) external;
    function assume(bool condition) external pure;
}
