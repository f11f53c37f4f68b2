"""A person for Schemathesis: registers by the mailbox, and has a live session for every request.

Schemathesis loads it by `SCHEMATHESIS_HOOKS`. `PC_API` is the server; `PC_MAILBOX` names the folder
of its mails, and without it every request is anonymous. `PC_REACHED` is a file that gets a line for
each operation: how often it succeeded, and which it is.

No operation is left out. Some end the session that they are called with (`DELETE /v1/sessions/{id}`,
`POST /v1/me/cancellation`, `DELETE /v1/me/cancellation`), so each request asks before whether the
session still counts, and where it does not, another person registers.

Every second request, by its own digest, gets what is right for that person in the places of what was
made up: without that no call would come further than the first check.
"""

import atexit
import base64
import collections
import functools
import hashlib
import hmac
import itertools
import json
import os
import pathlib
import re
import time

import requests
import schemathesis

API = os.environ["PC_API"]
MAILBOX = os.environ.get("PC_MAILBOX")
REACHED = os.environ.get("PC_REACHED")
PASSWORD = "correct horse battery staple"
NUMBERS = itertools.count()
SUCCEEDED = collections.Counter()
# The mails that came, in their order.
READ = {}
CODE = r"\b(\d{8})\b"


def send(method, path, token=None, **body):
    """A call of our own, which has to succeed."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.request(method, API + path, json=body or None, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer


def all_mailed(address, pattern):
    """What each mail to an address has of a form, the newest last."""
    for mail in set(pathlib.Path(MAILBOX).glob("*.eml")) - READ.keys():
        READ[mail] = mail.read_text()
    texts = [text for text in READ.values() if f"To: {address}\n" in text]
    return [found[1] for text in texts if (found := re.search(pattern, text))]


def mailed(address, pattern, before=0):
    """What a further mail to an address has of a form, where so many were there before."""
    for _ in range(500):
        if len(found := all_mailed(address, pattern)) > before:
            return found[-1]
        time.sleep(0.02)
    raise RuntimeError("the mail did not come")


def code_of(purpose, address, token=None):
    """Asks for a code, and reads it: the verification, and the code."""
    more = {} if purpose == "reauthenticate" else {"address": address}
    if purpose == "register":
        more["age"] = {"band": "adult"}
    channel, at = ("email", "") if "@" in address else ("phone", "@sms.invalid")
    before = len(all_mailed(address + at, CODE))
    asked = send("POST", "/v1/verifications", token, purpose=purpose, channel=channel, **more)
    return asked.json()["verification"], mailed(address + at, CODE, before)


def totp(secret):
    """The code that an authenticator app shows now (RFC 6238)."""
    step = int(time.time()) // 30
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


class Person:
    """Somebody with a session."""

    def __init__(self):
        self.address = f"person{next(NUMBERS)}@example.org"
        verification, code = code_of("register", self.address)
        self.policy = send("GET", "/v1/policy").json()["version"]
        made = send(
            "POST",
            "/v1/accounts",
            verification=verification,
            code=code,
            password=PASSWORD,
            policy_version=self.policy,
            consents=[],
        )
        self.token = made.json()["token"]

    def me(self):
        """What the session shows; nothing where it is over, or the account about to end."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.get(f"{API}/v1/me", headers=headers, timeout=10)
        return answer if answer.ok and answer.json()["state"] == "active" else None

    def cancelled(self):
        """Cancels: the receipt, and the token of the link in the mail."""
        receipt = send("POST", "/v1/me/cancellation", self.token).json()["receipt"]
        return receipt, mailed(self.address, r"/v1/cancellation-links/(\S+)")

    def with_contact(self, channel, address):
        """Sets a further contact."""
        verification, code = code_of("contact", address, self.token)
        path = f"/v1/me/contacts/{channel}"
        send("PUT", path, self.token, verification=verification, code=code)
        return channel

    def moved(self):
        """Changes the contact: the token of the link in the mail to the one before."""
        self.with_contact("email", f"further{next(NUMBERS)}@example.org")
        return mailed(self.address, r"/v1/contact-change-links/(\S+)")

    def copied(self):
        """The id of a part of a copy."""
        asked = send("POST", "/v1/me/exports", self.token).json()
        return asked["parts"][0]["href"].rsplit("/", 1)[1]

    def begun(self):
        """Begins to set up an authenticator app: its secret."""
        return send("POST", "/v1/me/factors/totp", self.token).json()["secret"]

    def with_app(self):
        """Sets up an authenticator app."""
        send("PUT", "/v1/me/factors/totp", self.token, code=totp(self.begun()))

    def proof(self, members):
        """What proves identity again: a code where that was thought of, or the password."""
        if "code" not in members:
            return {"password": PASSWORD}
        verification, code = code_of("reauthenticate", self.address, self.token)
        return {"verification": verification, "code": code}

    def body(self, label, members):
        """What is right for members of a body."""
        right = {
            "login": self.address,
            "password": PASSWORD,
            "current": PASSWORD,
            "new": PASSWORD,
            "policy_version": self.policy,
        }
        further = f"further{next(NUMBERS)}@example.org"
        if label == "POST /v1/reauthentications":
            return self.proof(members)
        if label == "PUT /v1/me/factors/totp":
            return {"code": totp(self.begun())}
        if "code" in members:
            purpose = PURPOSES.get(label, "contact")
            # A reset ends every session: somebody else's.
            address = Person().address if purpose == "reset" else further
            token = self.token if purpose == "contact" else None
            right["verification"], right["code"] = code_of(purpose, address, token)
        if "address" in members:
            right |= {"purpose": "contact", "channel": "email", "address": further}
        return {name: value for name, value in right.items() if name in members}


