"""Pure rules of the rebates: what a base has earned, what of it is due, and how that is proved.

- `quantities`   money and rates as whole numbers of their smallest unit
- `programs`     a program, and a program reckoned in one window
- `entitlement`  what a base earns by its brackets, with the slices
- `dues`         what a dealer's windows have earned, less what they have settled
- `proof`        a due in a form that explains itself, and the check that it adds up
- `forfeiture`   what a forfeited year cancels and takes back
- `remote_subsidy` what a quarter's purchases into remote regions earn
- `pools`        what an alliance earns together, and each member's share
"""
