"""The codes any call may answer with, for the API's pages. Codes of single rules explain themselves by ``detail``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

PROBLEM_CODES = (
    (400, "invalid", _("Some fields are not valid; `errors` names each with its reason.")),
    (400, "bad_json", _("The body is not JSON, names a key twice or is nested too deeply.")),
    (400, "not_utf8", _("The body is not UTF-8.")),
    (400, "broken_gzip", _("The body says it is gzip and is not, or not whole.")),
    (400, "bad_cursor", _("The cursor did not come from `next` or `previous` of a list.")),
    (400, "dealer_required", _("HQ says by ?dealer= whose delivery it is.")),
    (400, "bad_idempotency_key", _("An Idempotency-Key has 1 to 200 printable ASCII characters.")),
    (401, "not_authenticated", _("Send Authorization: Bearer with your key.")),
    (401, "unknown_key", _("There is no such key; check that it was copied whole.")),
    (401, "key_ended", _("The key has expired or was revoked; ask for a new one.")),
    (403, "permission_denied", _("The key lacks the scope of this call, or the person's role the right.")),
    (403, "csrf_failed", _("A call with a browser session needs the header X-CSRFToken.")),
    (404, "not_found", _("There is no such thing, or it is not yours to see.")),
    (405, "method_not_allowed", _("The call exists, but not with this method.")),
    (406, "not_acceptable", _("The answer cannot be given in the form that Accept asks for.")),
    (409, "still_running", _("The first request with this Idempotency-Key is still running; ask again shortly.")),
    (413, "body_too_large", _("The body is too large; send several.")),
    (415, "unknown_content_type", _("The content type is not understood; `detail` names those that are.")),
    (415, "unknown_encoding", _("Only gzip is understood as Content-Encoding.")),
    (422, "idempotency_key_reused", _("This Idempotency-Key was used for another request.")),
    (429, "throttled", _("Too many calls; wait for the seconds in Retry-After.")),
    (500, "internal_error", _("Something failed on our side; send the request again in a moment.")),
)
