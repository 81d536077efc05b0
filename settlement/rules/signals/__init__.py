"""Signals of fraud (rulebook section 7): one rule a file, pure, each with its version, limits and facts.

A rule takes the facts of one dealer (or of a company's trades) in one window and says what it found as a sentence
with numbers. It accuses nobody: a signal asks somebody to look. Limits are terms of the policy.
"""
