"""Why something did not leave, told apart by whose trouble it is; every channel raises these."""


class RetryableFailure(Exception):
    """It may get through later: a busy server, a greylist, a line cut on the way."""


class ServerFailure(RetryableFailure):
    """The server takes nothing at all now: not reachable, refused login, no room. What waits is not at fault."""


class FinalFailure(Exception):
    """Refused for good: another try cannot help."""


class Unwritable(FinalFailure):
    """There is nothing that could be handed over; the server was never asked."""
