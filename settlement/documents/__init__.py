"""Statements as files: what they say (``paper``), and how PDF, workbook, table and record write it down.

Nothing here reads a row or a clock: a paper is given whole, and the same paper always gives the same bytes, so that a
stored document can be made once more and compared (:mod:`settlement.selectors.document_faults`).
"""
