"""Subscriptions by e-mail: asked for, confirmed, changed, ended; addresses sealed, and erased with the subscription."""
