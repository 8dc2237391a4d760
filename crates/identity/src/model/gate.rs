//! The one gate of issuance (IDP-02): every code, token, userinfo and introspection answer passes here, whatever the grant.

use copihue_core::{Acr, Timestamp};

use super::client::{Auth, Client, ClientState};
use super::mandate::Acting;
use super::person::{Person, PersonState, Proofing, Vital};

/// How an application asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    /// A code, by a fresh login or the provider's session.
    Code,
    /// Tokens for a code.
    Redeem,
    /// New tokens for a refresh token.
    Refresh,
    /// What a device may have, or its first tokens.
    Device,
    /// What an access token may read.
    Userinfo,
    /// Whether a token is alive.
    Introspect,
}

impl Use {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Code, Self::Redeem, Self::Refresh, Self::Device, Self::Userinfo, Self::Introspect];
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Of whom.
    pub person: &'a Person,
    /// By which application.
    pub client: &'a Client,
    /// How.
    pub how: Use,
    /// The person's epoch when they logged in.
    pub epoch: i64,
    /// The level of that login: what happened.
    pub level: Acr,
    /// How they logged in (RFC 8176).
    pub amr: &'a [String],
    /// For whom the person acts.
    pub acting: Acting<'a>,
    /// The instant.
    pub now: Timestamp,
}

/// Why nothing is given. For the log and for tests: the application only learns that its grant is invalid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Denied {
    /// The application is not active.
    Application,
    /// The application may not ask in this way.
    Grant,
    /// A test person at a real application, or the other way round.
    Environment,
    /// The account is locked, closed or not there.
    Account,
    /// The person has died.
    Deceased,
    /// Nobody has seen proof of who the person is.
    Proofing,
    /// Everything given before was ended.
    Epoch,
    /// The login was weaker than the application demands.
    Level,
    /// The mandate is over, or somebody else's.
    Mandate,
}

/// Whether the application may be told anything of the person. Who is locked or dead gets nothing by any grant (B14).
///
/// # Errors
/// The first reason against it.
pub fn may_issue(ask: &Ask<'_>) -> Result<(), Denied> {
    let (person, client) = (ask.person, ask.client);
    let refuse = |unless: bool, why: Denied| if unless { Ok(()) } else { Err(why) };
    refuse(client.state == ClientState::Active, Denied::Application)?;
    let fits = match ask.how {
        Use::Refresh => client.settings.refresh,
        Use::Device => client.settings.device,
        Use::Code | Use::Redeem | Use::Userinfo | Use::Introspect => true,
    };
    refuse(fits, Denied::Grant)?;
    refuse(client.environment.admits(person.kind), Denied::Environment)?;
    refuse(person.vital == Vital::Alive, Denied::Deceased)?;
    refuse(person.state == PersonState::Active, Denied::Account)?;
    refuse(person.proofing >= Proofing::P1, Denied::Proofing)?;
    refuse(person.epoch == ask.epoch, Denied::Epoch)?;
    let twice = !client.settings.require_2fa || ask.amr.iter().any(|method| method == "mfa");
    refuse(ask.level >= client.settings.acr_min && twice, Denied::Level)?;
    match ask.acting {
        Acting::Self_ => Ok(()),
        Acting::By(mandate) => refuse(mandate.is_some_and(|m| m.allows(person.id, ask.now)), Denied::Mandate),
    }
}

/// Whether an application may have tokens in its own name.
///
/// # Errors
/// The first reason against it.
pub fn may_issue_itself(client: &Client) -> Result<(), Denied> {
    match client.state {
        ClientState::Active if client.settings.machine && client.settings.auth != Auth::Public => Ok(()),
        ClientState::Active => Err(Denied::Grant),
        ClientState::Approved | ClientState::Suspended | ClientState::Revoked => Err(Denied::Application),
    }
}

#[cfg(test)]
mod tests {
    use copihue_core::{Bucket, Id, SeededRandom, Timestamp};

    use super::*;
    use crate::model::client::{Environment, Settings};
    use crate::model::mandate::{MandateState, Validity};
    use crate::model::person::PersonKind;

    const NOW: Timestamp = Timestamp::from_millis(1_764_000_000_000);
    const ACRS: [Acr; 3] = [Acr::Low, Acr::Substantial, Acr::High];

    fn id(seed: u64) -> Id {
        Id::new(NOW, Bucket::new(7), &SeededRandom::new(seed))
    }

    fn person() -> Person {
        Person {
            id: id(1),
            run: "44.444.444-4".parse().unwrap(),
            names: vec!["María".into()],
            surnames: vec!["Del Río".into()],
            email: None,
            email_verified: false,
            kind: PersonKind::Real,
            state: PersonState::Active,
            vital: Vital::Alive,
            proofing: Proofing::P1,
            password_by: crate::model::level::PasswordBy::Owner,
            epoch: 3,
        }
    }

    fn client() -> Client {
        Client {
            id: "app".into(),
            name: "App".into(),
            institution: "Municipalidad de Ejemplo".into(),
            environment: Environment::Production,
            state: ClientState::Active,
            scopes: vec!["openid".into()],
            redirect_uris: vec![],
            settings: Settings::default(),
        }
    }

