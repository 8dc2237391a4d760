//! Keys in a PKCS#11 token: SoftHSM, with a folder of its own.
//!
//! SoftHSM finds its folder by the environment of the process, so each test runs its inner half as a process of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use copihue_core::{Kind, ManualClock, Secret, SystemClock, SystemRandom};
use copihue_db::testing::engines;
use copihue_signing::keys::{Algorithm, SigningKey};
use copihue_signing::pki::{Certificate, Issuer, Profile, issue};
use copihue_signing::verify::{AnchorKind, Indication, TrustStore, verify_jws, verify_pdf};
use copihue_signing::{MIGRATIONS, Mode, NewSeal, NoEvidence, SealOptions, Signer, TokenSeal, TokenSettings};
use serde_json::json;

use crate::service::open;
use crate::support::{Authority, Bench, classic_pdf, now, options, stream_pdf, text};

const MODULES: [&str; 2] =
    ["/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"];
pub(crate) const PIN: &str = "1234";
const FOLDER: &str = "COPIHUE_TEST_TOKEN";
const EACH: [(&str, Algorithm); 3] =
    [("rsa", Algorithm::Rsa2048), ("p256", Algorithm::P256), ("p384", Algorithm::P384)];

fn module() -> Option<PathBuf> {
    let found = MODULES.iter().map(PathBuf::from).find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: SoftHSM is not installed");
    }
    found
}

/// A token «firma» with a key of each kind, the certificates beside it; then the inner test, which must pass.
fn with_token(inner: &str) {
    let Some(folder) = empty_token() else { return };
    for (n, (name, algorithm)) in EACH.iter().enumerate() {
        let authority = Authority::new(*algorithm);
        let by = Issuer {
            certificate: &authority.issuing,
            key: &authority.issuing_key,
            rut: None,
            published_at: None,
        };
        let id = format!("0{}", n + 1);
        let certificate = import(folder.path(), (name, &id), *algorithm, &by);
        let chain = [certificate.to_pem(), authority.issuing.to_pem()].concat();
        std::fs::write(folder.path().join(format!("{name}.pem")), chain).unwrap();
        std::fs::write(folder.path().join(format!("{name}_root.pem")), authority.root.to_pem()).unwrap();
    }
    within(Some(folder.path()), inner);
}

/// A folder with a token «firma» that has no key yet; `None`, with a notice, when SoftHSM is not installed.
pub(crate) fn empty_token() -> Option<tempfile::TempDir> {
    module()?;
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let configuration = format!("directories.tokendir = {}/tokens\n", folder.path().display());
    std::fs::write(folder.path().join("softhsm2.conf"), configuration).unwrap();
    util(folder.path(), &["--init-token", "--free", "--label", "firma", "--pin", PIN, "--so-pin", "5678"]);
    Some(folder)
}

fn util(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("softhsm2-util");
    command.env("SOFTHSM2_CONF", folder.join("softhsm2.conf")).args(arguments);
    let output = command.current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
}

/// A new key in the token, and the certificate of a seal with it.
pub(crate) fn import(
    folder: &Path,
    (name, id): (&str, &str),
    algorithm: Algorithm,
    by: &Issuer<'_>,
) -> Certificate {
    let secret = SigningKey::generate(algorithm).unwrap();
    let own = SigningKey::from_pkcs8(algorithm, &secret).unwrap();
    let profile = Profile::Seal { institution: "Municipalidad de Puente Alto".into(), rut: None };
    let (from, until) = (now().plus_seconds(-86_400), now().plus_seconds(2 * 365 * 86_400));
    std::fs::write(folder.join("key.p8"), pem(&secret)).unwrap();
    util(folder, &["--import", "key.p8", "--token", "firma", "--pin", PIN, "--label", name, "--id", id]);
    std::fs::remove_file(folder.join("key.p8")).unwrap();
    issue(by, &profile, &own, from, until, &SystemRandom).unwrap()
}

