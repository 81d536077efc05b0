"""Master data and HQ's facts from tables and calls: one way in for files, the API and corrections.

Read in this order:

- `cells`     typed reading of one row; says which column refuses and why
- `sources`   rows of a file or of a call, readable more than once
- `taking`    one delivery while its rows are taken: counts, refusals, audit records
- `lookups`   references preloaded, so that no row costs a query
- `importing` the frame: one transaction per file, one import of a kind at a time
- `ranges`    effective-dated rows merged into the ones that stand
- then one module per kind: `regions`, `alliances`, `dealers`, `products`, `list_prices`, `shipments`, `inventory`

Rows are taken as if they had been delivered one after another: the same content again is a duplicate, other
content of an existing key starts a new effective range or is recorded as a change with before and after.
"""
