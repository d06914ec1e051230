"""Damaged and hostile inputs for every reader: ``python -m tests.fuzz`` (``make fuzz``).

mutations · archives · databases   inputs made of good ones, each known by its number
documents · web · typed · stored   the readers, with good inputs and what must hold
targets                            all of them
runner                             runs them in processes of their own, and watches these
kept/                              inputs that a reader failed once
"""
