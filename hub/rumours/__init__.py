"""The rumour register: what is said is taken in, weighed, checked with named sources, and answered in public."""
