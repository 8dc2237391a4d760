//! The document around every page: what stands above, below and beside its content.

use maud::{DOCTYPE, Markup, html};

use crate::assets::{ICON, SCRIPT, STYLE};
use crate::components::{error_summary, notification_banner};
use crate::config::{NavLink, Show};
use crate::cx::Cx;
use crate::locale::{t, ta};
use crate::log_head::LogHead;
use crate::page::{Feedback, Heading, Page, Search, Width};
use crate::prefs::{Contrast, Size};

/// The whole document.
pub(crate) fn document(cx: &Cx, page: &Page, body: &Markup) -> String {
    let config = cx.web().config();
    let errors = page.form.as_ref().is_some_and(crate::FormState::has_errors);
    let prefix = if errors { t("web-error-prefix") } else { "" };
    let document = html! {
        (DOCTYPE)
        html lang="es-CL" class=[cx.prefs().class()] {
            head {
                meta charset="utf-8";
                title { (prefix) (page.title) " – " (config.service_name) " – " (config.institution_name) }
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                meta name="theme-color" content="#0a132d";
                link rel="stylesheet" href=(STYLE.path);
                link rel="icon" href=(ICON.path) type="image/svg+xml";
                script src=(SCRIPT.path) defer {}
            }
            body data-sesion=[session_seconds(cx)] {
                a.skip href="#contenido" { (t("web-skip")) }
                (toolbar(cx))
                (header(cx, page))
                (banners(cx))
                div.wrap {
                    (place(cx, page))
                    (content(page, body))
                    @if page.feedback == Feedback::Ask { (feedback(cx)) }
                }
                (footer(cx))
                @if cx.session().is_some() { (session_warning()) }
            }
        }
    };
    document.into_string()
}

/// Seconds until an unused session ends: the script warns two minutes before.
fn session_seconds(cx: &Cx) -> Option<i64> {
    let session = cx.session()?;
    let idle = cx.web().config().session.idle_ms;
    let absolute = session.expires.millis() - cx.now().millis();
    Some(idle.min(absolute).max(0) / 1000)
}

fn content(page: &Page, body: &Markup) -> Markup {
    let heading = html! {
        @if page.heading == Heading::Shell {
            h1 {
                @if let Some(caption) = &page.caption { span.caption-above { (caption) } " " }
                (page.title)
            }
        }
        @if let Some(lead) = &page.lead { p.lead { (lead) } }
    };
    html! {
        main id="contenido" tabindex="-1" {
            @if let Some(form) = &page.form {
                (error_summary(form))
                @if form.is_rescued() {
                    (notification_banner(t("web-rescued-title"), html! { p { (t("web-rescued-text")) } }))
                }
            }
            @match &page.aside {
                Some(aside) => div.columns {
                    div.column-main { (heading) (body) }
                    aside.column-aside { (aside) }
                },
                None => div.reading[page.width == Width::Reading] { (heading) (body) },
            }
        }
    }
}

/// Breadcrumb, or the way back in the steps of a form.
fn place(cx: &Cx, page: &Page) -> Markup {
    if let Some(back) = &page.back {
        return html! { nav aria-label=(t("web-breadcrumb")) { a.back href=(back) { (t("web-back")) } } };
    }
    if cx.path() == "/" {
        return html! {};
    }
    html! {
        nav.breadcrumb aria-label=(t("web-breadcrumb")) {
            ol {
                li { a href="/" { (t("web-home")) } }
                @for (label, href) in &page.crumbs { li { a href=(href) { (label) } } }
                li aria-current="page" { (page.title) }
            }
        }
    }
}

/// Size of letters and contrast: a form, so that it needs no script.
fn toolbar(cx: &Cx) -> Markup {
    let prefs = cx.prefs();
    let high = prefs.contrast == Contrast::High;
    let (value, label) = if high { ("normal", "web-contrast-off") } else { ("alto", "web-contrast-on") };
    html! {
        form.toolbar method="post" action="/preferencias" aria-label=(t("web-tools")) {
            input type="hidden" name="volver" value=(cx.page_here());
            div.wrap {
                button type="submit" name="letra" value="menor"
                    aria-disabled=[(prefs.size == Size::Normal).then_some("true")] { (letter("A−", "web-size-smaller")) }
                button type="submit" name="letra" value="normal" { (letter("A", "web-size-normal")) }
                button type="submit" name="letra" value="mayor"
                    aria-disabled=[(prefs.size == Size::Larger).then_some("true")] { (letter("A+", "web-size-larger")) }
                button type="submit" name="contraste" value=(value) { (t(label)) }
            }
        }
    }
}

/// What is seen comes first in the name too, so that whoever speaks to the page can say it (WCAG 2.5.3).
fn letter(seen: &str, meaning: &'static str) -> Markup {
    html! { (seen) span.hidden { " " (t(meaning)) } }
}

fn header(cx: &Cx, page: &Page) -> Markup {
    let config = cx.web().config();
    html! {
        header.masthead {
            div.wrap.masthead-row {
                a.brand href="/" {
                    @if config.logo.is_some() { img.brand-logo src="/a/logo" alt="" height="48"; }
                    span.brand-text {
                        span.brand-name { (config.institution_name) }
                        span.brand-service { (config.service_name) }
                    }
                }
                @if page.search == Search::InHeader { (search(cx)) }
                (account(cx))
            }
            (navigation(cx))
        }
    }
}

