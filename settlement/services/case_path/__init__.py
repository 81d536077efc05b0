"""The life of a case, one module per part of its way. Every act locks the case first.

Opening and evidence: :mod:`settlement.services.cases` and :mod:`~settlement.services.case_intake`; ``working`` (own,
prioritise, note, add evidence, propose dismissal), ``merging``, ``hearing`` (ask the dealer, extend, reply, opened),
``deciding``, ``applying`` (what follows), ``appealing``, ``reversing`` (overturned to the cent, ladder) and
``sweeping`` (what time does). What may be read: :mod:`settlement.selectors.cases`,
:mod:`~settlement.selectors.case_examination`, :mod:`~settlement.selectors.case_reckoning` and
:mod:`~settlement.selectors.case_board`.
"""
