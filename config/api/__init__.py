"""The API's root: the calls of every app, those that need several apps, and the API's own description."""
