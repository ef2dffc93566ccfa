"""Measures: what the hub needs, beside the bare work in the same run."""
