//! Terms of a case: started and met by its events.

use copihue_core::calendar::EventKind;
use copihue_core::{Result, Timestamp};

use crate::model::dates::Place;
use crate::model::definition::Definition;
use crate::model::machine::{CaseState, Running};

/// Starts the terms that `event` starts, and meets those that it meets.
pub(super) fn happened(
    d: &Definition,
    state: &mut CaseState,
    place: Place,
    event: &str,
    at: Timestamp,
) -> Result<()> {
    for running in state.deadlines.iter_mut().filter(|r| r.meets == event && r.met_at.is_none()) {
        running.met_at = Some(at);
    }
    for def in d.deadlines.iter().filter(|def| def.starts == event) {
        let kind = if event == "presentar" { EventKind::Filing } else { EventKind::Act };
        let (due, expires) = place.due(&def.term, kind, at)?;
        state.deadlines.retain(|r| r.id != def.id);
        state.deadlines.push(Running {
            id: def.id.clone(),
            title: def.title.es().to_owned(),
            who: def.who,
            meets: def.meets.clone(),
            from: at,
            due,
            expires,
            met_at: None,
        });
    }
    Ok(())
}

/// The name of a legal event or state, as definitions write it.
pub(super) fn name<T: serde::Serialize>(event: T) -> String {
    serde_json::to_value(event).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
