"""What Python's libraries say of signatures and containers. A line for each: file, library, "ok" or why not.

Arguments: files, by their ends (see LIBRARIES), or "-": then their names are read one by one from the standard input. Containers are unpacked beside themselves.
"""
import asyncio, base64, hashlib, json, sys, urllib.parse, zipfile
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwcrypto import jwk, jws
from lxml import etree
from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import (
    async_validate_cms_signature, async_validate_detached_cms, async_validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext
from signxml.xades import XAdESVerifier

DATA = open("decreto 12.xml", "rb").read()
NS = {"asic": "http://uri.etsi.org/02918/v1.2.1#", "ds": "http://www.w3.org/2000/09/xmldsig#"}
ROOTS = list(load_certs_from_pemder(["ca.pem"]))


def jwcrypto(name):
    text = open(name).read()
    token = jws.JWS()
    token.deserialize(text)
    part = json.loads(text)["protected"] if text.startswith("{") else text.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=="))
    assert "sigT" not in header and header["iat"] and header["x5t#S256"], header
    certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    thumbprint = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
    assert base64.urlsafe_b64decode(header["x5t#S256"] + "=") == thumbprint
    pem = certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    token.verify(jwk.JWK.from_pem(pem))
    assert token.payload == DATA


def pyhanko(name):
    context = lambda: ValidationContext(trust_roots=ROOTS, allow_fetching=False, revocation_mode="soft-fail")
    if name.endswith("pdf"):
        with open(name, "rb") as file:
            for signature in PdfFileReader(file).embedded_regular_signatures:
                status = asyncio.run(async_validate_pdf_signature(signature, context(), context()))
                # Nothing was added that no later signature may add.
                assert status.bottom_line, status.summary()
    else:
        inside = {"scs": ("signature.p7s", "decreto 12.xml"), "sce": ("signature001.p7s", "META-INF/ASiCManifest001.xml")}
        end, file, data = name.rsplit(".", 1)[1], name, "decreto 12.xml"
        if end in inside:
            file, data = f"{name}.d/META-INF/{inside[end][0]}", f"{name}.d/{inside[end][1]}"
        signed = cms.ContentInfo.load(open(file, "rb").read())["content"]
        if end == "p7m":
            status = asyncio.run(async_validate_cms_signature(signed, validation_context=context()))
            assert bytes(signed["encap_content_info"]["content"]) == DATA
        else:
            checked = async_validate_detached_cms(open(data, "rb").read(), signed, context(), context())
            status = asyncio.run(checked)
    stamp = getattr(status, "timestamp_validity", None)
    assert status.intact and status.valid and status.trusted, status.summary()
    # Of a signature that carries its content it doesn't look at the timestamp.
    assert "B-B" in name or name.endswith("p7m") or (stamp.valid and stamp.trusted), status.summary()


def signxml(name):
    inside = {"asics": "/META-INF/signatures.xml", "asice": "/META-INF/signatures001.xml"}
    end = name.rsplit(".", 1)[1]
    file = f"{name}.d{inside[end]}" if end in inside else name
    data = lambda uri: open(f"{name}.d/{urllib.parse.unquote(uri)}", "rb").read()
    count = 3 if end == "asice" else 2
    results = XAdESVerifier().verify(
        open(file, "rb").read(), ca_pem_file="ca.pem", expect_references=count, uri_resolver=data
    )
    if end == "xml":
        assert results[0].signed_xml.tag == "{urn:decreto}decreto"
    assert len(results) == count


def container(name):
    kind = "s" if name.endswith(("scs", "asics")) else "e"
    with zipfile.ZipFile(name) as package:
        assert package.testzip() is None
        first = package.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        assert open(name, "rb").read()[30:38] == b"mimetype"
        assert package.read("mimetype") == f"application/vnd.etsi.asic-{kind}+zip".encode()
        package.extractall(name + ".d")
        assert package.read("decreto 12.xml") == DATA
        if name.endswith("sce"):
            manifest = etree.fromstring(package.read("META-INF/ASiCManifest001.xml"))
            references = manifest.findall("asic:DataObjectReference", NS)
            assert len(references) == 2
            for reference in references:
                data = package.read(urllib.parse.unquote(reference.get("URI")))
                digest = reference.findtext("ds:DigestValue", namespaces=NS)
                hash = reference.find("ds:DigestMethod", NS).get("Algorithm").rsplit("#")[1]
                assert base64.b64decode(digest) == hashlib.new(hash, data).digest()


LIBRARIES = {
    "pdf": [("pyHanko", pyhanko)],
    "p7s": [("pyHanko", pyhanko)],
    "p7m": [("pyHanko", pyhanko)],
    "jws": [("jwcrypto", jwcrypto)],
    "xml": [("signxml", signxml)],
    "scs": [("zip", container), ("pyHanko", pyhanko)],
    "sce": [("zip", container), ("pyHanko", pyhanko)],
    "asics": [("zip", container), ("signxml", signxml)],
    "asice": [("zip", container), ("signxml", signxml)],
}
named = (line.rstrip("\n") for line in sys.stdin) if sys.argv[1:] == ["-"] else sys.argv[1:]
for name in named:
    for label, check in LIBRARIES[name.rsplit(".", 1)[1]]:
        try:
            check(name)
            print(name, label, "ok", sep="\t", flush=True)
        except Exception as error:
            print(name, label, repr(error).replace("\n", " "), sep="\t", flush=True)
            # What does not fit its container is not saved by a signature over the manifest.
            break
