"""Alerts that an officer has confirmed to be sent at a later moment."""
