//! PDF, as far as signatures need it: a reader that touches only what is asked for, and an incremental update that
//! only ever appends.

mod budget;
mod dss;
mod filter;
mod inspect;
mod object;
mod parser;
mod picture;
mod placing;
mod reader;
mod restriction;
mod sign;
mod source;
mod stamp;
mod tagging;
mod typeface;
mod update;
mod xref;

pub use dss::{ValidationData, append_dss};
pub use inspect::{inspect, sheet, signature_count};
pub(crate) use object::{Dict, Object, Ref, decode_text};
pub(crate) use reader::{Indirect, Reader};
pub use sign::{
    Prepared, SignatureRequest, SubFilter, check_signable, prepare, prepare_file, prepare_timestamp,
};
pub(crate) use xref::Entry;

use copihue_core::{Error, Kind};

/// Why a PDF can't be read or signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PdfError {
    /// Not a PDF at all.
    #[error("not a PDF")]
    NotPdf,
    /// A part of it is damaged.
    #[error("damaged PDF: {0}")]
    Broken(&'static str),
    /// It is encrypted.
    #[error("encrypted PDF")]
    Encrypted,
    /// It mixes a cross-reference table and a stream (`/XRefStm`).
    #[error("hybrid PDF")]
    Hybrid,
    /// It carries an XFA form.
    #[error("XFA form")]
    Xfa,
    /// Its certification forbids any more signatures (DocMDP, P=1).
    #[error("certified, no changes allowed")]
    Certified,
    /// Only a first signature certifies a document or locks its fields.
    #[error("signed already")]
    NotFirst,
    /// It passes a limit of size, depth or count.
    #[error("beyond the limits: {0}")]
    Limit(&'static str),
    /// The stamp's place or picture can't be used.
    #[error("the stamp can't be drawn")]
    Layout,
    /// The signature does not fit into the room kept for it.
    #[error("the signature does not fit")]
    NoRoom,
}

impl From<PdfError> for Error {
    fn from(e: PdfError) -> Self {
        let (code, detail) = match e {
            PdfError::NotPdf => ("pdf_no_es_pdf", "El archivo no es un PDF. Elija un archivo PDF."),
            PdfError::Broken(_) => {
                ("pdf_danado", "El PDF está dañado y no se puede leer. Vuelva a guardarlo o pídalo de nuevo.")
            }
            PdfError::Encrypted => {
                ("pdf_cifrado", "El PDF está cifrado. Guárdelo sin contraseña e intente de nuevo.")
            }
            PdfError::Hybrid => (
                "pdf_hibrido",
                "El PDF tiene una estructura que no se puede firmar. Guárdelo de nuevo como PDF/A.",
            ),
            PdfError::Xfa => (
                "pdf_formulario_xfa",
                "El PDF contiene un formulario dinámico. Imprímalo a PDF e intente de nuevo.",
            ),
            PdfError::Certified => ("pdf_certificado", "El PDF está certificado y no admite más firmas."),
            PdfError::NotFirst => (
                "pdf_ya_firmado",
                "El PDF ya tiene una firma. Solo la primera puede certificarlo o fijar sus campos.",
            ),
            PdfError::Limit(_) => {
                ("pdf_excede_limites", "El PDF es demasiado grande o complejo para procesarlo.")
            }
            PdfError::Layout => (
                "layout_incorrecto",
                "La estampa no se puede dibujar. Revise la página, las coordenadas y la imagen (PNG o JPEG).",
            ),
            PdfError::NoRoom => return Self::internal(e),
        };
        Self::new(Kind::Invalid, code, detail).context(e)
    }
}

/// `Result` of this module.
pub(crate) type PdfResult<T> = Result<T, PdfError>;
