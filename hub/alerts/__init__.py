"""Alerts: what is asked for, checked, shown, confirmed, sent, followed up and ended."""
