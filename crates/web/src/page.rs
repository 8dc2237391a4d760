//! One page: its title, its place, and how it is answered.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use maud::Markup;

use crate::cx::Cx;
use crate::forms::FormState;
use crate::{locale, shell};

/// What the shell needs to know about a page. The shell writes the one `h1` from the title.
///
/// ```
/// use copihue_web::Page;
/// let page = Page::new("Revise sus respuestas").caption("Permiso de circulación").crumb("Trámites", "/tramites");
/// ```
#[derive(Clone, Default)]
pub struct Page {
    pub(crate) title: String,
    pub(crate) caption: Option<String>,
    pub(crate) lead: Option<String>,
    pub(crate) crumbs: Vec<(String, String)>,
    pub(crate) back: Option<String>,
    pub(crate) status: StatusCode,
    pub(crate) width: Width,
    pub(crate) heading: Heading,
    pub(crate) feedback: Feedback,
    pub(crate) search: Search,
    pub(crate) form: Option<FormState>,
    pub(crate) aside: Option<Markup>,
    pub(crate) refresh: Option<u32>,
    referrer: Referrer,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Width {
    #[default]
    Reading,
    Full,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Heading {
    #[default]
    Shell,
    Own,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Feedback {
    #[default]
    Ask,
    Skip,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Search {
    #[default]
    InHeader,
    OnPage,
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Referrer {
    #[default]
    SameOrigin,
    None,
}

fn text(key_or_text: impl Into<String>) -> String {
    let given = key_or_text.into();
    match locale::lookup(&given) {
        Some(text) => text.to_owned(),
        None => given,
    }
}

impl Page {
    /// A page with this title: a key of the catalogue, or the text itself.
    #[must_use]
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: text(title), ..Self::default() }
    }

    /// A line above the heading: the procedure or case that the page belongs to.
    #[must_use]
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(text(caption));
        self
    }

    /// A paragraph in larger letters under the heading.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(text(lead));
        self
    }

    /// Adds a step of the breadcrumb. «Inicio» comes first by itself; the page is the last.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.crumbs.push((text(label), href.into()));
        self
    }

    /// A link «Volver» in place of the breadcrumb: for the steps of a form.
    #[must_use]
    pub fn back(mut self, href: impl Into<String>) -> Self {
        self.back = Some(href.into());
        self
    }

    /// The status; 200 by default.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The whole width, for tables.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.width = Width::Full;
        self
    }

    /// A column beside the text.
    #[must_use]
    pub fn aside(mut self, aside: Markup) -> Self {
        self.aside = Some(aside);
        self
    }

    /// The body brings the one `h1` itself (a panel, a question as heading).
    #[must_use]
    pub fn own_heading(mut self) -> Self {
        self.heading = Heading::Own;
        self
    }

    /// Without «¿Esta página le sirvió?»: in the middle of a form.
    #[must_use]
    pub fn without_feedback(mut self) -> Self {
        self.feedback = Feedback::Skip;
        self
    }

    /// Without the search box of the header: the page has its own.
    #[must_use]
    pub fn own_search(mut self) -> Self {
        self.search = Search::OnPage;
        self
    }

    /// The form on the page. With errors: status 422, «Error: » in the title and the summary above all. With values
    /// that came back after a login: a notice that says so.
    #[must_use]
    pub fn form(mut self, state: &FormState) -> Self {
        if state.has_errors() && self.status == StatusCode::OK {
            self.status = StatusCode::UNPROCESSABLE_ENTITY;
        }
        self.form = Some(state.clone());
        self.without_feedback()
    }

    /// The browser loads the page again after so many seconds: for long work, without script.
    #[must_use]
    pub fn refresh(mut self, seconds: u32) -> Self {
        self.refresh = Some(seconds);
        self
    }

    /// Other pages don't learn this one's address: for login pages.
    #[must_use]
    pub fn no_referrer(mut self) -> Self {
        self.referrer = Referrer::None;
        self
    }

    pub(crate) fn respond(self, cx: &Cx, body: Markup) -> Response {
        let html = shell::document(cx, &self, &body);
        let mut response = (self.status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if self.referrer == Referrer::None {
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
        if let Some(seconds) = self.refresh {
            headers.insert("refresh", HeaderValue::from(seconds));
        }
        response
    }
}
