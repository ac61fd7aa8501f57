// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// Where things are in the output of the Starknet OS and of its aggregator (Starknet 0.13.2 and later).
///
///     0 old root, 1 new root, 2 old number, 3 new number, 4 old hash, 5 new hash,
///     6 OS program hash (0 but for the aggregator), 7 config hash, 8 KZG flag, 9 full-output flag,
///     with KZG: z, n, n commitments of two words, n evaluations of two words,
///     messages to L1: words, then each; messages to L2: words, then each.
library ProgramOutput {
    uint256 internal constant OLD_ROOT = 0;
    uint256 internal constant NEW_ROOT = 1;
    uint256 internal constant OLD_NUMBER = 2;
    uint256 internal constant NEW_NUMBER = 3;
    uint256 internal constant OLD_HASH = 4;
    uint256 internal constant NEW_HASH = 5;
    uint256 internal constant OS_PROGRAM_HASH = 6;
    uint256 internal constant CONFIG_HASH = 7;
    uint256 internal constant USE_KZG = 8;
    uint256 internal constant FULL_OUTPUT = 9;
    uint256 internal constant HEADER_WORDS = 10;

    /// P = 2^251 + 17 * 2^192 + 1. Every word of an output is below it.
    uint256 internal constant FIELD_PRIME = 0x800000000000011000000000000000000000000000000000000000000000001;

    /// A word at or above P could stand for the same field element as another: two outputs, one proof.
    function requireField(uint256[] calldata output) internal pure {
        for (uint256 i = 0; i < output.length; i++) {
            require(output[i] < FIELD_PRIME, "PROGRAM_OUTPUT_VALUE_OUT_OF_RANGE");
        }
    }

    /// The first word after the header and, if there is one, the KZG segment. The caller has checked the latter's size.
    function messagesOffset(uint256[] calldata output) internal pure returns (uint256) {
        if (output[USE_KZG] == 0) return HEADER_WORDS;
        return HEADER_WORDS + 2 + 4 * output[HEADER_WORDS + 1];
    }
}
