"""The law as pure functions: no storage, no web, no broker, no system clock."""
