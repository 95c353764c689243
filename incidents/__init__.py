"""incidents72: from the first report of a data breach to the register entry that proves it.

The flow, one word per step, one file of that name in rules/, steps/, web/, templates/pages/ and tests/:

report → clock → assess → decide → draft → send → register
"""

__version__ = "0.1.0"
