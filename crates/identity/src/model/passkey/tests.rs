//! The standard's own vectors, and each way to go wrong.

use super::*;

/// Challenge, client data, then attestation object; or authenticator data and signature.
struct Vector {
    name: &'static str,
    made: [Vec<u8>; 3],
    used: [Vec<u8>; 4],
}

fn vectors() -> Vec<Vector> {
    let lines = include_str!("vectors.txt").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &'static str| {
        let (name, rest) = line.split_once(' ').unwrap();
        let all: Vec<Vec<u8>> = rest.split(' ').map(|word| hex::decode(word).unwrap()).collect();
        Vector {
            name,
            made: all[..3].to_vec().try_into().unwrap(),
            used: all[3..].to_vec().try_into().unwrap(),
        }
    };
    lines.map(read).collect()
}

fn rp() -> RelyingParty {
    RelyingParty { id: "example.org".into(), origins: vec!["https://example.org".into()] }
}

fn creation([_, client_data, attestation]: &[Vec<u8>; 3]) -> Creation {
    Creation { client_data: client_data.clone(), attestation: attestation.clone() }
}

fn assertion(made: &Made, [_, client_data, data, signature]: &[Vec<u8>; 4]) -> Assertion {
    Assertion {
        id: made.id.clone(),
        client_data: client_data.clone(),
        authenticator_data: data.clone(),
        signature: signature.clone(),
        user_handle: vec![1],
    }
}

fn known(made: &Made) -> Known<'_> {
    Known { public_key: &made.public_key, counter: made.counter, home: made.home }
}

/// Registers and uses the key of a vector.
fn pass(v: &Vector) -> (Made, Assertion) {
    let (made, _) = creation(&v.made).examine(&rp(), &v.made[0]).unwrap();
    let used = assertion(&made, &v.used);
    assert_eq!(used.examine(&rp(), &v.used[0], &known(&made)).unwrap().0, 0, "{}", v.name);
    (made, used)
}

#[test]
fn j01_the_standards_own_keys_are_made_and_used() {
    let names: Vec<&str> = vectors().iter().map(|v| v.name).collect();
    assert_eq!(names, ["none.ES256", "packed.RS256", "packed.EdDSA"]);
    for v in vectors() {
        let (made, used) = pass(&v);
        let home = if v.name == "packed.EdDSA" { Home::Device } else { Home::Synced };
        assert_eq!((made.home, made.counter), (home, 0));
        // Nobody was checked when these were used: it is not enough for us.
        assert_eq!(used.check(&rp(), &v.used[0], &known(&made)), Err(Bad::Verification));
    }
}

#[test]
fn j01_another_challenge_site_domain_or_purpose_is_refused() {
    for v in vectors() {
        let (made, used) = pass(&v);
        let examine =
            |rp: &RelyingParty, challenge: &[u8]| used.examine(rp, challenge, &known(&made)).unwrap_err();
        assert_eq!(examine(&rp(), &v.made[0]), Bad::Challenge);
        let elsewhere = RelyingParty { origins: vec!["https://example.org.evil.cl".into()], ..rp() };
        assert_eq!(examine(&elsewhere, &v.used[0]), Bad::Origin);
        let other = RelyingParty { id: "example.com".into(), ..rp() };
        assert_eq!(examine(&other, &v.used[0]), Bad::Domain);
        let swapped = Assertion { client_data: v.made[1].clone(), ..assertion(&made, &v.used) };
        assert_eq!(swapped.examine(&rp(), &v.made[0], &known(&made)).unwrap_err(), Bad::Purpose);
        let [_, client_data, attestation] = &v.made;
        let backwards = Creation { client_data: v.used[1].clone(), attestation: attestation.clone() };
        assert_eq!(backwards.check(&rp(), &v.used[0]).unwrap_err(), Bad::Purpose);
        let framed = String::from_utf8(client_data.clone()).unwrap();
        for (from, to) in
            [("\"crossOrigin\":false", "\"crossOrigin\":true"), ("\"crossOrigin\"", "\"topOrigin\"")]
        {
            let framed = framed.replace(from, to).into_bytes();
            let framed = Creation { client_data: framed, attestation: attestation.clone() };
            assert_eq!(framed.check(&rp(), &v.made[0]).unwrap_err(), Bad::Origin);
        }
    }
}

#[test]
fn j01_no_bit_of_what_was_signed_can_be_another() {
    for v in vectors() {
        let (made, _) = pass(&v);
        for at in 0..v.used[2].len() {
            let mut data = v.used[2].clone();
            data[at] ^= 1;
            let changed = Assertion { authenticator_data: data, ..assertion(&made, &v.used) };
            assert!(changed.examine(&rp(), &v.used[0], &known(&made)).is_err(), "{} {at}", v.name);
        }
        let mut signature = v.used[3].clone();
        *signature.last_mut().unwrap() ^= 1;
        let changed = Assertion { signature, ..assertion(&made, &v.used) };
        assert_eq!(changed.examine(&rp(), &v.used[0], &known(&made)).unwrap_err(), Bad::Signature);
        // Another's key, and a key whose home changed.
        let others = vectors().into_iter().find(|o| o.name != v.name).unwrap();
        let (other, _) = pass(&others);
        let used = assertion(&made, &v.used);
        let swapped = Known { home: made.home, ..known(&other) };
        assert_eq!(used.examine(&rp(), &v.used[0], &swapped).unwrap_err(), Bad::Signature);
        let home = if made.home == Home::Device { Home::Synced } else { Home::Device };
        assert_eq!(used.examine(&rp(), &v.used[0], &Known { home, ..known(&made) }).unwrap_err(), Bad::Flags);
        assert_eq!(
            used.examine(&rp(), &v.used[0], &Known { counter: 1, ..known(&made) }).unwrap_err(),
            Bad::Counter
        );
    }
}

#[test]
fn j01_keys_of_other_kinds_and_broken_objects_are_refused() {
    for v in vectors() {
        let [challenge, client_data, attestation] = v.made.clone();
        let check = |attestation: Vec<u8>| {
            Creation { client_data: client_data.clone(), attestation }
                .examine(&rp(), &challenge)
                .map(|(made, _)| made)
        };
        let made = check(attestation.clone()).unwrap();
        for end in 0..attestation.len() {
            assert_eq!(check(attestation[..end].to_vec()).unwrap_err(), Bad::Shape);
        }
        assert_eq!(check([attestation.as_slice(), &[0]].concat()).unwrap_err(), Bad::Shape);
        // An algorithm that the key is not for.
        let at = attestation.windows(made.public_key.len()).rposition(|w| w == made.public_key).unwrap();
        let mut other = attestation;
        other[at + 2] ^= 1;
        assert_eq!(check(other).unwrap_err(), Bad::Algorithm);
    }
}
