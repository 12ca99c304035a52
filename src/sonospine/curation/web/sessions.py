"""Who is at the page: a signed cookie, the token of its forms, and the password."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import Response

CURATOR = "curator"
ADJUDICATOR = "adjudicator"
ROLES = (CURATOR, ADJUDICATOR)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser: a random id, and the person who signed in (empty where nobody has)."""

    id: str
    name: str = ""
    role: str = CURATOR


@dataclass(frozen=True)
class Sessions:
    """Makes and knows sessions. The secret is made at start: after a restart everybody signs in again.

    Attributes
    ----------
    password
        What has to be typed to sign in; empty where none is asked.
    cookie
        Name of the cookie; two servers of one machine need two.
    """

    password: str = ""
    cookie: str = "sonospine"
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    ended: set[str] = field(default_factory=set)

    def of(self, cookies: Mapping[str, str]) -> Session | None:
        """Return the session that a request's cookies prove, ``None`` where they prove none."""
        text, _, signature = cookies.get(self.cookie, "").rpartition(".")
        if not text or not hmac.compare_digest(self._signature("cookie", text).encode(), signature.encode()):
            return None
        session = Session(**json.loads(base64.urlsafe_b64decode(text)))
        return None if session.id in self.ended else session

    def fresh(self, name: str = "", role: str = CURATOR) -> Session:
        """Return a new session; a browser has it once ``give`` has put its cookie into an answer."""
        return Session(secrets.token_urlsafe(18), name, role)

    def give(self, session: Session, response: Response) -> None:
        """Give a session's cookie to an answer."""
        values = {"id": session.id, "name": session.name, "role": session.role}
        text = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
        cookie = f"{text}.{self._signature('cookie', text)}"
        response.set_cookie(self.cookie, cookie, path="/", httponly=True, samesite="strict")

    def end(self, session: Session, response: Response) -> None:
        """End a session: its cookie proves nothing any more."""
        self.ended.add(session.id)
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="strict")

    def token(self, session: Session) -> str:
        """Return the token that every form of a session carries."""
        return self._signature("token", session.id)

    def is_token(self, session: Session, given: str) -> bool:
        """Tell whether a form's token is the session's."""
        return hmac.compare_digest(self.token(session).encode(), given.encode())

    def is_password(self, given: str) -> bool:
        """Tell, in a time that does not depend on it, whether a password is the right one."""
        digests = [hashlib.sha256(text.encode("utf-8")).digest() for text in (self.password, given)]
        return hmac.compare_digest(*digests)

    def _signature(self, purpose: str, text: str) -> str:
        return hmac.new(self.secret, f"{purpose}\x1f{text}".encode(), hashlib.sha256).hexdigest()
