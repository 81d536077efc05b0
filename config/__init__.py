"""Wiring: settings, urls, the API root, the task application and its schedule, demo data. No rules."""
