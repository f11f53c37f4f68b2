"""Takes on the mails and text messages of functions that run in containers of `sam local`.

Usage: sink.py ADDRESS MAIL_PORT TEXT_PORT FOLDER

Certificates are of an authority of its own. It writes `configure.json`, the event that tells `notify` to
deliver here, and each message as an `.eml` file into `mailbox`, as `cargo run` does. It stands for
no real server: what a server may refuse is tried by `cargo xtask contract`.
"""

import email
import email.policy
import http.server
import itertools
import json
import pathlib
import ssl
import sys

import trustme
from aiosmtpd.controller import Controller

ADDRESS, MAIL_PORT, TEXT_PORT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
FOLDER = pathlib.Path(sys.argv[4])
MAILBOX = FOLDER / "mailbox"
NUMBERS = itertools.count(1)


def keep(recipient, subject, text):
    """Puts a message into the mailbox, whole or not at all."""
    draft = MAILBOX / f"{next(NUMBERS):04}.new"
    draft.write_text(f"To: {recipient}\nSubject: {subject}\n\n{text}\n", encoding="utf-8")
    draft.rename(draft.with_suffix(".eml"))


class Mails:
    """Takes every mail on."""

    async def handle_DATA(self, server, session, envelope):
        """Keeps a mail as it is read: its recipients, its subject, its plain text."""
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.SMTP)
        plain = mail.get_body(preferencelist=("plain",))
        keep(", ".join(envelope.rcpt_tos), str(mail["Subject"]), plain.get_content())
        return "250 taken"


class Texts(http.server.BaseHTTPRequestHandler):
    """Takes every text message on."""

    def do_POST(self):
        """Keeps a text message; a number is no address, so that it gets the end of one."""
        size = int(self.headers["content-length"])
        message = json.loads(self.rfile.read(size))
        keep(f"{message['to']}@sms.invalid", "", message["text"])
        self.send_response(204)
        self.end_headers()


def settings(roots):
    """The event by which an operator configures delivery."""
    mail = {
        "host": ADDRESS,
        "port": MAIL_PORT,
        "tls": "implicit",
        "from": "OpenDataLab Personal Center <no-reply@center.example>",
        "roots": roots,
    }
    # The secret is 32 zero bytes: whoever is on this machine may send text messages to a file.
    text = {
        "url": f"https://{ADDRESS}:{TEXT_PORT}/send",
        "key_id": "local",
        "secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "roots": roots,
    }
    return {"do": "configure", "mail": mail, "text": text}


def main():
    """Listens on both ports."""
    MAILBOX.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(ADDRESS).configure_cert(context)
    Controller(Mails(), ADDRESS, MAIL_PORT, enable_SMTPUTF8=True, ssl_context=context).start()
    texts = http.server.ThreadingHTTPServer((ADDRESS, TEXT_PORT), Texts)
    texts.socket = context.wrap_socket(texts.socket, server_side=True)
    roots = authority.cert_pem.bytes().decode()
    event = FOLDER / "configure.new"
    event.write_text(json.dumps(settings(roots)), encoding="utf-8")
    # Whoever sees the event may send it: both servers listen.
    event.rename(FOLDER / "configure.json")
    texts.serve_forever()


main()
