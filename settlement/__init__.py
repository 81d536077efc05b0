"""Money: half-month runs, statements with their proof, the ledger, and the finance reports drawn from them."""
