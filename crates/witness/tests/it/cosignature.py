"""Checks a cosigned checkpoint with the package `cryptography` alone."""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

case = json.loads(sys.argv[1])
text, lines = case["note"].rsplit("\n\n", 1)
text += "\n"
assert text == case["text"], "another text"


def signature(vkey):
    """The key, and the bytes of its line."""
    name, key_id, data = vkey.split("+", 2)
    data = base64.b64decode(data, validate=True)
    expected = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    assert expected.hex() == key_id, "wrong key id"
    for line in lines.splitlines():
        dash, signer, encoded = line.split(" ")
        raw = base64.b64decode(encoded, validate=True)
        if dash == "—" and signer == name and raw[:4] == expected:
            return data[0], Ed25519PublicKey.from_public_bytes(data[1:]), raw[4:]
    raise AssertionError(f"no signature by {name}")


kind, key, raw = signature(case["log"])
assert kind == 1
key.verify(raw, text.encode())
kind, key, raw = signature(case["witness"])
assert kind == 4
(time,) = struct.unpack(">Q", raw[:8])
assert time == case["time"], "another time"
key.verify(raw[8:], f"cosignature/v1\ntime {time}\n{text}".encode())
