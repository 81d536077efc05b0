"""How values look on a page: words for numbers, times and states, drawn icons and charts.

Pure functions; :mod:`config.templatetags.halfmoon` hands them to the templates.
"""
