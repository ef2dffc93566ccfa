"""The surfaces: each folder is one face of the hub and one security boundary. Features know nothing of them."""
