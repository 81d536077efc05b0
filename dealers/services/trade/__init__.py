"""Taking in messages of the channel trade: what was agreed, what they say, and the answer to them."""
