"""Applicative recursion: consecutive blocks in one aggregator run, within what settlement can carry.

Everything is predicted from the children's outputs before anything is proven; the aggregate stage checks the
real result again. Knows contract, files and data availability (whose layouts it measures).
"""
