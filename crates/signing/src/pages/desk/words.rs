//! How states and findings are said.

use copihue_web::components::{Tone, tag};
use copihue_web::{Cx, Markup, args, html};

use crate::model::batch::ItemState;
use crate::model::paper::{Findings, PaperState, Turn, TurnState};

pub(super) fn paper_tag(cx: &Cx, state: PaperState) -> Markup {
    let (key, tone) = match state {
        PaperState::Underway => ("signing-paper-en_curso", Tone::Info),
        PaperState::Complete => ("signing-paper-completo", Tone::Good),
        PaperState::Refused => ("signing-paper-rechazado", Tone::Bad),
        PaperState::Expired => ("signing-paper-vencido", Tone::Warn),
        PaperState::Withdrawn => ("signing-paper-retirado", Tone::Neutral),
    };
    tag(cx.t(key), tone)
}

pub(super) fn turn_tag(cx: &Cx, state: TurnState) -> Markup {
    let (key, tone) = match state {
        TurnState::Later => ("signing-turn-en_espera", Tone::Neutral),
        TurnState::Open => ("signing-turn-pendiente", Tone::Info),
        TurnState::Signed => ("signing-turn-firmado", Tone::Good),
        TurnState::Refused => ("signing-turn-rechazado", Tone::Bad),
    };
    tag(cx.t(key), tone)
}

pub(super) fn item_tag(cx: &Cx, state: ItemState) -> Markup {
    let (key, tone) = match state {
        ItemState::Pending => ("signing-item-pendiente", Tone::Neutral),
        ItemState::Signed => ("signing-item-firmado", Tone::Good),
        ItemState::Failed => ("signing-item-error", Tone::Bad),
    };
    tag(cx.t(key), tone)
}

/// Who signs, with whoever stood in.
pub(super) fn signer(cx: &Cx, turn: &Turn) -> Markup {
    html! {
        (turn.name)
        @if let Some(name) = &turn.acted_name {
            br; span.hint { (cx.ta("signing-acted-by", &args! { "name" => name.as_str() })) }
        }
    }
}

/// What a signer must know of the file, in sentences.
pub(super) fn findings(cx: &Cx, found: &Findings) -> Vec<String> {
    let mut all = Vec::new();
    let mut say = |told: bool, key: &str| {
        if told {
            all.push(cx.t(key).to_owned());
        }
    };
    say(found.broken, "signing-found-broken");
    say(found.scripts, "signing-found-scripts");
    say(found.files, "signing-found-files");
    say(found.form, "signing-found-form");
    say(found.certified, "signing-found-certified");
    if found.signatures > 0 {
        all.push(cx.ta("signing-found-signatures", &args! { "n" => i64::from(found.signatures) }));
    }
    all
}
