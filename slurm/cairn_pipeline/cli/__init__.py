"""The program cairn-pipeline."""
