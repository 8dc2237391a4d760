//! What a first signature says about later changes (ISO 32000-1 §12.8.2).

/// What may still change in a document that is certified (`DocMDP`). Validation data and document timestamps always may.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Certification {
    /// Nothing: no more signatures either.
    Nothing = 1,
    /// Forms may be filled in, and signatures added.
    FormsAndSignatures = 2,
    /// Notes, too.
    Annotations = 3,
}

/// Fields whose values stay as they were signed (`FieldMDP`). Programs hold new fields to it as well: under a lock that does not name what it
/// locks, later signatures count only in fields that it excepts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum FieldLock {
    /// Every one.
    All,
    /// Those with these names.
    Only(Vec<String>),
    /// Every one but those.
    AllBut(Vec<String>),
}
