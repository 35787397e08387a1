#!/usr/bin/env python3
"""Makes the files in this folder: mails signed by dkimpy, and signatures made by ssh-keygen.

    python3 -m venv venv && venv/bin/pip install dkimpy==1.1.8 pynacl==1.6.2 cryptography==50.0.2
    venv/bin/python tests/colocation/make.py

The heartbeat log and its recorder's key come from `cargo run -p harness -- colocation tests/colocation`, before.
Keys are made anew each time and thrown away: all files here change together. The moment and the machine are those of
the forge's ceremonies (tests/harness/src/ceremony.rs).
"""

import base64
import hashlib
import json
import pathlib
import subprocess
import tempfile
from email.message import EmailMessage

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

HERE = pathlib.Path(__file__).parent
AT = 2209075200
DAY = 86400
MACHINE = "intel:sgx:ppid:e8a3f02ba44268956272bc8f295e0027"
DOMAIN = "datacentre.example"


def rsa_key(bits):
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    spki = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pkcs1 = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    record = lambda der: "v=DKIM1; k=rsa; p=" + base64.b64encode(der).decode()
    return pem, record(spki), record(pkcs1)


def ed25519_key():
    key = ed25519.Ed25519PrivateKey.generate()
    seed = key.private_bytes(
        serialization.Encoding.Raw, serialization.PrivateFormat.Raw, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(seed), "v=DKIM1; k=ed25519; p=" + base64.b64encode(public).decode()


class Expiring(dkim.DKIM):
    """dkimpy writes no x=: it is put in behind t= before the field is signed."""

    expires = None
    is_dated = True

    def gen_header(self, fields, *rest, **named):
        if not self.is_dated:
            fields[:] = [(tag, value) for tag, value in fields if tag != b"t"]
        if self.expires is not None:
            at = [tag for tag, _ in fields].index(b"t") + 1
            fields.insert(at, (b"x", str(self.expires).encode()))
        return super().gen_header(fields, *rest, **named)


def signed(message, key, *, domain=DOMAIN, selector="s1", algorithm=b"rsa-sha256", canon=(b"relaxed", b"relaxed"),
           at=AT - DAY, expires=None, include=None, length=False, identity=None,
           is_dated=True):
    dkim.time.time = lambda: at
    signer = Expiring(message, signature_algorithm=algorithm)
    signer.expires = expires
    signer.is_dated = is_dated
    field = signer.sign(selector.encode(), domain.encode(), key, canonicalize=canon, include_headers=include,
                        length=length, identity=identity)
    mail = field + message
    # The independent tool takes it back.
    def dnsfunc(name, timeout=5):
        return RECORDS[name]
    if expires is None or expires > at:
        assert dkim.verify(mail, dnsfunc=dnsfunc), "dkimpy refuses its own mail"
    return mail


def mail(subject, text, *, sender=f"Dora Desk <support@{DOMAIN}>", date=AT - DAY, attach=None):
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "Witnesses <witnesses@alliance.example>"
    message["Subject"] = subject
    message["Date"] = __import__("email.utils").utils.formatdate(date)
    message["Message-ID"] = f"<1@{DOMAIN}>"
    message.set_content(text)
    if attach is not None:
        message.add_attachment(attach, maintype="application", subtype="octet-stream", filename="pledge.txt")
    if message.is_multipart():
        message.set_boundary("==boundary-of-this-test==")
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def write(name, content):
    (HERE / name).write_bytes(content if isinstance(content, bytes) else content.encode())


KEY, RECORD, RECORD_PKCS1 = rsa_key(2048)
SHORT, RECORD_SHORT, _ = rsa_key(1024)
OTHER, RECORD_OTHER, _ = rsa_key(2048)
SEED, RECORD_ED = ed25519_key()
RECORDS = {
    f"s1._domainkey.{DOMAIN}.".encode(): RECORD.encode(),
    f"short._domainkey.{DOMAIN}.".encode(): RECORD_SHORT.encode(),
    f"ed._domainkey.{DOMAIN}.".encode(): RECORD_ED.encode(),
    f"s1._domainkey.mail.{DOMAIN}.".encode(): RECORD.encode(),
    b"s1._domainkey.evildatacentre.example.": RECORD.encode(),
    b"s1._domainkey.other.example.": RECORD.encode(),
}

hosting = mail(
    "Your server in rack 12",
    "Hello,\n\nthe server with serial number 4711 stands in our hall 3, cage 4, rack 12, unit 7.\n\nDora Desk\n",
)
write("hosting.eml", signed(hosting, KEY))
write("key-record.txt", RECORD)
write("key-record-pkcs1.txt", RECORD_PKCS1)
write("key-record-other.txt", RECORD_OTHER)
write("key-record-short.txt", RECORD_SHORT)
write("key-record-ed25519.txt", RECORD_ED)

variants = HERE / "mails"
variants.mkdir(exist_ok=True)
for old in variants.iterdir():
    old.unlink()
RELAXED, SIMPLE = b"relaxed", b"simple"
folded = hosting.replace(b"Subject: Your server", b"Subject:  Your\r\n\t server ").replace(
    b"Hello,\r\n", b"Hello, \t you  \r\n \r\n") + b"\r\n\r\n"
for header in (RELAXED, SIMPLE):
    for body in (RELAXED, SIMPLE):
        write(f"mails/{header.decode()}-{body.decode()}.eml", signed(folded, KEY, canon=(header, body)))
write("mails/ed25519.eml", signed(hosting, SEED, selector="ed", algorithm=b"ed25519-sha256"))
write("mails/short-key.eml", signed(hosting, SHORT, selector="short"))
write("mails/expired.eml", signed(hosting, KEY, expires=AT - 3600))
write("mails/not-expired.eml", signed(hosting, KEY, expires=AT + 3600))
write("mails/signed-later.eml", signed(hosting, KEY, at=AT + DAY))
write("mails/dated-later.eml", signed(mail("Later", "x\n", date=AT + DAY), KEY))
write("mails/old.eml", signed(mail("Old", "x\n", date=AT - 400 * DAY), KEY, at=AT - 400 * DAY))
write("mails/subdomain.eml", signed(hosting, KEY, domain=f"mail.{DOMAIN}"))
write("mails/other-domain.eml", signed(hosting, KEY, domain="other.example"))
write("mails/look-alike-domain.eml",
      signed(mail("x", "x\n", sender="Dora <dora@evildatacentre.example>"), KEY, domain="evildatacentre.example"))
write("mails/other-sender.eml", signed(mail("x", "x\n", sender=f'"support@{DOMAIN}" <mallory@other.example>'), KEY))
write("mails/two-senders.eml",
      signed(mail("x", "x\n", sender=f"Dora <dora@{DOMAIN}>, Mallory <mallory@other.example>"), KEY))
write("mails/with-length.eml", signed(hosting, KEY, length=True))
write("mails/identity.eml", signed(hosting, KEY, identity=f"@hall3.{DOMAIN}".encode()))
write("mails/undated.eml", signed(hosting, KEY, include=[b"from", b"content-type"], is_dated=False))
write("mails/few-fields.eml", signed(hosting, KEY, include=[b"from"]))
# Two signatures: a mailing list's on top of the data centre's.
write("mails/two-signatures.eml", signed(signed(hosting, KEY), OTHER, domain="list.example", selector="s2")
      if RECORDS.setdefault(b"s2._domainkey.list.example.", RECORD_OTHER.encode()) else b"")
write("mails/encoded.eml", signed(mail("Ihr Gerät", "Grüße aus dem Rechenzentrum: das Gerät steht hier.\n"), KEY))

# Pledges.
for kind, title in (("notification", "Pledge of notification"), ("provider", "Colocation Provider Pledge")):
    document = f"{title}\n\nData Centre Example pledges about {MACHINE} what this document says.\n".encode()
    write(f"{kind}-pledge.txt", document)
    digest = hashlib.sha256(document).hexdigest()
    write(f"{kind}-pledge.eml", signed(mail(title, f"I signed the document with the SHA-256\n{digest}\n\nDora Desk\n"), KEY))
    write(f"{kind}-pledge-attached.eml", signed(mail(title, "I signed the attached document.\n", attach=document), KEY))

# The owner's claim, and a pledge signed with a key, by ssh-keygen.
claim = f"""Claim by the server's owner

I, Olga Owner, for Example Compute, own the server with the machine ID

{MACHINE}

It stands in the data centre Data Centre Example, hall 3, cage 4, rack 12, unit 7.
""".encode()
write("owner-claim.txt", claim)
with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for name in ("owner", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", folder / name], check=True)
        write(f"{name}.pub", " ".join((folder / f"{name}.pub").read_text().split()[:2]))

    def ssh(document, key, namespace, to):
        file = folder / "file"
        file.write_bytes(document)
        (folder / "file.sig").unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", folder / key, file], check=True)
        write(to, (folder / "file.sig").read_bytes())

    ssh(claim, "owner", "colocation@cloud-witness", "owner-claim.txt.sig")
    ssh(claim, "stranger", "colocation@cloud-witness", "owner-claim.stranger.sig")
    ssh(claim, "owner", "ceremony@cloud-witness", "owner-claim.namespace.sig")
    ssh((HERE / "notification-pledge.txt").read_bytes(), "owner", "colocation@cloud-witness", "notification-pledge.txt.sig")
write("certificate.pdf", b"%PDF-1.4\n% stands for an audit certificate in tests\n%%EOF\n")

# An example of a list; the networks are the RIPE NCC's own.
write("prefixes.txt", "# prefixes of the data centre\n193.0.0.0/21\n2001:67c:2e8::/48\n")

# All of it as `cloud-witness colocation check` takes it.
key_of_mail = {
    "domain": DOMAIN,
    "domain_source": "The imprint of the data centre's website, seen by both witnesses.",
    "key_record": RECORD,
    "key_record_source": "Walter Witness looked up s1._domainkey.datacentre.example on 2040-01-01 from two networks.",
}
pledge = lambda: {
    "data_centre": "Data Centre Example",
    "signatory": "Dora Desk",
    "signatory_role": "Head of operations",
    "confirmed_by": {"by": "mail", **key_of_mail},
}
file = lambda role, name: {"role": role, "name": name}
items = [
    {
        "entered": {
            "kind": "owner_claim",
            "owner": "Example Compute",
            "key": (HERE / "owner.pub").read_text(),
            "key_source": "Published at https://compute.example/keys, seen by both witnesses.",
            "certificates": [{
                "standard": "ISO/IEC 27001:2022",
                "issuer": "Example Auditors",
                "scope": "Operation of servers in colocation",
                "valid_from": AT - 300 * DAY,
                "valid_to": AT + 300 * DAY,
            }],
        },
        "files": [file("statement", "owner-claim.txt"), file("signature", "owner-claim.txt.sig"),
                  file("certificate", "certificate.pdf")],
    },
    {
        "entered": {
            "kind": "hosting_video",
            "data_centre": "Data Centre Example",
            "sha256": hashlib.sha256(b"a video").hexdigest(),
            "link": "https://video.example/walk",
            "seconds": 1260,
            "recorded_at": AT - DAY,
            "seen": "The way from the street to rack 12, the server's serial number, and its console.",
            "watched_by": ["Walter Witness", "Vera Verifier"],
        },
        "files": [],
    },
    {
        "entered": {"kind": "hosting_mail", "data_centre": "Data Centre Example", "mail": key_of_mail},
        "files": [file("mail", "hosting.eml")],
    },
    {
        "entered": {"kind": "notification_pledge", **pledge()},
        "files": [file("document", "notification-pledge.txt"), file("mail", "notification-pledge.eml")],
    },
    {
        "entered": {"kind": "provider_pledge", **pledge()},
        "files": [file("document", "provider-pledge.txt"), file("mail", "provider-pledge-attached.eml")],
    },
    {
        "entered": {
            "kind": "addresses",
            "data_centre": "Data Centre Example",
            "prefixes_source": "The data centre's list, sent with its mail.",
            "holder": None,
            "seen": [
                {"address": "193.0.1.7", "direction": "inbound", "seen_by": "Walter Witness, by curl", "seen_at": AT - DAY},
                {"address": "193.0.1.7", "direction": "outbound", "seen_by": "Vera Verifier, in her server's log", "seen_at": AT - DAY},
                {"address": "2001:67c:2e8::7", "direction": "outbound", "seen_by": "Vera Verifier, in her server's log", "seen_at": AT - DAY},
            ],
        },
        "files": [file("prefixes", "prefixes.txt")],
    },
    {
        "entered": {
            "kind": "heartbeat",
            "key": (HERE / "recorder.pub").read_text(),
            "key_source": "Read out by Walter Witness, who keeps the recorder.",
            "max_gap": 150,
            "from": AT - 3600,
            "to": AT - 60,
        },
        "files": [file("log", "heartbeat.jsonl")],
    },
    {
        "entered": {
            "kind": "beacon",
            "description": "A tamper-evident RFID seal over the lid's front edge.",
            "hashes": [{"what": "photograph of the seal", "sha256": hashlib.sha256(b"a photograph").hexdigest()}],
        },
        "files": [],
    },
]
write("evidence.json", json.dumps({"machine": MACHINE, "items": items}, indent=2, ensure_ascii=False) + "\n")
