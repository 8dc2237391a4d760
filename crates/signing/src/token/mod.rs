//! Keys that never leave a PKCS#11 token: a session for each that signs at once, and a new start when the token was away.

mod module;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::signature::{self as lc, UnparsedPublicKey, VerificationAlgorithm};
use copihue_core::{Error, Result, Secret};
use cryptoki::context::Pkcs11;
use cryptoki::error::{Error as TokenError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use self::module::Module;
use crate::asn1;
use crate::hash::Hash;
use crate::keys::Algorithm;
use crate::oid;
use crate::pki::Certificate;

/// Where a key is.
#[derive(Clone, Debug)]
pub struct TokenSettings {
    /// The vendor's library, such as `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The private key's label (`CKA_LABEL`), the only one of that label.
    pub key: String,
    /// The user's PIN.
    pub pin: Secret,
}

/// A key in a token.
pub(crate) struct TokenKey {
    settings: TokenSettings,
    algorithm: Algorithm,
    public_bits: Vec<u8>,
    module: Arc<Module>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Ready>,
    /// Grows each time that the sessions turned out dead.
    round: u64,
    /// Whether the PIN was wrong. Nothing is tried again then: a token that is asked a few times more locks itself.
    pin_refused: bool,
}

/// A session that is logged in, with the key found.
struct Ready {
    session: Session,
    key: ObjectHandle,
    round: u64,
}

/// Why it did not sign.
enum Trouble {
    /// The token was away, or its sessions are dead: a new start may help.
    Away(String),
    /// Nothing that a new start changes.
    Refused(Error),
}

type Asked<T> = std::result::Result<T, Trouble>;

impl From<TokenError> for Trouble {
    fn from(error: TokenError) -> Self {
        use RvError as R;
        let away = matches!(
            &error,
            TokenError::Pkcs11(
                R::CryptokiNotInitialized
                    | R::DeviceError
                    | R::DeviceRemoved
                    | R::FunctionFailed
                    | R::GeneralError
                    | R::KeyHandleInvalid
                    | R::ObjectHandleInvalid
                    | R::SessionClosed
                    | R::SessionHandleInvalid
                    | R::SlotIdInvalid
                    | R::TokenNotPresent
                    | R::TokenNotRecognized
                    | R::UserNotLoggedIn,
                _
            )
        );
        if away { Self::Away(error.to_string()) } else { Self::Refused(Error::internal(error)) }
    }
}

impl TokenKey {
    /// The private key of this certificate. Nothing is asked of the token yet.
    ///
    /// # Errors
    /// When the certificate's key is neither RSA of 2048, 3072 or 4096 bits nor on P-256 or P-384.
    pub(crate) fn new(settings: TokenSettings, certificate: &Certificate) -> Result<Self> {
        let public_bits = certificate.public_bits().to_vec();
        let algorithm = match certificate.key_algorithm() {
            (oid::EC_PUBLIC_KEY, Some(oid::P256)) => Algorithm::P256,
            (oid::EC_PUBLIC_KEY, Some(oid::P384)) => Algorithm::P384,
            (oid::RSA, _) => Algorithm::of_rsa_key(&public_bits).ok_or_else(not_for_tokens)?,
            _ => return Err(not_for_tokens()),
        };
        let module = Module::at(&settings.module);
        Ok(Self { settings, algorithm, public_bits, module, state: Mutex::default() })
    }

    /// Looks whether the token has the key. One that is away is waited for.
    ///
    /// # Errors
    /// When the token refuses, or has no such key.
    pub(crate) fn connect(&self) -> Result<()> {
        let _at_work = self.module.at_work();
        match self.ready() {
            Ok(ready) => self.keep(ready),
            Err(Trouble::Refused(error)) => return Err(error),
            Err(Trouble::Away(why)) => tracing::error!(token = %self.settings.token, %why, "a token is away"),
        }
        Ok(())
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(crate) fn public_bits(&self) -> &[u8] {
        &self.public_bits
    }

    /// Signs over a hash. The signature is checked before it leaves: whatever else answers under that label, or answers
    /// wrongly, signs nothing here.
    ///
    /// # Errors
    /// Unavailable when the token does not answer; internal when it refuses, or when its key is not the certificate's.
    pub(crate) fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let raw = self.sign_raw(hash, message)?;
        Ok(match self.algorithm {
            Algorithm::P256 | Algorithm::P384 => to_der(&raw),
            _ => raw,
        })
    }

    /// The same as the token gives it: r‖s for ECDSA.
    ///
    /// # Errors
    /// As [`Self::sign`].
    pub(crate) fn sign_raw(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let digest = hash.of(&[message]);
        let signature = match self.algorithm {
            // Some tokens cut a digest that is longer than the curve's order, and others refuse it.
            Algorithm::P256 | Algorithm::P384 => {
                self.ask(&Mechanism::Ecdsa, &self.algorithm.fitted(digest.as_ref()))
            }
            _ => self.ask(&Mechanism::RsaPkcs, &hash.digest_info(digest.as_ref())),
        }?;
        if self.is_ours(hash, message, &signature) {
            return Ok(signature);
        }
        Err(Error::internal(format_args!(
            "the key «{}» of the token «{}» is not the certificate's, or signs wrongly",
            self.settings.key, self.settings.token
        )))
    }

    fn is_ours(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let (scheme, scalar): (&dyn VerificationAlgorithm, _) = match (self.algorithm, hash) {
            (Algorithm::P256, Hash::Sha256) => (&lc::ECDSA_P256_SHA256_ASN1, 32),
            (Algorithm::P256, Hash::Sha384) => (&lc::ECDSA_P256_SHA384_ASN1, 32),
            (Algorithm::P256, Hash::Sha512) => (&lc::ECDSA_P256_SHA512_ASN1, 32),
            (Algorithm::P384, Hash::Sha256) => (&lc::ECDSA_P384_SHA256_ASN1, 48),
            (Algorithm::P384, Hash::Sha384) => (&lc::ECDSA_P384_SHA384_ASN1, 48),
            (Algorithm::P384, Hash::Sha512) => (&lc::ECDSA_P384_SHA512_ASN1, 48),
            (_, Hash::Sha256) => (&lc::RSA_PKCS1_2048_8192_SHA256, 0),
            (_, Hash::Sha384) => (&lc::RSA_PKCS1_2048_8192_SHA384, 0),
            (_, Hash::Sha512) => (&lc::RSA_PKCS1_2048_8192_SHA512, 0),
        };
        let checked = match self.algorithm {
            Algorithm::P256 | Algorithm::P384 if signature.len() == 2 * scalar => to_der(signature),
            Algorithm::P256 | Algorithm::P384 => return false,
            _ => signature.to_vec(),
        };
        UnparsedPublicKey::new(scheme, &self.public_bits).verify(message, &checked).is_ok()
    }

    /// Has the token sign. When it was away, once more from a new start.
    fn ask(&self, mechanism: &Mechanism<'_>, data: &[u8]) -> Result<Vec<u8>> {
        let round = self.state().round;
        let why = match self.try_once(mechanism, data) {
            Ok(signature) => return Ok(signature),
            Err(Trouble::Refused(error)) => return Err(error),
            Err(Trouble::Away(why)) => why,
        };
        tracing::warn!(token = %self.settings.token, %why, "a token was away; starting anew");
        self.forget(round);
        self.module.restart();
        self.try_once(mechanism, data).map_err(|trouble| match trouble {
            Trouble::Away(why) => Error::unavailable(format_args!("a token does not answer: {why}")),
            Trouble::Refused(error) => error,
        })
    }

    fn try_once(&self, mechanism: &Mechanism<'_>, data: &[u8]) -> Asked<Vec<u8>> {
        let _at_work = self.module.at_work();
        let ready = self.ready()?;
        let signature = ready.session.sign(mechanism, ready.key, data)?;
        self.keep(ready);
        Ok(signature)
    }

    fn keep(&self, ready: Ready) {
        let mut state = self.state();
        if state.round == ready.round {
            state.idle.push(ready);
        }
    }

    /// A session that nobody else uses.
    fn ready(&self) -> Asked<Ready> {
        let mut state = self.state();
        if let Some(ready) = state.idle.pop() {
            return Ok(ready);
        }
        if state.pin_refused {
            return Err(Trouble::Refused(Error::unavailable("the PIN of a token was wrong")));
        }
        let round = state.round;
        let session = self.session(&self.module.library()?)?;
        // All sessions of a program are logged in together, and whoever comes first logs in.
        match session.login(UserType::User, Some(&self.pin()?)) {
            Ok(()) | Err(TokenError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => {
                use RvError as R;
                state.pin_refused =
                    matches!(error, TokenError::Pkcs11(R::PinIncorrect | R::PinLocked | R::PinExpired, _));
                return Err(error.into());
            }
        }
        let key = self.find(&session)?;
        Ok(Ready { session, key, round })
    }

    fn session(&self, library: &Pkcs11) -> Asked<Session> {
        for slot in library.get_slots_with_token()? {
            if library.get_token_info(slot)?.label().trim_end() == self.settings.token {
                return Ok(library.open_ro_session(slot)?);
            }
        }
        Err(Trouble::Away(format!("there is no token «{}»", self.settings.token)))
    }

    fn pin(&self) -> Asked<AuthPin> {
        let text = std::str::from_utf8(self.settings.pin.expose())
            .map_err(|_| Trouble::Refused(Error::internal("a PIN is not UTF-8")))?;
        Ok(AuthPin::from(text))
    }

    fn find(&self, session: &Session) -> Asked<ObjectHandle> {
        let label = Attribute::Label(self.settings.key.clone().into_bytes());
        match session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY), label])?[..] {
            [key] => Ok(key),
            ref found => Err(Trouble::Refused(Error::internal(format_args!(
                "{} private keys are called «{}» in the token «{}»",
                found.len(),
                self.settings.key,
                self.settings.token
            )))),
        }
    }

    /// Forgets the sessions of that round, unless another thread did already.
    fn forget(&self, round: u64) {
        let _at_work = self.module.at_work();
        let mut state = self.state();
        if state.round == round {
            state.round += 1;
            state.idle.clear();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_for_tokens() -> Error {
    Error::invalid(
        "configuracion",
        "El certificado de un dispositivo de firma debe ser RSA de 2048, 3072 o 4096 bits, P-256 o P-384.",
    )
}

/// r‖s as `ECDSA-Sig-Value` (RFC 3279 §2.2.3).
fn to_der(raw: &[u8]) -> Vec<u8> {
    let (r, s) = raw.split_at(raw.len() / 2);
    asn1::seq(&[&asn1::unsigned(r), &asn1::unsigned(s)])
}