    fn people() -> Vec<Person> {
        let mut all = Vec::new();
        for state in
            [PersonState::NoAccount, PersonState::Active, PersonState::Suspended, PersonState::Closed]
        {
            for vital in [Vital::Alive, Vital::Deceased] {
                for kind in [PersonKind::Real, PersonKind::Test] {
                    for proofing in [Proofing::P0, Proofing::P1, Proofing::P2] {
                        all.push(Person { state, vital, kind, proofing, ..person() });
                    }
                }
            }
        }
        all
    }

    fn clients() -> Vec<Client> {
        let mut all = Vec::new();
        for state in
            [ClientState::Approved, ClientState::Active, ClientState::Suspended, ClientState::Revoked]
        {
            for environment in [Environment::Sandbox, Environment::Production] {
                for acr_min in ACRS {
                    for (refresh, device) in [(true, false), (false, true)] {
                        let require_2fa = device;
                        let settings =
                            Settings { acr_min, refresh, device, require_2fa, ..Settings::default() };
                        all.push(Client { state, environment, settings, ..client() });
                    }
                }
            }
        }
        all
    }

    fn mandates() -> Vec<Option<Validity>> {
        let mut all = vec![None];
        for state in MandateState::ALL {
            for holder in [id(1), id(2)] {
                for until in [None, Some(NOW), Some(NOW.plus_seconds(1))] {
                    all.push(Some(Validity { holder, state, until }));
                }
            }
        }
        all
    }

    /// The rule once more, said the other way round: what a right answer has in common.
    fn sound(ask: &Ask<'_>) -> bool {
        let alive = ask.person.vital == Vital::Alive && ask.person.state == PersonState::Active;
        let kinds = matches!(
            (ask.client.environment, ask.person.kind),
            (Environment::Production, PersonKind::Real) | (Environment::Sandbox, PersonKind::Test)
        );
        let mandate = match ask.acting {
            Acting::Self_ => true,
            Acting::By(None) => false,
            Acting::By(Some(m)) => {
                m.state == MandateState::InForce && m.holder == ask.person.id && m.until != Some(NOW)
            }
        };
        alive
            && kinds
            && mandate
            && ask.person.proofing != Proofing::P0
            && ask.person.epoch == ask.epoch
            && ask.client.state == ClientState::Active
            && ask.level >= ask.client.settings.acr_min
            && (!ask.client.settings.require_2fa || ask.level != Acr::Low)
            && (ask.how != Use::Refresh || ask.client.settings.refresh)
            && (ask.how != Use::Device || ask.client.settings.device)
    }

    /// Every way of asking against every state of person, application, login and mandate.
    #[test]
    fn idp_02_b14_the_gate_opens_for_every_use_exactly_when_nothing_speaks_against_it() {
        let (mut opened, mut asked) = (0_u32, 0_u32);
        let mandates = mandates();
        for person in people() {
            for client in clients() {
                for how in Use::ALL {
                    for level in ACRS {
                        let amr = if level == Acr::Low {
                            vec!["pwd".to_owned()]
                        } else {
                            vec!["pwd".to_owned(), "mfa".to_owned()]
                        };
                        for epoch in [2, 3] {
                            let acting = std::iter::once(Acting::Self_)
                                .chain(mandates.iter().map(|m| Acting::By(m.as_ref())));
                            for acting in acting {
                                let (person, client) = (&person, &client);
                                let ask =
                                    Ask { person, client, how, epoch, level, amr: &amr, acting, now: NOW };
                                assert_eq!(may_issue(&ask).is_ok(), sound(&ask), "{ask:?}");
                                opened += u32::from(may_issue(&ask).is_ok());
                                asked += 1;
                            }
                        }
                    }
                }
            }
        }
        assert!(opened > 0 && asked > 3_000_000 && opened < asked / 50, "{opened} of {asked}");
    }

    #[test]
    fn idp_02_the_gate_names_the_reason() {
        let (person, client) = (person(), client());
        let ask = Ask {
            person: &person,
            client: &client,
            how: Use::Code,
            epoch: 3,
            level: Acr::Low,
            amr: &[],
            acting: Acting::Self_,
            now: NOW,
        };
        assert_eq!(may_issue(&ask), Ok(()));
        assert_eq!(may_issue(&Ask { epoch: 2, ..ask }), Err(Denied::Epoch));
        let dead = Person { vital: Vital::Deceased, ..person.clone() };
        assert_eq!(may_issue(&Ask { person: &dead, ..ask }), Err(Denied::Deceased));
        let strict = Settings { acr_min: Acr::Substantial, ..Settings::default() };
        let strict = Client { settings: strict, ..client.clone() };
        assert_eq!(may_issue(&Ask { client: &strict, ..ask }), Err(Denied::Level));
        let twice = Settings { require_2fa: true, ..Settings::default() };
        let twice = Client { settings: twice, ..client.clone() };
        assert_eq!(may_issue(&Ask { client: &twice, ..ask }), Err(Denied::Level));
        assert_eq!(may_issue(&Ask { acting: Acting::By(None), ..ask }), Err(Denied::Mandate));
    }
}
