// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// The tree over an output's memory pages whose root stands for the output in a fact.
///
/// A page is keccak(words); an inner node is 1 + keccak(child, end of the child in the output, ...), so that no inner
/// node is a page's hash.
library OutputFact {
    /// Words of one page of on-chain data at most.
    uint256 internal constant PAGE_WORDS = 3800;

    function page(uint256[] calldata words) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(words));
    }

    /// The root over an output and on-chain data of which only the node's hash and the number of words are known.
    function withData(uint256[] calldata output, uint256 dataHash, uint256 dataWords)
        internal
        pure
        returns (bytes32)
    {
        // Unchecked as upstream: an absurd size is no fact that anybody proved.
        uint256 end;
        unchecked {
            end = output.length + dataWords;
        }
        return inner(abi.encodePacked(page(output), output.length, dataHash, end));
    }

    /// The node over the pages of the data that follow an output of `mainWords` words.
    function dataNode(uint256 mainWords, uint256[] calldata data) internal pure returns (bytes32) {
        bytes memory children;
        for (uint256 start = 0; start < data.length; start += PAGE_WORDS) {
            uint256 end = start + PAGE_WORDS < data.length ? start + PAGE_WORDS : data.length;
            children = bytes.concat(children, page(data[start:end]), bytes32(mainWords + end));
        }
        return inner(children);
    }

    function inner(bytes memory children) private pure returns (bytes32) {
        unchecked {
            return bytes32(uint256(keccak256(children)) + 1);
        }
    }
}