/// Runs an inner test as a process of its own, which must pass.
pub(crate) fn within(token: Option<&Path>, inner: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", inner, "--ignored", "--nocapture"]);
    if let Some(folder) = token {
        command.env("SOFTHSM2_CONF", folder.join("softhsm2.conf")).env(FOLDER, folder);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("1 passed"), "{}", text(&output));
}

fn pem(secret: &Secret) -> String {
    use base64::Engine as _;
    let body = base64::engine::general_purpose::STANDARD.encode(secret.expose());
    format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
}

/// The folder of the outer half; `None` when somebody runs an inner one by hand.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

pub(crate) fn settings(key: &str, pin: &str) -> TokenSettings {
    TokenSettings {
        module: module().unwrap(),
        token: "firma".into(),
        key: key.into(),
        pin: Secret::new(pin.as_bytes()),
    }
}

fn certificates(folder: &Path, name: &str) -> Vec<Certificate> {
    let pem = std::fs::read_to_string(folder.join(format!("{name}.pem"))).unwrap();
    Certificate::many_from_pem(&pem).unwrap()
}

fn trust(folder: &Path, name: &str) -> TrustStore {
    let pem = std::fs::read_to_string(folder.join(format!("{name}_root.pem"))).unwrap();
    TrustStore::from_pem(&pem, AnchorKind::Test).unwrap()
}

fn signer(folder: &Path, name: &str, key: &str, pin: &str) -> Signer {
    let mut chain = certificates(folder, name);
    let own = chain.remove(0);
    Signer::new(SigningKey::in_token(settings(key, pin), &own).unwrap(), own, chain).unwrap()
}

#[test]
fn sig_21_a_token_signs_what_other_programs_accept() {
    with_token("token::inside_what_a_token_signs");
}

#[test]
#[ignore = "the inner half"]
fn inside_what_a_token_signs() {
    let Some(folder) = folder() else { return };
    for (name, algorithm) in EACH {
        let signer = signer(&folder, name, name, PIN);
        assert_eq!(signer.algorithm(), algorithm);
        let trust = trust(&folder, name);
        let jws = signer.sign_jws(&json!({"a": "ñ"}), now()).unwrap();
        assert_eq!(verify_jws(&jws, &trust, now()).indication(), Indication::TotalPassed);
        let bench = Bench::new(&Authority::new(Algorithm::P256));
        let root = std::fs::read(folder.join(format!("{name}_root.pem"))).unwrap();
        bench.put("ca.pem", &root);
        for pdf in [classic_pdf(), stream_pdf()] {
            let signed = signer.sign_pdf(&pdf, &options(), now()).unwrap();
            assert!(verify_pdf(&signed, &trust, now()).is_genuine());
            bench.put("token.pdf", &signed);
            if let Some(output) = bench.run("pdfsig", &["-nocert", "token.pdf"]) {
                assert!(text(&output).contains("Signature is Valid."), "{}", text(&output));
            }
            let validate = ["sign", "validate", "--trust", "ca.pem", "--trust-replace"];
            let validate = [&validate[..], &["--no-revocation-check", "token.pdf"]].concat();
            if let Some(output) = bench.run("pyhanko", &validate) {
                assert!(text(&output).contains("INTACT:TRUSTED,UNTOUCHED"), "{}", text(&output));
            }
        }
    }
}

#[test]
fn sig_21_many_sign_with_one_token_at_once_and_it_may_come_back() {
    with_token("token::inside_many_at_once_and_a_token_that_comes_back");
}

