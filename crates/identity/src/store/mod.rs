//! Every SQL text of the crate.

mod activation;
mod case;
mod client;
mod consent;
mod contact;
mod counter;
mod device;
mod device_request;
mod event;
mod factor;
mod grant;
mod integration;
mod key;
mod mandate;
mod passkey;
mod person;
mod purge;
mod pushed;
mod report;
mod restored;
mod session;
mod sign;
mod tally;
mod wanted;

use copihue_core::{Acr, Error, Result};

pub(crate) use self::activation::{
    activation, activations_waiting, drop_activation, put_activation, set_proofing, try_activation,
};
pub(crate) use self::case::{case, cases, cases_of, cases_resolved, insert_case, move_case};
pub(crate) use self::client::{
    SecretRow, add_secret, client, clients, drop_former_secrets, drop_newest_secret, insert_client,
    insert_secret, logout_owners, secret_hashes, secrets, set_client_state, set_logout,
};
pub(crate) use self::consent::{Consent, consent, consents, drop_consent, put_consent};
pub(crate) use self::contact::{
    ContactRow, contact_change, contact_change_by_link, drop_contact_change, insert_contact_change, set_email,
};
pub(crate) use self::counter::{clear, counter, put_counter};
pub(crate) use self::device::{knows, remember};
pub(crate) use self::device_request::{
    decide_device, device_request, device_request_by_code, insert_device_request, polled,
};
pub(crate) use self::event::{Page, event, history, insert_event};
pub(crate) use self::factor::{
    TotpRow, backup_code, backup_codes_left, drop_backup_codes, drop_totp, insert_totp, put_backup_codes,
    spend_backup_code, spend_step, totp,
};
pub(crate) use self::grant::{
    advance, grant, insert_grant, redeem_code, revoke_all, revoke_grant, revoke_of_client,
    revoke_with_session,
};
pub(crate) use self::integration::{
    Done, Integration, done, drop_integration, insert_done, insert_integration, integration, integrations_of,
    integrations_sent, put_stage_client, stage_clients, update_integration,
};
pub(crate) use self::key::{KeyRow, drop_key, insert_key, keys, move_key};
pub(crate) use self::mandate::{
    EntityRow, MandateRow, entity, entity_by_rut, entity_or_insert, given, held, insert_mandate, mandate,
    move_mandate, revoke_by_mandate,
};
pub(crate) use self::passkey::{Passkey, drop_passkey, insert_passkey, passkey, passkeys, use_passkey};
pub(crate) use self::person::{
    NewRow, PersonRow, by_id, by_run, insert_credential, insert_person, raise_epoch, set_names,
    set_password_by, set_standing,
};
pub(crate) use self::purge::purge;
pub(crate) use self::pushed::{Pushed, open_pushed, purge_once, push, pushed, spend_once, spend_pushed};
pub(crate) use self::report::{close_report, insert_report, open_reports};
pub use self::restored::end_what_was_given;
pub(crate) use self::session::{
    SsoSession, end_all, end_by_sid, end_session, insert_session, session, sessions_of, touch_session,
};
pub(crate) use self::sign::{forget_signs, note_sign, signs};
pub(crate) use self::tally::{
    Alarm, add_counts, alarms, client_names, close_alarm, counts_since, drop_counts, raise,
};
pub(crate) use self::wanted::{
    Change, Declaration, changes, changes_waiting, declarations, drop_change, drop_declaration, put_change,
    put_declaration,
};

/// The stored number of a level.
pub(crate) const fn acr_number(acr: Acr) -> i64 {
    match acr {
        Acr::Low => 1,
        Acr::Substantial => 2,
        Acr::High => 3,
    }
}

fn acr_of(number: i64) -> Result<Acr> {
    match number {
        1 => Ok(Acr::Low),
        2 => Ok(Acr::Substantial),
        3 => Ok(Acr::High),
        _ => Err(Error::internal("unknown level")),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn unknown(what: &str) -> Error {
    Error::internal(format_args!("unknown code in {what}"))
}
