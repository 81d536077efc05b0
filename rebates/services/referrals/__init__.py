"""Referral leads, act by act: taken in, assigned, followed up, dealt, called back, rewarded."""
