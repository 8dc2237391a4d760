//! Rules: CEL expressions compiled once per version, evaluated without I/O, with a bound checked at publish.

mod analysis;
mod functions;
mod types;
mod value;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, Program};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use analysis::{Finding, Scope, Usage, analyse};
pub use types::Ty;

/// The longest expression, in bytes.
pub const MAX_SOURCE: usize = 4096;

/// The text of an expression, as the author wrote it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expr(pub String);

impl Expr {
    /// The expression that is always true.
    #[must_use]
    pub fn always() -> Self {
        Self("true".to_owned())
    }

    /// Whether it is literally `true`.
    #[must_use]
    pub fn is_always(&self) -> bool {
        self.0.trim() == "true"
    }

    /// Whether it is literally `false`.
    #[must_use]
    pub fn is_never(&self) -> bool {
        self.0.trim() == "false"
    }
}

impl From<&str> for Expr {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// An expression failed while running. Never read as "false": the step stops and the modeller is told.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("rule `{source_text}`: {reason}")]
pub struct RuleError {
    /// The expression.
    pub source_text: String,
    /// What happened.
    pub reason: String,
}

impl From<RuleError> for copihue_core::Error {
    fn from(e: RuleError) -> Self {
        Self::new(
            copihue_core::Kind::Internal,
            "regla_con_error",
            "Este trámite tiene un problema en una de sus reglas. Ya avisamos a quienes lo mantienen; lo que usted escribió está guardado.",
        )
        .context(e)
    }
}

/// One environment for every expression of the process: building it costs 30 µs.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(functions::environment()));

/// The values that expressions may see: nothing else goes in. A page runs dozens of expressions over the same values, so
/// they are turned into CEL's own once, and lent to each.
#[derive(Clone, Default, Debug)]
pub struct Roots(HashMap<&'static str, Arc<dyn Val>>);

impl VariableResolver for Roots {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        self.0.get(name).map(|value| CowVal::Borrowed(&**value))
    }
}

impl Roots {
    /// Sets a root. Integers enter as `int`; other numbers are refused by [`value::from_json`] and become null.
    pub fn set(&mut self, name: &'static str, json: &Value) {
        self.0.insert(name, Arc::from(value::from_json(json)));
    }

    /// The same roots with one more.
    #[must_use]
    pub fn with(&self, name: &'static str, json: &Value) -> Self {
        let mut roots = self.clone();
        roots.set(name, json);
        roots
    }
}

/// The expressions of one version, compiled.
#[derive(Default)]
pub struct Expressions(HashMap<String, Program>);

impl std::fmt::Debug for Expressions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Expressions({})", self.0.len())
    }
}

impl Expressions {
    /// Compiles one expression, once.
    ///
    /// # Errors
    /// When it is too long or does not parse.
    pub fn add(&mut self, expr: &Expr) -> Result<(), RuleError> {
        if !self.0.contains_key(&expr.0) {
            self.0.insert(expr.0.clone(), compile(&expr.0)?);
        }
        Ok(())
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it fails: a missing key, an overflow, types that don't fit.
    pub fn eval(&self, expr: &Expr, roots: &Roots) -> Result<Value, RuleError> {
        let fail = |reason: String| RuleError { source_text: expr.0.clone(), reason };
        let program = self.0.get(&expr.0).ok_or_else(|| fail("not compiled".to_owned()))?;
        let mut context = Context::with_env(Arc::clone(&ENV));
        context.set_variable_resolver(roots);
        let out = program.execute(&context).map_err(|e| fail(e.to_string()))?;
        value::to_json(&out).ok_or_else(|| fail("the result is not a JSON value".to_owned()))
    }

    /// The value of a condition.
    ///
    /// # Errors
    /// When it fails or is not a truth value.
    pub fn truth(&self, expr: &Expr, roots: &Roots) -> Result<bool, RuleError> {
        match expr.0.trim() {
            "true" => return Ok(true),
            "false" => return Ok(false),
            _ => {}
        }
        self.eval(expr, roots)?
            .as_bool()
            .ok_or_else(|| RuleError { source_text: expr.0.clone(), reason: "not a truth value".to_owned() })
    }

    /// The value of an expression that must be a whole number.
    ///
    /// # Errors
    /// When it fails or is not an integer.
    pub fn integer(&self, expr: &Expr, roots: &Roots) -> Result<i64, RuleError> {
        self.eval(expr, roots)?
            .as_i64()
            .ok_or_else(|| RuleError { source_text: expr.0.clone(), reason: "not an integer".to_owned() })
    }

    /// The value of an expression as text (integers are written, null is empty).
    ///
    /// # Errors
    /// When it fails or is a list or a map.
    pub fn text(&self, expr: &Expr, roots: &Roots) -> Result<String, RuleError> {
        match self.eval(expr, roots)? {
            Value::String(text) => Ok(text),
            Value::Null => Ok(String::new()),
            Value::Bool(b) => Ok(crate::model::text::yes_no(b).to_owned()),
            Value::Number(n) => Ok(n.to_string()),
            _ => Err(RuleError { source_text: expr.0.clone(), reason: "not a text".to_owned() }),
        }
    }
}

fn compile(source: &str) -> Result<Program, RuleError> {
    let fail = |reason: String| RuleError { source_text: source.to_owned(), reason };
    if source.len() > MAX_SOURCE {
        return Err(fail(format!("longer than {MAX_SOURCE} bytes")));
    }
    ENV.compile(source).map_err(|e| fail(e.to_string()))
}
