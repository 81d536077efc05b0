"""Earnings: rebate programs over windows, what each window has earned and already settled."""
