"""Fuzzing: hostile bytes for every parser, hostile blogs for the whole pipeline.

`make fuzz` runs it for as long as somebody wants; `tests/test_fuzz.py` for ten seconds. A finding
becomes a case in the test file of the module that it was found in.
"""
