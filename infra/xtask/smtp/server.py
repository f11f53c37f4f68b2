"""A mail server that is not ours: aiosmtpd, with certificates of an authority of its own.

How it behaves is in the name that a mail goes to, up to the first dash; `Handler` has them.

Usage: server.py FOLDER PORT_OF_STARTTLS PORT_OF_TLS

It writes `root.pem` and `ports`, then listens on the loopback until it is ended. Every mail is read
by Python's own parser and put into the folder as JSON, for the tests to look at.
"""

import asyncio
import email
import email.policy
import itertools
import json
import pathlib
import ssl
import sys
import threading

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

FOLDER = pathlib.Path(sys.argv[1])
STARTTLS, IMPLICIT = int(sys.argv[2]), int(sys.argv[3])
LOGIN = LoginPassword(login=b"center", password=b"open sesame")
NUMBERS = itertools.count()


def read(envelope):
    """What a reader's program makes of a mail."""
    mail = email.message_from_bytes(envelope.original_content, policy=email.policy.SMTP)
    plain, html = (mail.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    return {
        "sender": envelope.mail_from,
        "recipients": envelope.rcpt_tos,
        "id": mail["Message-ID"],
        "subject": str(mail["Subject"]),
        "plain": plain.get_content(),
        "html": html.get_content(),
        "defects": [str(defect) for part in mail.walk() for defect in part.defects],
    }


class Handler:
    """Takes mails on, in the mood that the recipient's name asks for."""

    def __init__(self):
        self.seen = set()

    def is_first(self, address):
        """Whether an address is met for the first time."""
        known = address in self.seen
        self.seen.add(address)
        return not known

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Greylists, refuses, or agrees."""
        mood = address.split("-")[0]
        if mood == "greylisted" and self.is_first(address):
            return "451 4.7.1 Greylisted, come back later"
        if mood == "refused":
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        """Puts a mail into the folder, whole or not at all."""
        address = envelope.rcpt_tos[0]
        mood = address.split("-")[0]
        if mood == "unwanted":
            return "554 5.7.1 Not this content"
        if mood == "slow":
            await asyncio.sleep(2)
        if mood == "silent" and self.is_first(address):
            await asyncio.sleep(30)
        if mood == "cut" and self.is_first(address):
            server.transport.abort()
            return "421 gone"
        draft = FOLDER / f"{next(NUMBERS)}.draft"
        draft.write_text(json.dumps(read(envelope)), encoding="utf-8")
        draft.rename(draft.with_suffix(".json"))
        if mood == "deaf" and self.is_first(address):
            server.transport.abort()
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    """Knows one name and password."""
    return AuthResult(success=data == LOGIN, handled=False)


def main():
    """Listens on both ports."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(FOLDER / "root.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    (FOLDER / "ports").write_text(f"{STARTTLS} {IMPLICIT}")
    common = {"authenticator": authenticate, "auth_required": True, "enable_SMTPUTF8": True}
    # What is secured from the first byte counts as clear for aiosmtpd.
    wrapped = {"ssl_context": context, "auth_require_tls": False}
    Controller(Handler(), "127.0.0.1", IMPLICIT, **common, **wrapped).start()
    upgraded = {"tls_context": context, "require_starttls": True}
    Controller(Handler(), "127.0.0.1", STARTTLS, **common, **upgraded).start()
    threading.Event().wait()


main()
