"""Ground floor: database, settings, clock, ids, errors, logging, outgoing HTTP. Knows no feature."""
