"""The log of who did what: append only, each entry chained to the one before it by a hash."""
