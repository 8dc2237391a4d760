//! Arguments of `copihue sign`.

use std::path::PathBuf;

use clap::Args;

/// Signs PDF files with the certificate that a holder has in a running Copihue: all of them with one code.
///
///   copihue sign --server https://firma.EJEMPLO.CL --application LLAVE --secret-file secreto.txt \
///     --entity "Municipalidad de Ejemplo" --run 11111111 decreto.pdf oficio.pdf
///
/// It asks for the code, and writes decreto-firmado.pdf and oficio-firmado.pdf. Run again with the same files it fetches
/// what is signed and tries the rest. Ends with 0 when all is signed, with 2 when something is not, and says what.
#[derive(Args, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct SignArguments {
    /// The PDF files
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Address of the Copihue that signs
    #[arg(long, env = "COPIHUE_SIGN_SERVER", default_value = "http://127.0.0.1:8080")]
    pub(crate) server: String,
    /// The application's key
    #[arg(long, env = "COPIHUE_SIGN_APPLICATION")]
    pub(crate) application: String,
    /// File with the application's secret
    #[arg(long = "secret-file", env = "COPIHUE_SIGN_SECRET_FILE")]
    pub(crate) secret: PathBuf,
    /// Exact name of the institution
    #[arg(long, env = "COPIHUE_SIGN_ENTITY")]
    pub(crate) entity: String,
    /// RUN of who signs, without dots, dash or check digit
    #[arg(long)]
    pub(crate) run: String,
    /// Sign without a code, by the permission that the holder gave the application
    #[arg(long)]
    pub(crate) unattended: bool,
    /// The code; asked for when not given
    #[arg(long)]
    pub(crate) otp: Option<String>,
    /// Folder of the signed files; beside each original when not given
    #[arg(long)]
    pub(crate) out: Option<PathBuf>,
    /// B-B, B-T, B-LT or B-LTA
    #[arg(long, default_value = "B-T")]
    pub(crate) level: String,
    /// Don't sign what can't reach that level
    #[arg(long)]
    pub(crate) require: bool,
    /// Where the visible stamp goes, such as ultima:abajo-derecha or 1:36,36,206,92
    #[arg(long)]
    pub(crate) stamp: Option<String>,
    /// Why it is signed, as the signature says
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Name of the request; made from the files when not given
    #[arg(long)]
    pub(crate) request: Option<String>,
}

impl SignArguments {
    /// As the contract names it.
    pub(crate) const fn purpose(&self) -> &'static str {
        if self.unattended { "Desatendido" } else { "Propósito General" }
    }
}
