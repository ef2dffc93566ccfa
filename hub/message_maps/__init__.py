"""Message maps: situations, their pre-written messages, the linter, blanks and rendering, immutable versions."""
