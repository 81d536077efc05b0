"""Opening, answering and deciding disputes. A statement is locked before its disputes, always in that order."""
