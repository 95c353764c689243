"""The demo: fictional organisations with incidents at every point of their clocks, told by the real steps.

``cast.toml`` and ``cases.toml`` are the play, ``script`` reads it, ``found`` engages the cast, ``acts`` does what a
case says, ``walk`` takes the clock from act to act, ``sink`` receives the mails, ``staged`` puts it all together.
"""
