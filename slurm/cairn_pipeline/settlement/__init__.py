"""Settlement of proven blocks: on Ethereum by the core contract, on Starknet by Piltover's call data."""
