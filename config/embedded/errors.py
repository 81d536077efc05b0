class ServicesError(Exception):
    """The embedded servers cannot be provided; the message says why and what to do about it."""
