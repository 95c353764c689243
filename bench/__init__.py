"""Measures what docs/benchmarks.md says: ``make bench``, on a machine that does nothing else meanwhile."""
