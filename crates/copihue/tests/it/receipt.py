"""Checks a .tlog-proof without any code of this project: RFC 6962, C2SP signed notes, and PyPI cryptography for Ed25519.

    python receipt.py RECEIPT POLICY

Prints the disclosed fields as JSON; any doubt ends with an error.
"""
import base64
import hashlib
import hmac
import json
import sys

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def b64(text):
    return base64.b64decode(text, validate=True)


def b64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def to_b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data):
    return hashlib.sha256(data).digest()


def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def jcs(value):
    # Enough of RFC 8785 for texts, integers, booleans, lists and objects with ASCII names.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def record(extra):
    """The log's entry that the disclosed record gives, and its fields."""
    if "entry" in extra:
        return extra["entry"].encode(), json.loads(extra["entry"])["r"]
    for name, shown in extra["open"].items():
        commitment = mac(b64url(shown["s"]), f"copihue/field/v1\n{name}\n{jcs(shown['x'])}")
        assert commitment == b64url(extra["fields"][name]), f"{name} is not what was committed"
    commitment = sha256(("copihue/record/v1\n" + jcs(extra["fields"])).encode())
    entry = jcs({"c": to_b64url(commitment), "k": extra["k"], "v": 1}).encode()
    return entry, {name: shown["x"] for name, shown in extra["open"].items()}


def root(leaf, index, size, path):
    assert index < size
    last, node = size - 1, leaf
    for sibling in path:
        assert last > 0, "the path is too long"
        if index % 2 == 1 or index == last:
            node = sha256(b"\x01" + sibling + node)
            while index % 2 == 0 and index != 0:
                index, last = index // 2, last // 2
        else:
            node = sha256(b"\x01" + node + sibling)
        index, last = index // 2, last // 2
    assert last == 0, "the path is too short"
    return node


def log_keys(policy):
    for line in policy.splitlines():
        words = line.split("#")[0].split()
        if words and words[0] == "log":
            name, key_id, data = words[1].split("+", 2)
            assert sha256(name.encode() + b"\n" + b64(data))[:4].hex() == key_id
            assert b64(data)[0] == 1
            yield name, key_id, Ed25519PublicKey.from_public_bytes(b64(data)[1:])


def check(proof, policy):
    head, note = proof.split("\n\n", 1)
    lines = head.split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("extra ") and lines[2].startswith("index ")
    extra, index, path = json.loads(b64(lines[1][6:])), int(lines[2][6:]), [b64(line) for line in lines[3:]]
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, tree_root = text.split("\n")[:3]
    signed = False
    for name, key_id, key in log_keys(policy):
        for line in signatures.splitlines():
            _, signer, data = line.split(" ")
            if name == origin == signer and b64(data)[:4].hex() == key_id:
                key.verify(b64(data)[4:], text.encode())
                signed = True
    assert signed, "no log of the policy signed this"
    entry, fields = record(extra)
    assert root(sha256(b"\x00" + entry), index, int(size), path) == b64(tree_root), "it is not in the log"
    return fields


if __name__ == "__main__":
    receipt, policy = (open(path, encoding="utf-8", newline="").read() for path in sys.argv[1:3])
    print(json.dumps(check(receipt, policy), ensure_ascii=False))
