//! What is wrong with what was typed. Pages put it in words.

use copihue_core::RunError;

/// A fault of one field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// Neither yes nor no.
    YesNo,
    /// Not a thing that is typed.
    NotTyped,
    /// Not one of the list.
    NotInList,
    /// Not a whole number.
    Integer,
    /// Less than this.
    Below(i64),
    /// More than this.
    Above(i64),
    /// Fewer characters than this.
    Short(u64),
    /// Too many characters.
    Long {
        /// The most.
        max: u64,
        /// How many there are.
        now: u64,
    },
    /// Not of the shape that the definition asks.
    Pattern,
    /// Not a RUN.
    Run(RunError),
    /// Not an e-mail address.
    Email,
    /// Not a date that exists.
    Date,
    /// Not a telephone number.
    Phone,
    /// Not a number with decimals.
    Decimal,
    /// Not a commune.
    Commune,
    /// Not an `https` address.
    Uri,
    /// More choices than this.
    TooMany(u64),
    /// A box that must be marked.
    NotMarked,
    /// No file.
    NoFile,
    /// Nothing is chosen.
    NotChosen,
    /// No date, of the field with this label.
    NoDate(String),
    /// Nothing, in the field with this label.
    Empty(String),
    /// What a check of the definition says, in its own words.
    Own(String),
}

/// A fault and where it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FieldFault {
    /// The form field's name.
    pub name: String,
    /// What is wrong.
    pub fault: Fault,
}
