//! §3.1: every vector of RUN and RUT, what people type, and what is refused.

use copihue_core::{Run, RunError};
use proptest::prelude::*;

const VALID: &str = "1-9 2-7 6-K 14-0 23-K 1009-K 999999-K 1.000.005-K 5.126.663-3 7.654.321-6 11.111.111-1
    12.345.678-5 12.345.670-K 22.222.222-2 30.686.957-4 33.333.333-3 33.333.351-1 44.444.444-4 55.555.555-5
    88.888.888-8 99.999.999-9 10.000.004-0 10.000.013-K 60.805.000-0 61.219.000-3 69.070.300-9 76.000.000-0
    97.004.000-5 100.000.001-5";

fn run(text: &str) -> Result<Run, RunError> {
    text.parse()
}

#[test]
fn run_01_valid_vectors() {
    for text in VALID.split_whitespace() {
        let parsed = run(text).expect(text);
        assert_eq!(run(&parsed.to_string()), Ok(parsed));
        assert_eq!(run(&parsed.compact()), Ok(parsed));
        assert_eq!(run(&parsed.compact().replace('-', "")), Ok(parsed), "without a dash");
        assert_eq!(run(&text.to_lowercase()), Ok(parsed));
    }
}

#[test]
fn run_01_invalid_vectors_say_what_is_wrong() {
    for text in ["12.345.678-9", "12.345.678-K", "11.111.111-0"] {
        assert_eq!(run(text), Err(RunError::CheckDigit), "{text}");
    }
    for text in [
        "0-0",
        "1.2345.678-5",
        "K-1",
        "-5",
        "12345678-",
        "",
        "-",
        "5",
        "K",
        "+1-9",
        "-1-9",
        "1K-9",
        "1.000.000.000-3",
        "1234567890-1",
        "12 345 678-5",
        "12.345.678-55",
        "12..345.678-5",
        ".345.678-5",
        "12.345-678-5",
    ] {
        assert_eq!(run(text), Err(RunError::Shape), "{text}");
    }
    assert_eq!(RunError::CheckDigit.to_string(), "RUN inválido: el dígito verificador no corresponde.");
    assert_eq!(RunError::Shape.to_string(), "Ingrese un RUN, por ejemplo 12.345.678-5.");
}

#[test]
fn run_01_every_way_of_typing_it_is_the_same_number() {
    let expected = run("12.345.678-5").unwrap();
    for text in [
        "12345678-5",
        "123456785",
        "012345678-5",
        " 12.345.678-5 ",
        "12.345.678‐5",
        "12.345.678–5",
        "12.345.678−5",
        "12.345.678‑5",
        "１２３４５６７８-５",
        "12345678－5",
        "0012.345.678-5",
    ] {
        let parsed = run(text);
        if text.starts_with("00") {
            assert_eq!(parsed, Err(RunError::Shape), "a first group of four is misplaced dots");
        } else {
            assert_eq!(parsed, Ok(expected), "{text}");
        }
    }
    assert_eq!(run("12.345.670-k").unwrap().to_string(), "12.345.670-K");
}

#[test]
fn run_01_a_long_text_is_refused_whole_and_not_cut() {
    assert_eq!(run("00000000000000012345678-5999"), Err(RunError::Shape));
    assert_eq!(run(&"1".repeat(100_000)), Err(RunError::Shape));
}

#[test]
fn run_01_sorts_and_compares_by_number() {
    let mut people: Vec<Run> = ["100.000.001-5", "12.345.678-5", "1-9", "9.999.999-3"]
        .iter()
        .filter_map(|t| t.parse().ok())
        .collect();
    people.sort();
    let numbers: Vec<u32> = people.iter().map(|r| r.number()).collect();
    assert!(numbers.is_sorted() && numbers.first() == Some(&1));
    assert_eq!(Run::from_number(0), None);
    assert_eq!(Run::from_number(1_000_000_000), None);
}

#[test]
fn run_02_debug_never_shows_it() {
    let person = run("12.345.678-5").unwrap();
    assert_eq!(format!("{person:?}"), "Run(***)");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn run_01_any_text_is_parsed_without_panic(text in "\\PC{0,40}") {
        if let Ok(parsed) = run(&text) {
            prop_assert_eq!(run(&parsed.to_string()), Ok(parsed));
        }
    }

    #[test]
    fn run_01_every_number_has_one_check_digit(n in 1u32..=999_999_999) {
        let person = Run::from_number(n).unwrap();
        prop_assert_eq!(run(&person.to_string()), Ok(person));
        let others = "0123456789K".chars().filter(|c| *c != person.check_digit());
        for wrong in others {
            prop_assert_eq!(run(&format!("{n}-{wrong}")), Err(RunError::CheckDigit));
        }
    }

    #[test]
    fn run_01_accepts_all_that_the_national_login_accepts(n in 1u32..=999_999_999) {
        let person = Run::from_number(n).unwrap();
        for text in [person.compact(), person.to_string(), person.compact().to_lowercase()] {
            prop_assert_eq!(run(&text), Ok(person));
        }
    }
}
