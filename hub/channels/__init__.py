"""Channels: the contract, the registry, the counters and one adapter a kind. Pure: no Flask, no SQLAlchemy."""
