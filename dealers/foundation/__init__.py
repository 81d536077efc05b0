"""What every part of the product stands on: values and small mechanisms that know no business of their own.

Nothing here reads a row or a setting; only `wording` knows Django, so that rules may stand on all of it. Money,
time and files are treated the same way everywhere because they are treated here.

- `money`         rounding half up, splitting without loss, strict reading of decimals
- `clock`         the one clock, business days in Asia/Shanghai, strict reading of instants
- `half_months`   the half-month period
- `periods`       half-months together with quarters, years and settlement windows: import from here
- `work_calendar` one version of the working-day calendar, as a value
- `state_council` where that calendar comes from
- `working_days`  deadlines and leads counted in working days: import from here
- `effective`     date spans, and where a new effective range goes among the ones that stand
- `transitions`   a lifecycle as one table
- `refusals`      an input refused with a reason, translatable
- `wording`       where a stored sentence is translated
- `findings`      what a rule or check found, translatable when shown
- `tabular`       tables as people have them: CSV in their encodings, compressed, spreadsheets; and safe exports
- `uscc`, `gtin`  check digits of credit codes and article numbers
- `digest`        one canonical JSON form, and its fingerprint
- `barrier`       the lock that makes "everything received so far" a definite set
- `yaml_documents` strict YAML: plain values, the line of each, no aliases, no key twice
- `faults`        what is wrong with a document, at which path and line
- `terms`         sections of the policy document as frozen values: import `Section`, `Terms`, `rows` from here
- `term_values`   the kinds of value terms are made of: amounts, shares, days, codes, one per tier
"""