@functools.cache
def of_a_link(act):
    """What a page of a link may be asked for again and again: it changes nothing."""
    return act(Person())


# What is right for the parameter in a path.
PATHS = {
    "DELETE /v1/me/contacts/{channel}": lambda person: person.with_contact(
        "phone", f"+86138{next(NUMBERS):08}"
    ),
    "DELETE /v1/sessions/{id}": lambda _: "current",
    "GET /v1/me/exports/{id}": Person.copied,
    "GET /v1/policy/versions/{id}/changes": lambda person: person.policy,
    "GET /v1/receipts/{id}": lambda _: of_a_link(Person.cancelled)[0],
    "GET /v1/cancellation-links/{token}": lambda _: of_a_link(Person.cancelled)[1],
    "POST /v1/cancellation-links/{token}": lambda _: Person().cancelled()[1],
    "GET /v1/contact-change-links/{token}": lambda _: of_a_link(Person.moved),
    "POST /v1/contact-change-links/{token}": lambda _: Person().moved(),
}


# What a code is for, where it is not for a further contact.
PURPOSES = {
    "POST /v1/accounts": "register",
    "POST /v1/contact-detachments": "detach",
    "POST /v1/password-resets": "reset",
}

# What may not stand beside what is right.
BESIDE = {
    "POST /v1/password-resets": ["second"],
    "POST /v1/reauthentications": ["password", "totp", "recovery_code", "verification", "code"],
    "POST /v1/sessions": ["recovery_code"],
    "POST /v1/verifications": ["age"],
}

# What needs an authenticator app, or sets one up: by people of their own, since the person who asks
# for all the rest logs in by password alone.
FACTORS = {
    "PUT /v1/me/factors/totp": lambda _: None,
    "DELETE /v1/me/factors/totp": Person.with_app,
    "POST /v1/me/factors/recovery-codes": Person.with_app,
}


class Sessions:
    """Gives each request the token of a live session."""

    person = None

    def get(self, _case, _context):
        if Sessions.person is None or Sessions.person.me() is None:
            Sessions.person = Person()
        return Sessions.person.token

    def set(self, case, token, _context):
        case.headers["Authorization"] = f"Bearer {token}"


if MAILBOX:
    schemathesis.auth(refresh_interval=None)(Sessions)


def is_helped(case):
    """Whether a request gets what is right: decided by itself, so that it is the same again."""
    made_up = json.dumps([case.body, case.path_parameters], sort_keys=True, default=str)
    return hashlib.sha256(made_up.encode()).digest()[0] % 2 == 0


def put_right(case, person):
    """Puts what is right for a person into a request."""
    label = case.operation.label
    if label in FACTORS:
        person = Person()
        FACTORS[label](person)
        case.headers["Authorization"] = f"Bearer {person.token}"
    if isinstance(case.body, dict):
        right = person.body(label, case.body)
        for name in BESIDE.get(label, []):
            case.body.pop(name, None)
        case.body |= right
    if label in PATHS:
        for name in case.path_parameters:
            case.path_parameters[name] = PATHS[label](person)
    if "from" in case.query:
        case.query["from"] = "personal-center-draft-1"
    if case.method == "PATCH" and (me := person.me()):
        case.headers["If-Match"] = me.headers["ETag"]


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Puts right what is made up, where there is a person."""
    if Sessions.person is None or not is_helped(case):
        return
    try:
        put_right(case, Sessions.person)
    except requests.HTTPError:
        # A limit was reached: another person has it anew.
        Sessions.person = Person()
        case.headers["Authorization"] = f"Bearer {Sessions.person.token}"
        put_right(case, Sessions.person)


@schemathesis.hook
def after_call(_context, case, response):
    """Counts what succeeded."""
    SUCCEEDED[case.operation.label] += 200 <= response.status_code < 300


@atexit.register
def write_down():
    if REACHED:
        lines = (f"{times} {label}\n" for label, times in sorted(SUCCEEDED.items()))
        pathlib.Path(REACHED).write_text("".join(lines))
