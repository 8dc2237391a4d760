//! SQL texts as values: each one is known by its place in the source, and all of them by [`statements`].

use std::fmt;
use std::sync::OnceLock;

use crate::row::Columns;

/// One SQL text. Made by [`sql!`](crate::sql); its address identifies it.
pub struct Sql {
    text: &'static str,
    file: &'static str,
    line: u32,
    pub(crate) sqlite: OnceLock<SqliteShape>,
}

/// What SQLite says about a statement once it has been prepared.
pub(crate) struct SqliteShape {
    /// For each of SQLite's parameters, in its order, which of ours (from 0) it is.
    pub(crate) binds: Box<[usize]>,
    pub(crate) columns: Columns,
}

impl Sql {
    /// A text that [`statements`] does not list. Use [`sql!`](crate::sql) wherever possible.
    #[must_use]
    pub const fn unlisted(text: &'static str, file: &'static str, line: u32) -> Self {
        Self { text, file, line, sqlite: OnceLock::new() }
    }

    /// The text.
    #[must_use]
    pub const fn text(&self) -> &'static str {
        self.text
    }

    /// Which statement it is, for maps: there is one `Sql` per place in the source.
    pub(crate) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

/// Where it stands: `crates/x/src/store.rs:12`.
impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}: {}", self.text)
    }
}

/// A statement in the list. Only [`sql!`](crate::sql) makes it.
#[doc(hidden)]
pub struct Listed(pub &'static Sql);

inventory::collect!(Listed);

/// Every statement that [`sql!`](crate::sql) wrote into this program.
pub fn statements() -> impl Iterator<Item = &'static Sql> {
    inventory::iter::<Listed>.into_iter().map(|listed| listed.0)
}

/// A SQL text as `&'static Sql`, listed so that one test prepares every statement on both engines.
///
/// Takes literals (joined when there are several). Parameters are `$1`, `$2`…
///
/// ```
/// # use copihue_db::sql;
/// let by_code = sql!("SELECT id, name FROM directory_institution WHERE code = $1");
/// assert!(by_code.text().starts_with("SELECT"));
/// ```
#[macro_export]
macro_rules! sql {
    ($($text:expr),+ $(,)?) => {{
        static STATEMENT: $crate::Sql = $crate::Sql::unlisted(concat!($($text),+), file!(), line!());
        $crate::__inventory::submit! { $crate::__Listed(&STATEMENT) }
        &STATEMENT
    }};
}
