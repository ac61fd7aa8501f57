"""Stages as Slurm jobs: the batch script, what is submitted when, and what runs inside a job."""
