"""The one way out to HTTP: guarded addresses, a total deadline, a bounded answer, verified TLS, no redirect, no proxy.

What a caller must know about a failure is whether the far side can have acted on the request. So there are two
families: `NotSent` (nothing of the request was written), `AnswerLost` (it was, and no complete valid answer came).

`GuardedClient.request` goes through `requests`, `GuardedClient.bulk` through a leaner engine; rules and outcomes are
the same, and the same tests hold both to them.
"""

from hub.kernel.http.bulk import BulkClient
from hub.kernel.http.failures import AddressRefused, AnswerLost, AnswerTooLarge, HttpFailure, NotSent
from hub.kernel.http.guarded import GuardedClient
from hub.kernel.http.reading import LARGEST_ANSWER, Answer
from hub.kernel.http.tls import tls_context

__all__ = [
    "LARGEST_ANSWER",
    "AddressRefused",
    "Answer",
    "AnswerLost",
    "AnswerTooLarge",
    "BulkClient",
    "GuardedClient",
    "HttpFailure",
    "NotSent",
    "tls_context",
]
