"""Sessions, accounts, and what administrators do with everybody's searches."""

from __future__ import annotations

from api.openapi.models import accounts as models
from api.openapi.operation import Answer, Operation

TAG = "Accounts"
ADMIN = "/api/v1/utils/admin/search_requests"

OPERATIONS = (
    Operation(
        "POST", "/api/v1/authenticate", "beginSession", TAG,
        "Sign in",
        {
            200: Answer(
                "The account; the token of the session is in the header.", models.Account,
                headers=("Authorization",),
            )
        },
        description="A session ends when it has not been used for a while.",
        errors=(400,),
        body=models.Credentials,
        examples={
            "an account": {"email_address": "name@example.org", "password": "a long password"}
        },
        access="open",
    ),
    Operation(
        "POST", "/api/v1/authenticate/end_session", "endSession", TAG,
        "Sign out",
        {200: Answer("The session has ended.", models.Nothing)},
        access="bearer",
    ),
    Operation(
        "GET", "/api/v1/accounts", "listAccounts", TAG,
        "List accounts",
        {200: Answer("Accounts by address.", models.Accounts)},
        description="For administrators.",
        errors=(400, 403),
        query=models.AccountFilter,
        access="key",
    ),
    Operation(
        "GET", ADMIN, "listSearchRequests", "Utilities",
        "List search requests of everybody",
        {200: Answer("Search requests, newest first.", models.ListedRequests)},
        description=(
            "For administrators. `file_size` and `result_count` ask for searches that have ended, "
            "whatever `active` says."
        ),
        errors=(400, 403),
        query=models.RequestFilter,
        access="key",
    ),
    Operation(
        "DELETE", f"{ADMIN}/{{request_id}}", "deleteSearchRequest", "Utilities",
        "Delete a search request and its results",
        {200: Answer("It is forgotten.", models.Nothing)},
        description="For administrators.",
        errors=(403, 404),
        access="key",
    ),
)  # fmt: skip
