"""Realtime: calls over WebRTC and SIP.

Source: the official OpenAPI document (RealtimeCallCreateRequest, RealtimeCallReferRequest, RealtimeCallRejectRequest); api-facts H.1.
"""

from mockapi.contract.realtime.sessions import RealtimeSession
from mockapi.contract.types import Contract


class CreateCall(Contract):
    """An offer (RFC 8866, RFC 9429), and the session that is wanted."""

    sdp: str
    session: RealtimeSession | None = None


class ReferCall(Contract):
    """Where the call is sent on to: `tel:` or `sip:`."""

    target_uri: str


class RejectCall(Contract):
    """The status of SIP that the caller gets."""

    status_code: int | None = None
