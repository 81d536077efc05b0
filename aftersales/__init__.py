"""Service: after-sales teams, tickets, the 24-hour clock and satisfaction reports."""
