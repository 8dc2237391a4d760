//! What happened, in order; and states in words.

use copihue_core::Timestamp;
use maud::{Markup, Render, html};

use super::Text;
use crate::format;

/// The colour of a tag. The words say the state; the colour only helps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// Gray.
    Neutral,
    /// Blue: under way.
    Info,
    /// Green: done, in force.
    Good,
    /// Yellow: soon, waiting for you.
    Warn,
    /// Red: late, rejected, revoked.
    Bad,
}

/// A state in words.
#[must_use]
pub fn tag(text: &str, tone: Tone) -> Markup {
    let class = match tone {
        Tone::Neutral => "tag",
        Tone::Info => "tag tag-info",
        Tone::Good => "tag tag-good",
        Tone::Warn => "tag tag-warn",
        Tone::Bad => "tag tag-bad",
    };
    html! { strong class=(class) { (text) } }
}

/// Something that happened.
#[derive(Clone)]
pub struct Event<'a> {
    title: Text<'a>,
    at: Timestamp,
    by: Option<Text<'a>>,
    body: Option<Markup>,
}

impl<'a> Event<'a> {
    /// Who did it.
    #[must_use]
    pub fn by(mut self, who: impl Into<Text<'a>>) -> Self {
        self.by = Some(who.into());
        self
    }

    /// More about it.
    #[must_use]
    pub fn body(mut self, body: impl Render) -> Self {
        self.body = Some(body.render());
        self
    }
}

/// Something that happened at an instant.
pub fn event<'a>(title: impl Into<Text<'a>>, at: Timestamp) -> Event<'a> {
    Event { title: title.into(), at, by: None, body: None }
}

/// Events in the order given.
#[must_use]
pub fn timeline(events: &[Event<'_>]) -> Markup {
    html! {
        ol.timeline {
            @for event in events {
                li {
                    p.timeline-title { (event.title) }
                    p.timeline-when {
                        time datetime=(event.at.to_string()) { (format::datetime(event.at)) }
                        @if let Some(by) = &event.by { " · " (by) }
                    }
                    @if let Some(body) = &event.body { div.timeline-body { (body) } }
                }
            }
        }
    }
}
