// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// One governor, who is replaced in two steps, and any number of operators, whom the governor names.
abstract contract Roles {
    address public governor;
    address public nominatedGovernor;
    mapping(address => bool) public isOperator;

    event LogOperatorAdded(address operator);
    event LogOperatorRemoved(address operator);
    event LogNominatedGovernor(address nominated);
    event LogNewGovernorAccepted(address accepted);

    modifier onlyGovernor() {
        require(msg.sender == governor, "ONLY_GOVERNANCE");
        _;
    }

    modifier onlyOperator() {
        require(isOperator[msg.sender], "ONLY_OPERATOR");
        _;
    }

    /// The creator governs; it is no operator until it names itself one.
    constructor() {
        governor = msg.sender;
        emit LogNewGovernorAccepted(msg.sender);
    }

    /// The successor has to accept, so that governance cannot go to an address that nobody holds.
    function nominateNewGovernor(address nominated) external onlyGovernor {
        nominatedGovernor = nominated;
        emit LogNominatedGovernor(nominated);
    }

    function acceptGovernance() external {
        require(msg.sender == nominatedGovernor, "ONLY_CANDIDATE_GOVERNOR");
        governor = msg.sender;
        nominatedGovernor = address(0);
        emit LogNewGovernorAccepted(msg.sender);
    }

    function registerOperator(address operator) external onlyGovernor {
        isOperator[operator] = true;
        emit LogOperatorAdded(operator);
    }

    function unregisterOperator(address operator) external onlyGovernor {
        isOperator[operator] = false;
        emit LogOperatorRemoved(operator);
    }
}
