//! A page about one thing — a holder, a request, an application — and what is done to it from there. What can't be done
//! leads to the same page again, with what has to be mended beside its field and nothing of what was written lost.

use std::future::Future;

use axum::extract::{Path, State};
use axum::response::Response;
use copihue_core::{Actor, Error, Id};
use copihue_web::{Cx, Failure, FormData, FormState, Markup, Page};
use futures_util::future::BoxFuture;
use http::StatusCode;

use super::{id_of, parts};
use crate::Registration;

/// One kind of page.
pub(super) trait Sheet {
    /// What it is about.
    type Thing: Send + Sync;
    /// What its buttons do.
    type Deed: Copy + Send + Sync + 'static;

    /// The thing, for an actor who may see it.
    fn read(
        registration: &Registration,
        actor: &Actor,
        id: Id,
    ) -> impl Future<Output = Result<Self::Thing, Error>> + Send;

    /// The page, its forms filled.
    fn draw(registration: &Registration, cx: &Cx, thing: &Self::Thing, state: &FormState) -> (Page, Markup);

    /// Does it, and answers with what comes next.
    fn act(
        registration: &Registration,
        cx: &Cx,
        id: Id,
        deed: Self::Deed,
        form: &FormData,
    ) -> impl Future<Output = Done> + Send;
}

/// What comes after a deed, or why it was not done.
pub(super) type Done = Result<Response, Undone>;

/// Why a deed was not done.
pub(super) enum Undone {
    /// The form wants mending.
    Form(FormState),
    /// The platform refused, or failed.
    Refused(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<FormState> for Undone {
    fn from(state: FormState) -> Self {
        Self::Form(state)
    }
}

/// `GET`: the page.
pub(super) async fn page<S: Sheet>(
    State(registration): State<Registration>,
    cx: Cx,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    shown::<S>(&registration, &cx, id_of(&id)?, &FormState::new(), StatusCode::OK).await
}

/// `POST`: the handler of a deed.
pub(super) fn deed<S: Sheet>(
    deed: S::Deed,
) -> impl Fn(State<Registration>, Cx, Path<String>, FormData) -> BoxFuture<'static, Result<Response, Failure>>
+ Clone
+ Send
+ Sync
+ 'static {
    move |State(registration), cx, Path(id), form| {
        Box::pin(async move {
            let id = id_of(&id)?;
            let done = S::act(&registration, &cx, id, deed, &form).await;
            answer::<S>(&registration, &cx, id, form, done).await
        })
    }
}

/// The answer after a deed.
pub(super) async fn answer<S: Sheet>(
    registration: &Registration,
    cx: &Cx,
    id: Id,
    form: FormData,
    done: Done,
) -> Result<Response, Failure> {
    let state = match done {
        Ok(next) => return Ok(next),
        Err(Undone::Form(state)) => state,
        Err(Undone::Refused(error)) => parts::mendable(form.state(), error)?,
    };
    shown::<S>(registration, cx, id, &state, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn shown<S: Sheet>(
    registration: &Registration,
    cx: &Cx,
    id: Id,
    state: &FormState,
    status: StatusCode,
) -> Result<Response, Failure> {
    let thing = S::read(registration, cx.require_actor()?, id).await?;
    let (page, body) = S::draw(registration, cx, &thing, state);
    Ok(cx.page(page.status(status).form(state), body))
}
