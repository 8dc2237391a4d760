//! The ways between the pages of signatures, for whoever may use each.

use copihue_web::{Cx, Markup, html};

use crate::{ADMINISTRATOR, CERTIFIER, OPERATOR};

/// Who is shown a way.
enum For {
    Officials,
    Roles(&'static [&'static str]),
}

/// Address, text, for whom. One line a page.
const WAYS: &[(&str, &str, For)] = &[
    ("/gestion/firma", "signing-nav-waiting", For::Officials),
    ("/gestion/firma/enviados", "signing-nav-sent", For::Officials),
    ("/gestion/firma/mi-certificado", "signing-nav-mine", For::Officials),
    ("/gestion/firma/solicitudes", "signing-nav-requests", For::Roles(&[CERTIFIER, OPERATOR])),
    ("/gestion/firma/titulares", "signing-nav-holders", For::Roles(&[OPERATOR])),
    ("/gestion/firma/aplicaciones", "signing-nav-applications", For::Roles(&[OPERATOR])),
    ("/gestion/firma/plataforma", "signing-nav-platform", For::Roles(&[ADMINISTRATOR])),
    ("/gestion/firma/ajustes", "signing-nav-settings", For::Roles(&[CERTIFIER, OPERATOR])),
];

/// The navigation at the top of each of these pages.
pub(crate) fn nav(cx: &Cx) -> Markup {
    let has = |role: &&str| cx.actor().is_some_and(|actor| actor.has_role(role));
    let shown = |to: &For| match to {
        For::Officials => true,
        For::Roles(roles) => roles.iter().any(has),
    };
    let ways: Vec<_> = WAYS.iter().filter(|(_, _, to)| shown(to)).collect();
    html! {
        @if ways.len() > 1 {
            nav.filters aria-label=(cx.t("signing-nav")) {
                ul {
                    @for (href, key, _) in ways {
                        @let here = cx.path() == *href;
                        li { a href=(href) aria-current=[here.then_some("page")] { (cx.t(key)) } }
                    }
                }
            }
        }
    }
}
