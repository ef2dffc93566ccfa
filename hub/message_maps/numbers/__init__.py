"""The town's own register of telephone numbers: what the maps leave to each town, checked by someone, on a day."""
