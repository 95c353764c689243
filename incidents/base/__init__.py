"""What every layer may use: time, errors, settings, ids, Hungarian grammar, dated law files."""
