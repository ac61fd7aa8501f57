"""The batch pipeline of Cairn: from a block's PIE to its settled state, as dependent Slurm jobs."""

__version__ = "0.1.0"
