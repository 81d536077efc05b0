"""Admission, from an invitation to the active dealer with its first account.

Read in this order:

- `links`       private links: made, found and closed
- `acting`      the lock, the table and the record every step goes through
- `opening`     inviting, and beginning an application
- `filling`     what the applicant tells us, step by step, and its papers
- `answering`   what the applicant does with the whole: hand in, answer, withdraw
- `reviewing`   what headquarters finds: checks, questions, recommendation
- `deciding`    another person's decision
- `activating`  contract, dealer, first account and key
- `mails`       e-mails to people without an account
- `erasing`     forgetting what came to nothing
"""
