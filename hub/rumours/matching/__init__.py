"""Which rumour does a report speak of? Five suggestions; a person decides."""
