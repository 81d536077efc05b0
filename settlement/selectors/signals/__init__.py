"""Facts for the signals: one set-based reduction a rule, as known at an instant, in one window.

Each module has ``read`` (facts, each with a hint by which its evidence is found again) and ``evidence`` (of what the
rule found, the most telling pieces as they were).
"""