fn search(cx: &Cx) -> Markup {
    html! {
        form.search role="search" method="get" action=(cx.web().config().search_path) {
            label.hidden for="buscar" { (t("web-search-label")) }
            input.search-input type="search" id="buscar" name="q" placeholder=(t("web-search-label")) maxlength="200";
            button.search-button type="submit" {
                span.hidden { (t("web-search")) }
                svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false" {
                    path d="M10.5 4a6.5 6.5 0 1 0 4 11.6l4.9 4.9 1.4-1.4-4.9-4.9A6.5 6.5 0 0 0 10.5 4zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z" fill="currentColor" {}
                }
            }
        }
    }
}

fn account(cx: &Cx) -> Markup {
    let config = cx.web().config();
    let Some(session) = cx.session() else {
        return html! { div.account { a.account-login href=(login_address(cx)) { (t("web-log-in")) } } };
    };
    html! {
        div.account role="group" aria-label=(t("web-account")) {
            span.account-name {
                (session.person.name)
                @if let Some(hat) = cx.chosen_hat() {
                    span.account-hat { (ta("web-acting-as", &crate::args! {"post" => hat.post.clone()})) }
                }
            }
            div.account-actions {
                @if cx.hats().len() > 1 { a href="/gestion/cargo" { (t("web-change-hat")) } }
                form method="post" action=(config.logout_path) data-logout {
                    (cx.csrf())
                    button.button-link type="submit" { (t("web-log-out")) }
                }
            }
        }
    }
}

/// The login, and then back to where one is; the login page itself does not lead to itself.
fn login_address(cx: &Cx) -> String {
    let login = &cx.web().config().login_path;
    let here = cx.path();
    if here == "/" || here.starts_with(login.as_str()) || here.starts_with("/openid/") {
        return login.clone();
    }
    crate::guard::with_return(login, here)
}

fn navigation(cx: &Cx) -> Markup {
    let links: Vec<&NavLink> = cx.web().config().navigation.iter().filter(|l| shown(cx, l)).collect();
    if links.is_empty() {
        return html! {};
    }
    // The longest entry that the address lies under is the one we are in.
    let here =
        links.iter().filter(|l| under(cx.path(), &l.href)).max_by_key(|l| l.href.len()).map(|l| &l.href);
    html! {
        nav.navigation aria-label=(t("web-navigation")) {
            ul.wrap {
                @for link in &links {
                    li { a href=(link.href) aria-current=[(here == Some(&link.href)).then_some("true")] { (link.label) } }
                }
            }
        }
    }
}

fn under(path: &str, href: &str) -> bool {
    path.strip_prefix(href).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether this visitor is offered a link.
pub(crate) fn shown(cx: &Cx, link: &NavLink) -> bool {
    match link.show {
        Show::Everyone => true,
        Show::Persons => cx.session().is_some(),
        Show::Officials => !cx.hats().is_empty(),
        Show::Role(role) => cx.hats().iter().any(|hat| hat.roles.iter().any(|own| own == role)),
    }
}

fn banners(cx: &Cx) -> Markup {
    let outage = cx.web().banner();
    let environment = &cx.web().config().environment_banner;
    html! {
        @if environment.is_some() || outage.is_some() {
            aside.banners aria-label=(t("web-notice")) {
                @if let Some(text) = environment { p.banner-environment { span.wrap { (text) } } }
                @if let Some(banner) = &outage { p.banner-outage { strong.wrap { (banner.text) } } }
            }
        }
    }
}

fn feedback(cx: &Cx) -> Markup {
    html! {
        form.feedback method="post" action="/opinion" aria-labelledby="opinion" {
            input type="hidden" name="ruta" value=(cx.route().unwrap_or("/"));
            input type="hidden" name="volver" value=(cx.path());
            p.feedback-question {
                strong id="opinion" { (t("web-feedback")) }
                button.button-link type="submit" name="sirvio" value="si" { (t("web-feedback-yes")) }
                button.button-link type="submit" name="sirvio" value="no" { (t("web-feedback-no")) }
            }
            details.details {
                summary { span { (t("web-feedback-more")) } }
                div.details-body {
                    label.label for="comentario" { (t("web-feedback-comment")) }
                    p.hint id="comentario-ayuda" { (t("web-feedback-comment-hint")) }
                    textarea.input.textarea id="comentario" name="comentario" rows="3" maxlength="500"
                        aria-describedby="comentario-ayuda" {}
                    button.button.button-secondary type="submit" name="sirvio" value="no" { (t("web-feedback-send")) }
                }
            }
        }
    }
}

fn footer(cx: &Cx) -> Markup {
    let config = cx.web().config();
    html! {
        footer.footer {
            div.wrap {
                nav aria-label=(t("web-footer")) {
                    ul { @for link in config.footer.iter().filter(|l| shown(cx, l)) { li { a href=(link.href) { (link.label) } } } }
                }
                p.footer-name { (config.institution_name) }
                @if let Some(head) = cx.web().log_head() { (log_head(&head)) }
            }
        }
    }
}

fn log_head(head: &LogHead) -> Markup {
    let size = i64::try_from(head.size).unwrap_or(i64::MAX);
    html! {
        p.footer-log {
            a href=(head.page) { (ta("web-footer-log", &crate::args! {"n" => crate::format::number(size)})) }
            " " code { (head.root_text()) }
        }
    }
}

/// Shown by the script two minutes before an unused session ends.
fn session_warning() -> Markup {
    html! {
        div.session-warning id="sesion-aviso" role="alert" hidden {
            p { strong { (t("web-session-warning")) } }
            p { (t("web-session-warning-text")) }
            button.button type="button" data-stay data-closed=(t("web-session-closed")) { (t("web-session-stay")) }
        }
    }
}