#[test]
#[ignore = "the inner half"]
fn inside_many_at_once_and_a_token_that_comes_back() {
    let Some(folder) = folder() else { return };
    let (rsa, p256) = (signer(&folder, "rsa", "rsa", PIN), signer(&folder, "p256", "p256", PIN));
    let sign = |signer: &Signer| signer.sign_jws(&json!({}), now());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| drop((sign(&rsa).unwrap(), sign(&p256).unwrap()))));
        }
    });
    // All sessions die, and so does the login.
    let close = || cryptoki::context::Pkcs11::new(module().unwrap()).unwrap().finalize().unwrap();
    close();
    sign(&rsa).unwrap();
    sign(&p256).unwrap();
    // Now the token is away as well.
    close();
    std::fs::rename(folder.join("tokens"), folder.join("away")).unwrap();
    std::fs::create_dir(folder.join("tokens")).unwrap();
    assert_eq!(sign(&rsa).unwrap_err().kind(), Kind::Unavailable);
    assert_eq!(sign(&p256).unwrap_err().kind(), Kind::Unavailable);
    std::fs::remove_dir(folder.join("tokens")).unwrap();
    std::fs::rename(folder.join("away"), folder.join("tokens")).unwrap();
    // The library is not started anew at each attempt.
    let back = (0..30).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(500));
        sign(&rsa).is_ok()
    });
    assert!(back);
    sign(&p256).unwrap();
}

#[test]
fn sig_21_a_token_with_another_key_or_pin_signs_nothing() {
    with_token("token::inside_another_key_or_pin");
}

#[test]
#[ignore = "the inner half"]
fn inside_another_key_or_pin() {
    let Some(folder) = folder() else { return };
    let sign = |signer: &Signer| signer.sign_jws(&json!({}), now()).map_err(|e| e.kind());
    // A PIN that was refused is not tried until the token locks.
    let wrong = signer(&folder, "p256", "p256", "0000");
    assert_eq!(sign(&wrong), Err(Kind::Internal));
    for _ in 0..20 {
        assert_eq!(sign(&wrong), Err(Kind::Unavailable));
    }
    assert_eq!(sign(&signer(&folder, "p256", "no-hay", PIN)), Err(Kind::Internal));
    assert!(sign(&signer(&folder, "p256", "rsa", PIN)).is_err());
    // A key of the right kind that is not this certificate's.
    let other = Authority::new(Algorithm::P256).seal().certificate().clone();
    let key = SigningKey::in_token(settings("p256", PIN), &other).unwrap();
    assert_eq!(sign(&Signer::new(key, other, vec![]).unwrap()), Err(Kind::Internal));
    assert!(sign(&signer(&folder, "p256", "p256", PIN)).is_ok());
}

#[test]
fn sig_21_an_institution_seals_with_its_token_and_with_nothing_else() {
    with_token("token::inside_a_seal_in_a_token");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "the inner half"]
async fn inside_a_seal_in_a_token() {
    let Some(folder) = folder() else { return };
    for test in engines() {
        test.migrate(&[MIGRATIONS]).unwrap();
        let clock = Arc::new(ManualClock::new(copihue_core::Clock::now(&SystemClock::default())));
        let signing = open(&test.db(), &clock, Mode::Live, Arc::new(NoEvidence)).await;
        signing.ensure_authority().await.unwrap();
        let institution = "PE-MUN-00345";
        let seal = |name: &str| TokenSeal {
            institution: institution.into(),
            settings: settings(name, PIN),
            hash: None,
            certificates: certificates(&folder, name),
        };
        signing.use_token(seal("rsa")).await.unwrap();
        // A seal in the database would stand beside it, and might sign in its place.
        let new = NewSeal {
            institution: institution.into(),
            name: "M".into(),
            rut: None,
            algorithm: Algorithm::P256,
        };
        signing.ensure_seal(&new).await.unwrap();
        let signed = signing.seal_pdf(institution, classic_pdf(), SealOptions::default()).await.unwrap();
        let at = copihue_core::Clock::now(clock.as_ref());
        assert!(verify_pdf(&signed.bytes, &trust(&folder, "rsa"), at).is_genuine());
        // When its certificate has ended, nothing else takes its place.
        clock.advance_millis(3 * 365 * 86_400_000);
        let error = signing.seal_pdf(institution, classic_pdf(), SealOptions::default()).await.unwrap_err();
        assert_eq!(error.code(), "sin_certificado");
        let unknown = TokenSeal { settings: settings("no-hay", PIN), ..seal("rsa") };
        assert!(signing.use_token(unknown).await.is_err());
    }
}
