"""Data availability: what a block must publish, in which bytes, and the proof that it is the block's.

A Starknet OS run commits in its output to a DA segment (the block's state diff, usually compressed, perhaps
encrypted). This package reads both, holds one against the other, and prepares what settlement sends.
"""
