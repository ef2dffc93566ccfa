"""The delivery promise: what was triggered is never lost and never doubled."""
