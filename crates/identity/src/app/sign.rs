//! What applications are seen to do while they are tested (§3.8). Of those in production nothing is noted.

use std::net::IpAddr;

use copihue_core::Result;
use copihue_db::Tx;

use crate::Identity;
use crate::model::authorize::AuthorizeRequest;
use crate::model::checklist::Sign;
use crate::model::client::Client;
use crate::store;

impl Identity {
    /// Notes what an application did, each with the value that has to differ. The value itself is not kept.
    pub(crate) async fn note(&self, client: &Client, signs: &[(Sign, &str)]) -> Result<()> {
        if !client.settings.watched {
            return Ok(());
        }
        let owned: Vec<(Sign, String)> =
            signs.iter().map(|(sign, value)| (*sign, (*value).to_owned())).collect();
        let (identity, client) = (self.clone(), client.clone());
        let write = move |tx: &mut Tx<'_>| {
            owned.iter().try_for_each(|(sign, value)| identity.note_in(tx, &client, *sign, value))
        };
        self.0.db.write(write).await
    }

    /// [`Identity::note`] in the transaction of what was done.
    pub(super) fn note_in(&self, tx: &mut Tx<'_>, client: &Client, sign: Sign, value: &str) -> Result<()> {
        if !client.settings.watched {
            return Ok(());
        }
        let mark = match value {
            "" => Vec::new(),
            value => self.0.sealer.hash(format!("sign:{}:{value}", client.id).as_bytes())[..8].to_vec(),
        };
        store::note_sign(tx, &client.id, sign, (&mark, value.len()), self.now())
    }

    /// Notes a login.
    pub(super) fn note_login(
        &self,
        tx: &mut Tx<'_>,
        client: &Client,
        request: &AuthorizeRequest,
        peer: Option<IpAddr>,
    ) -> Result<()> {
        if !client.settings.watched {
            return Ok(());
        }
        self.note_in(tx, client, Sign::Login, "")?;
        if let Some(peer) = peer {
            self.note_in(tx, client, Sign::Browser, &peer.to_string())?;
        }
        if let Some(state) = &request.target.state {
            self.note_in(tx, client, Sign::State, state)?;
        }
        if request.nonce.is_some() {
            self.note_in(tx, client, Sign::Nonce, "")?;
        }
        if request.challenge.is_some() {
            self.note_in(tx, client, Sign::Pkce, "")?;
        }
        Ok(())
    }
}
