//! The gallery of components `/gestion/componentes`: for development only.

use axum::response::Response;
use maud::html;

use crate::cx::Cx;
use crate::page::Page;
use crate::routes::{Access, RouteSet, Routes};
use crate::web::Web;

pub(crate) fn routes(_: &Web) -> RouteSet {
    Routes::new(()).service("web").get("/gestion/componentes", Access::Public, page).finish()
}

async fn page(cx: Cx) -> Response {
    cx.page(Page::new("Componentes").wide(), html! {})
}
