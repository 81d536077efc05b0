"""Market support, act by act: planned and asked for, reserved, committed, proven, decided, taken back."""
