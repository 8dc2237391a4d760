//! The sample journeys as a person without a screen walks them, for tests and benches.

use crate::{Failed, Form, Page, Visitor};

/// The password of every sample person.
pub const PASSWORD: &str = "testing";
/// The sample municipality that most journeys go to.
pub const PUENTE_ALTO: &str = "PE-MUN-00301";
/// What a permit's pages ask, and a plain answer.
pub const PERMIT_ANSWERS: &[(&str, &str)] =
    &[("d.correo", "maria@correo.example"), ("d.cuotas", "una"), ("d.sensibles", "no")];
/// More pages than any sample journey has.
const MAX_PAGES: usize = 16;
/// Forms that stand on every page.
const OF_THE_SHELL: &[&str] = &["/preferencias", "/salir", "/opinion", "/tramites"];

/// Why a journey did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// The host did not answer.
    #[error(transparent)]
    Visit(#[from] Failed),
    /// Another page came than the journey leads to.
    #[error("wanted {wanted}, got {status} {path}: {text}")]
    Elsewhere {
        /// What should have come.
        wanted: String,
        /// Status of what came.
        status: u16,
        /// Where the redirects ended.
        path: String,
        /// What the page says.
        text: String,
    },
}

impl Lost {
    /// Another page than wanted.
    #[must_use]
    pub fn elsewhere(wanted: &str, page: &Page) -> Self {
        Self::Elsewhere {
            wanted: wanted.to_owned(),
            status: page.status,
            path: page.path.clone(),
            text: page.visible().chars().take(2000).collect(),
        }
    }
}

/// A permit that was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// `/mi/tramites/…`
    pub case: String,
    /// `EXP-20261121-000001`
    pub number: String,
    /// `/mi/expedientes/…`
    pub file: String,
    /// `/mi/expedientes/…/documentos/9`
    pub document: String,
    /// `A5MW-6CRE-CNAJ-1YS8`
    pub code: String,
}

/// A receipt as the person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `/mi/pagos/…`
    pub path: String,
    /// `2026-000001`
    pub number: String,
}

/// Logs a sample person in and shows `to`.
///
/// # Errors
/// When the login page does not come, or the login is refused.
pub fn log_in(visitor: &mut Visitor, run: &str, to: &str) -> Result<Page, Lost> {
    let page = visitor.get(&format!("/ingresar?volver={to}"))?;
    let Some(form) = page.form_with("password") else { return Err(Lost::elsewhere("the login form", &page)) };
    let page = visitor.submit(&form.set("run", run).set("password", PASSWORD))?;
    if page.form_with("password").is_some() || page.status != 200 {
        return Err(Lost::elsewhere("a login", &page));
    }
    Ok(page)
}

/// Starts a procedure, or goes on with the person's draft of it: its first page.
///
/// # Errors
/// When it can't be started there.
pub fn start(visitor: &mut Visitor, procedure: &str, institution: &str) -> Result<Page, Lost> {
    let page = visitor.get(&format!("/tramites/{procedure}/comenzar"))?;
    let Some(form) = page.form_to("/comenzar") else { return Err(Lost::elsewhere("the first step", &page)) };
    let page = visitor.submit(&form.set("institucion", institution))?;
    if case_of(&page).is_none() { Err(Lost::elsewhere("a case", &page)) } else { Ok(page) }
}

/// The case that a page belongs to: `/mi/tramites/…`.
#[must_use]
pub fn case_of(page: &Page) -> Option<String> {
    let id = page.path.strip_prefix("/mi/tramites/")?.split(['/', '?']).next()?;
    (!id.is_empty()).then(|| format!("/mi/tramites/{id}"))
}

/// The form that the page is about, after those of the shell.
#[must_use]
pub fn main_form(page: &Page) -> Option<Form> {
    page.forms().into_iter().find(|f| f.method == "POST" && !OF_THE_SHELL.contains(&f.action.as_str()))
}

/// Writes what the form asks of these answers.
#[must_use]
pub fn answer(form: Form, answers: &[(&str, &str)]) -> Form {
    answers.iter().fold(form, |form, (name, value)| if form.has(name) { form.set(name, value) } else { form })
}

/// Answers page after page until `there`.
///
/// # Errors
/// When a page comes that has no form, or an error.
pub fn walk(
    visitor: &mut Visitor,
    mut page: Page,
    answers: &[(&str, &str)],
    there: impl Fn(&Page) -> bool,
) -> Result<Page, Lost> {
    for _ in 0..MAX_PAGES {
        if page.status == 200 && there(&page) {
            return Ok(page);
        }
        let Some(form) = main_form(&page).filter(|_| page.status == 200) else { break };
        page = visitor.submit(&answer(form, answers))?;
    }
    Err(Lost::elsewhere("the end of the way", &page))
}

