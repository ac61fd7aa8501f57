// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IFactRegistry} from "./IFactRegistry.sol";
import {Roles} from "./Roles.sol";

/// Facts registered by an operator's key.
///
/// TRUST: this contract verifies NO proof. A fact in it means that the holder of an operator key states to have
/// run `cairn verify` on a proof of it with success. Whoever holds that key can register any fact, and so move the
/// core contract to any state. It stands in until a verifier of the proofs exists on chain; a contract with the same
/// `isValid` then takes its place in the core contract's constructor, and nothing else changes.
contract OperatorFactRegistry is IFactRegistry, Roles {
    mapping(bytes32 => bool) private registered;

    /// Says in public who vouched for a fact.
    event LogFactRegistered(bytes32 indexed fact, address indexed operator);

    /// What stands behind a registered fact; status pages show it.
    function trustModel() external pure returns (string memory) {
        return "operator key: no proof is verified on chain";
    }

    function isValid(bytes32 fact) external view returns (bool) {
        return registered[fact];
    }

    /// Registering a fact again changes nothing and is no error, so that a sender may repeat itself.
    function registerFact(bytes32 fact) external onlyOperator {
        if (registered[fact]) return;
        registered[fact] = true;
        emit LogFactRegistered(fact, msg.sender);
    }
}
