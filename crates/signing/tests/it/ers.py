"""Reads an evidence record (RFC 4998) with nothing of ours: python's asn1crypto for the structure, hashlib for the tree,
openssl for each timestamp. Usage: ers.py RECORD SHA256 CAFILE... Prints how many timestamps it verified."""

import hashlib
import subprocess
import sys
import tempfile

from asn1crypto import parser

record, digest, roots = sys.argv[1], bytes.fromhex(sys.argv[2]), sys.argv[3:]


def split(content):
    while content:
        _, _, tag, header, inner, trailer = parser.parse(content, strict=False)
        whole = header + inner + trailer
        yield header[0], inner, whole
        content = content[len(whole):]


def node(hashes):
    return hashes[0] if len(hashes) == 1 else hashlib.sha256(b"".join(sorted(hashes))).digest()


with open(record, "rb") as file:
    outer = list(split(file.read()))
assert len(outer) == 1 and outer[0][0] == 0x30
version, algorithms, chains = list(split(outer[0][1]))
assert version[1] == b"\x01" and chains[0] == 0x30
chain, = split(chains[1])
stamps, covered = 0, digest
for _, stamp, _ in split(chain[1]):
    fields = list(split(stamp))
    path = [[h for _, h, _ in split(listed)] for tag, inner, _ in fields if tag == 0xA2 for _, listed, _ in split(inner)]
    token = fields[-1][2]
    root = covered
    for position, hashes in enumerate(path):
        if position == 0:
            assert covered in hashes, "the first list is of something else"
            root = node(hashes)
        else:
            root = node(hashes + [root])
    with tempfile.NamedTemporaryFile() as file:
        file.write(token)
        file.flush()
        said = ""
        for ca in roots:
            command = ["openssl", "ts", "-verify", "-digest", root.hex(), "-in", file.name, "-token_in", "-CAfile", ca]
            done = subprocess.run(command, capture_output=True, text=True)
            said += done.stdout + done.stderr
        assert "Verification: OK" in said, said
    stamps, covered = stamps + 1, hashlib.sha256(token).digest()
print(stamps)
