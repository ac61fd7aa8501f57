// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Where the core contract asks whether a statement has been proven.
interface IFactRegistry {
    /// True if the fact is registered, for ever after the first time.
    function isValid(bytes32 fact) external view returns (bool);
}
