"""The guest's side in figures: paths, limits, error codes, and what no source confirms.

Sources, by the keys of protocols/genesys.md: T is Genesys' mobile transport SDK, J its Java guest SDK (the schema of
this protocol), F its developer forum, N a public repository's notes on Genesys' pages and two live sessions. What no
source confirms, or N alone, is in ``Unverified``.
"""

from __future__ import annotations

from typing import ClassVar

SOCKET_PATH = "/v1"
CONFIG_PATH = "/webdeployments/v1/deployments/{deployment_id}/config.json"
HISTORY_PATH = "/api/v2/webmessaging/messages"
JWT_EXCHANGE_PATH = "/api/v2/webdeployments/token/oauthcodegrantjwtexchange"
JWT_REFRESH_PATH = "/api/v2/webdeployments/token/refresh"
JWT_REVOKE_PATH = "/api/v2/webdeployments/token/revoke"

TYPING_COOL_DOWN_S = 5.0
"""Between two of the guest's typing events. Source: T, UserTypingProvider."""
TYPING_DURATION_S = 5.0
"""Of an agent's typing event that does not say. Source: T, FALLBACK_TYPING_INDICATOR_DURATION."""
MESSAGES_PER_S = 5.0
"""onMessage per session, typing included. Source: N, the limits page; F 23587 said 2 in 2023. What a server really takes
it tells by TooManyRequestsErrorMessage."""
HEALTH_CHECK_S = 30.0
"""At most one echo in this time. Source: T."""
HEALTH_CHECK_TRACING_ID = "SGVhbHRoQ2hlY2tNZXNzYWdlSWQ="
"""Source: T."""
EXPIRY_NOTICE_S = 300.0
"""Before the session expires. Source: T, sessionDuration."""
MAX_CUSTOM_ATTRIBUTES_BYTES = 2048
"""Source: T; also SessionResponse.maxCustomDataBytes."""
MAX_REAUTHENTICATIONS = 3
"""Source: T."""
ID_TOKEN_FIELD = "idToken"
"""Beside ``nonce``, in ``oauth`` of the exchange. Source: T, AuthJwtRequest."""
JWT_EARLY_S = 5.0
"""A JWT this close to its end is renewed first. Source: T."""


