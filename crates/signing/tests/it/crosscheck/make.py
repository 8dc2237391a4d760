"""Signatures as Python's libraries make them, for others to judge.

Works in the current folder: key.pem, signer.pem, issuing.pem; data.xml and data.pdf are signed. Argument: the address of a
timestamp authority. A line for each file: its name, and the file that it is over when that is beside it.
"""
import asyncio
import sys

from lxml import etree
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from signxml import SignatureMethod, methods
from signxml.xades import XAdESSigner, XAdESDataObjectFormat

URL = sys.argv[1]
chain = [open("signer.pem").read(), open("issuing.pem").read()]


def pyhanko():
    signer = signers.SimpleSigner.load("key.pem", "signer.pem", ca_chain_files=("issuing.pem",))
    stamper = timestamps.HTTPTimeStamper(URL)
    for name, sub_filter, stamp in [
        ("pyhanko-B-B.pdf", SigSeedSubFilter.PADES, None),
        ("pyhanko-B-T.pdf", SigSeedSubFilter.PADES, stamper),
        ("pyhanko-adobe.pdf", SigSeedSubFilter.ADOBE_PKCS7_DETACHED, None),
    ]:
        writer = IncrementalPdfFileWriter(open("data.pdf", "rb"))
        meta = signers.PdfSignatureMetadata(field_name="Firma1", subfilter=sub_filter, md_algorithm="sha256")
        out = signers.PdfSigner(meta, signer=signer, timestamper=stamp).sign_pdf(writer)
        open(name, "wb").write(out.getbuffer())
        print(name, "", sep="\t")
    data = open("data.xml", "rb").read()
    for name, detached in [("pyhanko.p7s", True), ("pyhanko.p7m", False)]:
        out = asyncio.run(signer.async_sign_general_data(data, "sha256", detached=detached, use_cades=True))
        open(name, "wb").write(out.dump())
        print(name, "data.xml" if detached else "", sep="\t")


def signxml():
    for name, method in [("signxml-enveloped.xml", methods.enveloped), ("signxml-enveloping.xml", methods.enveloping)]:
        signer = XAdESSigner(
            signature_algorithm=SignatureMethod.ECDSA_SHA256,
            method=method,
            data_object_format=XAdESDataObjectFormat(Description="Decreto", MimeType="text/xml"),
        )
        signed = signer.sign(etree.parse("data.xml").getroot(), key=open("key.pem").read(), cert=chain)
        open(name, "wb").write(etree.tostring(signed))
        print(name, "", sep="\t")


for make in (pyhanko, signxml):
    try:
        make()
    except Exception as error:
        print(f"{make.__name__}: {error!r}", file=sys.stderr)
