"""Use-cases: one public function per thing a person or the clock does."""
