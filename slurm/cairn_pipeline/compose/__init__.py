"""Pipelines composed of dispatchers and collectors, described by a file and run over durable file queues.

A dispatcher takes messages from a queue and runs a program on each; a collector makes messages (blocks) or
gathers them. Everything is files in one folder: any number of processes may serve it, any of them may die.
"""
