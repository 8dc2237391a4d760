//! The attack checklist of the identity provider: every row is a test named by its id, or stands here with the reason why not.

/// Groups and how many rows each has.
pub(crate) const GROUPS: &[(char, u32, &str)] = &[
    ('A', 21, "Authorization endpoint"),
    ('B', 18, "Code and token endpoint"),
    ('C', 7, "Client authentication and registration"),
    ('D', 5, "Tokens and keys"),
    ('E', 10, "PAR, JAR, DPoP"),
    ('F', 7, "Sessions and logout"),
    ('G', 5, "Device flow, CIBA, exchange"),
    ('H', 14, "Credentials and abuse"),
    ('I', 8, "Activation, recovery, in person"),
    ('J', 4, "WebAuthn"),
    ('K', 4, "Representation"),
    ('L', 7, "Privacy, traceability, audit"),
    ('M', 6, "Infrastructure"),
];

/// Rows that no test is named by, and why.
pub(crate) const REASONS: &[(&str, &str)] = &[
    ("G4", "Not offered: there is no CIBA, and its grant type is refused (B6)."),
    ("G5", "Not offered: there is no token exchange, and its grant type is refused (B6)."),
    ("I7", "Holds by absence: there is no secret question in any table or page."),
    ("M1", "TLS ends at the proxy before the program; the program speaks plain HTTP to it."),
    (
        "M4",
        "Proved by the whole program's crash tests (`pay_07_a_kill_at_any_moment…`), whose people log in while it is killed.",
    ),
    (
        "M6",
        "Holds by absence: a fresh deployment has no people and no application but its own, whose secret comes from the \
         deployment's key; metrics answer on an internal address only.",
    ),
];

/// The attack ids that a test's name begins with: `b10_b11_refresh…`, also after a requirement's: `idp_02_b14_the…`.
pub(crate) fn of(name: &str) -> Vec<(char, u32)> {
    let mut found = Vec::new();
    let mut words = name.split('_').peekable();
    while let Some(word) = words.next() {
        if let Some(id) = attack(word) {
            found.push(id);
        } else if words.peek().is_some_and(|next| next.len() == 2 && next.bytes().all(|b| b.is_ascii_digit()))
        {
            // A requirement: `idp_02`.
            words.next();
        } else {
            break;
        }
    }
    found
}

fn attack(word: &str) -> Option<(char, u32)> {
    let (letter, number) = word.split_at_checked(1)?;
    let letter = letter.chars().next()?.to_ascii_uppercase();
    let number = Some(number).filter(|n| n.len() == 2)?.parse().ok()?;
    let (_, rows, _) = GROUPS.iter().find(|(group, _, _)| *group == letter)?;
    (1..=*rows).contains(&number).then_some((letter, number))
}
