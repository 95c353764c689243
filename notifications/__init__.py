"""Everything that leaves the house: mail, documents, calendars."""