/// Starts a permit and answers its first page: what the holders told, or what is missing.
///
/// # Errors
/// When it can't be started.
pub fn ask_permit(visitor: &mut Visitor, plate: &str) -> Result<Page, Lost> {
    let page = start(visitor, "permiso-circulacion", PUENTE_ALTO)?;
    let mut answers = vec![("d.patente", plate)];
    answers.extend(PERMIT_ANSWERS);
    let Some(form) = page.form_with("d.patente") else { return Err(Lost::elsewhere("the plate", &page)) };
    Ok(visitor.submit(&answer(form, &answers))?)
}

/// From a plate to the page where it is paid: the application is filed then.
///
/// # Errors
/// When something is missing for the permit.
pub fn file_permit(visitor: &mut Visitor, plate: &str) -> Result<Page, Lost> {
    let page = ask_permit(visitor, plate)?;
    walk(visitor, page, PERMIT_ANSWERS, at_payment)
}

/// Whether this is the page where one pays.
#[must_use]
pub fn at_payment(page: &Page) -> bool {
    page.path.starts_with("/pagos/") && page.form_to("/comenzar").is_some()
}

/// Goes on from [`at_payment`] to the test provider's page.
///
/// # Errors
/// When the payment can't begin.
pub fn to_provider(visitor: &mut Visitor, page: &Page) -> Result<Page, Lost> {
    let form = page.form_to("/comenzar").ok_or_else(|| Lost::elsewhere("the payment", page))?;
    let page = visitor.submit(&form)?;
    if page.path.starts_with("/pagos/prueba/") {
        Ok(page)
    } else {
        Err(Lost::elsewhere("the provider", &page))
    }
}

/// Pays with a button of the test provider («Aprobar», «Rechazar», …): where that leads.
///
/// # Errors
/// When the payment can't begin.
pub fn pay(visitor: &mut Visitor, page: &Page, button: &str) -> Result<Page, Lost> {
    let page = to_provider(visitor, page)?;
    if let Some(form) = page.form_to("/pagos/prueba/") {
        return Ok(visitor.submit(&form.press(button))?);
    }
    // Decided before, and never brought back.
    let back = page.link("/pagos/retorno/").ok_or_else(|| Lost::elsewhere("the provider's form", &page))?;
    Ok(visitor.get(&back)?)
}

/// Reads the receipt that a payment led to.
///
/// # Errors
/// When the page is no receipt.
pub fn receipt(page: &Page) -> Result<Receipt, Lost> {
    let number = after(&page.visible(), "Número ");
    match number.filter(|_| page.status == 200 && page.path.starts_with("/mi/pagos/")) {
        Some(number) => Ok(Receipt { path: page.path.clone(), number }),
        None => Err(Lost::elsewhere("a receipt", page)),
    }
}

/// Reads the finished case.
///
/// # Errors
/// When it is not finished, or has no permit.
pub fn permit(page: &Page) -> Result<Permit, Lost> {
    let read = || {
        let text = page.visible();
        let of_permit = &text[text.find("Permiso de circulación Descargar")?..];
        let code = after(of_permit, "Código de verificación: ")?;
        // The link of a document stands before its code.
        let html = page.text();
        let before = &html[..html.find(&code)?];
        let document = &before[before.rfind("href=\"/mi/expedientes/")? + "href=\"".len()..];
        let document = &document[..document.find('"')?];
        let (file, _) = document.split_once("/documentos/")?;
        Some(Permit {
            case: case_of(page)?,
            number: file.rsplit_once(':').map(|(_, n)| n.to_owned())?,
            file: file.to_owned(),
            document: document.to_owned(),
            code,
        })
    };
    read().ok_or_else(|| Lost::elsewhere("a finished case", page))
}

/// A whole permit: applied for, paid, issued.
///
/// # Errors
/// When it does not come to its end.
pub fn whole_permit(visitor: &mut Visitor, plate: &str) -> Result<(Permit, Receipt), Lost> {
    let page = file_permit(visitor, plate)?;
    let page = pay(visitor, &page, "Aprobar")?;
    let receipt = receipt(&page)?;
    let Some(back) = page.link("/mi/tramites/0") else { return Err(Lost::elsewhere("the way back", &page)) };
    Ok((permit(&visitor.get(&back)?)?, receipt))
}

/// The word after a text.
#[must_use]
pub fn after(text: &str, before: &str) -> Option<String> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.split_whitespace().next().map(str::to_owned)
}

/// The plate at a place of the sample register of generated vehicles; it knows 12,000.
#[must_use]
pub fn plate(index: usize) -> String {
    const LETTERS: &[u8; 18] = b"BCDFGHJKLPRSTVWXYZ";
    let (mut letters, digits) = (index / 100, index % 100);
    let mut text = ['B'; 4];
    for slot in text.iter_mut().rev() {
        *slot = char::from(LETTERS[letters % LETTERS.len()]);
        letters /= LETTERS.len();
    }
    format!("{}{digits:02}", text.iter().collect::<String>())
}
