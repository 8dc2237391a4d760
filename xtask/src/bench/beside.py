"""Signs and validates with pyHanko what was signed here, with the same key: beside.py FOLDER NAME.

Prints how many of each a second of processor time does.
"""

import io
import sys
import time
from pathlib import Path

from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

SECONDS = 4

folder, name = Path(sys.argv[1]), sys.argv[2]
pem = {what: str(folder / f"{name}_{what}.pem") for what in ("key", "cert", "chain", "root")}
plain = (folder / "plain.pdf").read_bytes()
signed = (folder / f"signed_{name}.pdf").read_bytes()
signer = signers.SimpleSigner.load(pem["key"], pem["cert"], ca_chain_files=[pem["chain"]])
fields = signers.PdfSignatureMetadata(
    field_name="Firma1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256"
)
trust = ValidationContext(trust_roots=[load_cert_from_pemder(pem["root"])], allow_fetching=False)


def sign():
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain)), fields, signer=signer)


def validate():
    found = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    assert validate_pdf_signature(found, signer_validation_context=trust).bottom_line


for what in (sign, validate):
    what()
    done, begun = 0, time.process_time()
    while time.process_time() - begun < SECONDS:
        what()
        done += 1
    print(what.__name__, done / (time.process_time() - begun))
