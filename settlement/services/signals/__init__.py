"""Looking for signals of fraud, keeping what was found, trying other rules in shadow, and what follows."""
