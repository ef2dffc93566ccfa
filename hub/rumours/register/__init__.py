"""The public register: a row a published rumour, kept in the transaction that publishes, and its readers."""
