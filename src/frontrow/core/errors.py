"""How the house says no: a named error with a stable ``code``, turned into RFC 9457 problem+json at the edge."""

from typing import Any, ClassVar


class Refusal(Exception):
    """Base of every named error. ``code`` is part of the API and reaches the TypeScript client.

    ``extra`` is added to the problem document (say, the seats that were taken).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "This can't be done."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = extra

    def problem(self) -> dict[str, Any]:
        """The problem document of RFC 9457."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extra,
        }


class NotFound(Refusal):
    """Also for things that exist but belong to somebody else: a foreign object is always 404."""

    code = "not_found"
    status = 404
    title = "There is nothing here."


class InvalidRequest(Refusal):
    code = "invalid_request"
    status = 422
    title = "The request doesn't make sense."


class NotLoggedIn(Refusal):
    code = "not_logged_in"
    status = 401
    title = "Please log in."


class Forbidden(Refusal):
    code = "forbidden"
    status = 403
    title = "You may not do this."


class CsrfFailed(Refusal):
    code = "csrf_failed"
    status = 403
    title = "This request didn't come from our own page. Reload the page and try again."


class IdempotencyMismatch(Refusal):
    code = "idempotency_mismatch"
    status = 422
    title = "This Idempotency-Key was used for a different request."


class Busy(Refusal):
    """A lock or the database wasn't free in time. Nothing was changed; asking again is safe."""

    code = "busy"
    status = 503
    title = "We're very busy for a moment. Nothing was changed; please try again."


class OutcomeUnknown(Refusal):
    """The connection broke at commit. The same Idempotency-Key tells what happened."""

    code = "outcome_unknown"
    status = 503
    title = "The connection broke while we were saving. Ask again with the same key to learn what happened."
