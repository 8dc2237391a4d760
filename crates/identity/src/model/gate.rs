//! The one gate of issuance (IDP-02): every code, token and userinfo answer passes here, whatever the grant.

use super::client::{Client, ClientState};
use super::person::{Person, PersonState, Proofing};

/// Whether the application may be told anything of the person. A suspended person or application gets nothing by any grant (B14).
#[must_use]
pub fn may_issue(person: &Person, client: &Client, epoch: i64) -> bool {
    client.state == ClientState::Active
        && person.state == PersonState::Active
        && person.proofing >= Proofing::P1
        && person.epoch == epoch
        && client.environment.admits(person.kind)
}