class Unverified:
    """What no source confirms, each used in one place only, so that one edit here corrects it.

    Of what J names and nobody describes, two things are not sent at all: ``resumeToken`` (a session is resumed by its
    own token) and ``fileMd5`` (T leaves it out; whether it is hex or Base64 is not said).
    """

    MESSAGING_DOMAINS: ClassVar[dict[str, str]] = {
        "sae1.pure.cloud": "sae1.pure.cloud",
        "edee1.eusc-pure.cloud": "edee1.eusc-pure.cloud",
    }
    """Regions that J's list of messaging hosts lacks: that ``webmessaging.`` stands before their domain as elsewhere."""
    OWN_TYPING_IS_NEWS = False
    """Whether a guest's own typing comes back is not known; if it does, it says nothing new."""
    RECEIPTS_ARE_REFUSED = False
    """What becomes of a guest's Receipt is not known. The client sends none; the simulator takes it silently."""

    MAX_TEXT_BYTES = 4096
    """Of UTF-8. Source: N, the limits page; the server's 4011 names the number that it allows."""
    HISTORY_PAGES_PER_MIN = 10
    """Of one session. Source: N, the limits page."""
    HISTORY_PAGE_SIZE = 100
    """J pages with 100; whether more is allowed is not known."""
    CONNECTIONS = 3
    """Of one session; the fourth ends the oldest by a ConnectionClosedEvent. Source: N, the limits page."""
    HISTORY_JWT_S = 60.0
    """What a getJwt is good for. Source: N; the answer says when it ends."""
    MAX_FILE_NAME_CHARACTERS = 1023
    """Source: N, below 1,024; error 4005 comes without a number."""
    NAMES_NEED_AN_EXTENSION = True
    """Source: N."""
    SECOND_DOMAINS: ClassVar[dict[str, str]] = {
        "mypurecloud.com": "use1.pure.cloud",
        "mypurecloud.ie": "euw1.pure.cloud",
        "mypurecloud.de": "euc1.pure.cloud",
        "mypurecloud.jp": "apne1.pure.cloud",
        "mypurecloud.com.au": "apse2.pure.cloud",
    }
    """The other name of an older region. Source: N."""
    UPLOAD_HOSTS: ClassVar[dict[str, str]] = {
        "mypurecloud.com": "shyrka-prod.s3.amazonaws.com",
        "usw2.pure.cloud": "shyrka-prod-usw2.s3.us-west-2.amazonaws.com",
        "cac1.pure.cloud": "shyrka-prod-cac1.s3.ca-central-1.amazonaws.com",
        "mxc1.pure.cloud": "shyrka-prod-mxc1.s3.mx-central-1.amazonaws.com",
        "sae1.pure.cloud": "shyrka-prod-sae1.s3.sa-east-1.amazonaws.com",
        "mypurecloud.ie": "shyrka-prod-euw1.s3.eu-west-1.amazonaws.com",
        "euw2.pure.cloud": "shyrka-prod-euw2.s3.eu-west-2.amazonaws.com",
        "mypurecloud.de": "shyrka-prod-euc1.s3.eu-central-1.amazonaws.com",
        "euc2.pure.cloud": "shyrka-prod-euc2.s3.eu-central-2.amazonaws.com",
        "mec1.pure.cloud": "shyrka-prod-mec1.s3.me-central-1.amazonaws.com",
        "aps1.pure.cloud": "shyrka-prod-aps1.s3.ap-south-1.amazonaws.com",
        "mypurecloud.jp": "shyrka-prod-apne1.s3.ap-northeast-1.amazonaws.com",
        "apne2.pure.cloud": "shyrka-prod-apne2.s3.ap-northeast-2.amazonaws.com",
        "apne3.pure.cloud": "shyrka-prod-apne3.s3.ap-northeast-3.amazonaws.com",
        "apse1.pure.cloud": "shyrka-prod-apse1.s3.ap-southeast-1.amazonaws.com",
        "mypurecloud.com.au": "shyrka-prod-apse2.s3.ap-southeast-2.amazonaws.com",
        "use2.us-gov-pure.cloud": "shyrka-fedramp-use2-core.s3-fips.us-east-2.amazonaws.com",
    }
    """By domain, where guests' files are put. Source: N, quoting Genesys' contentSecurityPolicy page; apse1 and mxc1 by
    its pattern. That the PUT goes to these is inferred."""
    EXPIRED_UPLOAD_STATUSES = frozenset({400, 401, 403, 410})
    """Of a PUT to an address that has expired: object stores differ, S3 says 403."""
    DISCONNECT_ACTION = "disconnectCustomer"
    """The action exists in J; its body is presumably action and token only."""
    UNKNOWN_DEPLOYMENT_STATUS = 404
    """Of the handshake, for a deployment that does not exist."""
    INACTIVE_DEPLOYMENT_STATUS = 403
    """Of the handshake, for a deployment that is switched off."""


ERROR_WORDS: dict[int, str] = {
    409: "The conversation can only be read.",
    401: "The session is not authenticated.",
    403: "Not enabled for this deployment, or this origin is not allowed.",
    4000: "This feature is not available.",
    4001: "This type of file is not allowed.",
    4002: "The file is too large.",
    4003: "The file's content is not what its name says, or is not allowed.",
    4004: "The file's name is not allowed.",
    4005: "The file's name is too long.",
    4006: "The session has expired. Start a new conversation.",
    4007: "The session was not found. Check the deployment id, or start a new conversation.",
    4008: "The attachment has expired.",
    4009: "The attachment was not found.",
    4010: "The attachment was not uploaded.",
    4011: "The message is too long.",
    4013: "The custom attributes are too large.",
    4017: "A signed-in session cannot become an anonymous one.",
    4020: "A parameter is missing.",
    4029: "Too many requests.",
    4102: "The file is empty.",
    5000: "Genesys Cloud had an unexpected error.",
}
"""Source: T, core/ErrorCode.kt; 409: ovotech/genesys-web-messaging-tester#165; 4102: N. The words are ours."""
