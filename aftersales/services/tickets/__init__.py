"""A customer's request, act by act: taken in, given to a dealer, answered, resolved, reopened, rated, forgotten."""
