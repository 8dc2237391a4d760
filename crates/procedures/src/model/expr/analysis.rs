//! The static check of an expression: names, types, guarded reads, cost (S11, S12).

use std::collections::{BTreeMap, BTreeSet};

use cel::common::ast::{
    CallExpr, ComprehensionExpr, Expr as Ast, IdedExpr, LiteralValue, SelectExpr, operators as op,
};

use super::functions::{Arg, FUNCTIONS};
use super::types::Ty;
use super::{ENV, Expr, MAX_SOURCE};

/// The most steps that nested loops may take.
const MAX_STEPS: u64 = 1_000_000;

/// The names an expression may use, and what is surely there where it runs.
#[derive(Clone, Default, Debug)]
pub struct Scope {
    /// Type of each root.
    pub roots: BTreeMap<String, Ty>,
    /// Paths (`d.persona.correo`, `reg.padron`) that every way to this place has written.
    pub present: BTreeSet<String>,
}

/// What is wrong with an expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// It does not parse, a name is unknown, types don't fit, or it could run too long (S11).
    Wrong(String),
    /// It reads what may not have been written (S12).
    Unwritten(String),
}

/// What an expression reads.
#[derive(Clone, Default, Debug)]
pub struct Usage {
    /// Every path read, such as `d.vehiculo.patente`.
    pub paths: BTreeSet<String>,
}

/// Checks an expression that must answer `want` (`Ty::Any` when all is accepted).
#[must_use]
pub fn analyse(expr: &Expr, scope: &Scope, want: &Ty) -> (Vec<Finding>, Usage) {
    let mut walk = Walk {
        scope,
        locals: Vec::new(),
        guards: Vec::new(),
        found: Vec::new(),
        usage: Usage::default(),
        loops: 0,
        steps: 1,
    };
    if expr.0.len() > MAX_SOURCE {
        walk.wrong(format!("the expression is longer than {MAX_SOURCE} bytes"));
        return (walk.found, walk.usage);
    }
    match ENV.compile(&expr.0) {
        Err(e) => walk.wrong(format!("it does not parse: {e}")),
        Ok(program) => {
            let ty = walk.ty(program.expression());
            if !ty.fits(want) {
                walk.wrong(format!("it answers {ty}, and {want} is needed"));
            }
        }
    }
    (walk.found, walk.usage)
}

struct Walk<'s> {
    scope: &'s Scope,
    locals: Vec<(String, Ty)>,
    guards: Vec<String>,
    found: Vec<Finding>,
    usage: Usage,
    loops: u32,
    steps: u64,
}

impl Walk<'_> {
    fn wrong(&mut self, text: impl Into<String>) {
        self.found.push(Finding::Wrong(text.into()));
    }

    fn ty(&mut self, node: &IdedExpr) -> Ty {
        match &node.expr {
            Ast::Unspecified => Ty::Any,
            Ast::Literal(literal) => self.literal(literal),
            Ast::Ident(name) => self.ident(name),
            Ast::Select(select) => self.select(node, select),
            Ast::Call(call) => self.call(call),
            Ast::Comprehension(c) => self.comprehension(c),
            Ast::List(list) => {
                let n = list.elements.len() as u64;
                let ty = list.elements.iter().map(|e| self.ty(e)).reduce(Ty::join).unwrap_or(Ty::Any);
                Ty::List(Box::new(ty), n)
            }
            Ast::Map(map) => self.map(map),
            Ast::Struct(_) => {
                self.wrong("messages are not part of the rules");
                Ty::Any
            }
        }
    }

    fn literal(&mut self, literal: &LiteralValue) -> Ty {
        match literal {
            LiteralValue::Boolean(_) => Ty::Bool,
            LiteralValue::Int(_) => Ty::Int,
            LiteralValue::String(_) => Ty::Text,
            LiteralValue::Null => Ty::Null,
            LiteralValue::Double(_) | LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
                self.wrong("only whole numbers, texts, true, false and null are written in rules");
                Ty::Any
            }
        }
    }

    fn ident(&mut self, name: &str) -> Ty {
        if let Some((_, ty)) = self.locals.iter().rev().find(|(n, _)| n == name) {
            return ty.clone();
        }
        match self.scope.roots.get(name) {
            Some(ty) => ty.clone(),
            None => {
                self.wrong(format!("`{name}` is not a name that this rule can use"));
                Ty::Any
            }
        }
    }

    fn select(&mut self, node: &IdedExpr, select: &SelectExpr) -> Ty {
        let object = self.ty(&select.operand);
        let field = match &object {
            Ty::Object(fields) => match fields.get(&select.field) {
                Some(field) => field.clone(),
                None => {
                    self.wrong(format!(
                        "there is no `{}` in {}",
                        select.field,
                        path(&select.operand).unwrap_or_default()
                    ));
                    return Ty::Any;
                }
            },
            Ty::Any => return if select.test { Ty::Bool } else { Ty::Any },
            other => {
                self.wrong(format!("`.{}` is read from {other}", select.field));
                return Ty::Any;
            }
        };
        if select.test {
            return Ty::Bool;
        }
        if let Some(path) = path(node) {
            self.usage.paths.insert(path.clone());
            let there = field.required || self.guards.contains(&path) || self.is_present(&path);
            if !there {
                self.found.push(Finding::Unwritten(format!(
                    "`{path}` may not be there: guard it with has({path})"
                )));
            }
        } else if !field.required {
            self.found.push(Finding::Unwritten(format!("`.{}` may not be there", select.field)));
        }
        field.ty
    }

    /// Whether the path, or something inside of it, has surely been written.
    fn is_present(&self, path: &str) -> bool {
        let inside = format!("{path}.");
        self.scope.present.contains(path)
            || self.scope.present.range(inside.clone()..).next().is_some_and(|p| p.starts_with(&inside))
    }

    fn map(&mut self, map: &cel::common::ast::MapExpr) -> Ty {
        let mut fields = Vec::new();
        for entry in &map.entries {
            let cel::common::ast::EntryExpr::MapEntry(entry) = &entry.expr else { continue };
            let ty = self.ty(&entry.value);
            match &entry.key.expr {
                Ast::Literal(LiteralValue::String(key)) => fields.push((key.inner().to_owned(), ty, true)),
                _ => self.wrong("the keys of a map are written as texts"),
            }
        }
        Ty::object(fields)
    }

    fn comprehension(&mut self, c: &ComprehensionExpr) -> Ty {
        let (item, max) = match self.ty(&c.iter_range) {
            Ty::List(item, max) => (*item, max),
            Ty::Any => (Ty::Any, 1000),
            other => {
                self.wrong(format!("a loop needs a list, not {other}"));
                (Ty::Any, 1000)
            }
        };
        let steps_before = self.steps;
        self.loops += 1;
        self.steps = self.steps.saturating_mul(max.max(1));
        if self.loops > 2 {
            self.wrong("at most two loops, one inside the other");
        } else if self.steps > MAX_STEPS {
            self.wrong(format!("it could take {} steps; at most {MAX_STEPS}", self.steps));
        }
        let start = self.ty(&c.accu_init);
        let depth = self.locals.len();
        self.locals.push((c.iter_var.clone(), item));
        self.locals.push((c.accu_var.clone(), start.clone()));
        self.ty(&c.loop_cond);
        let found = self.found.len();
        let step = self.ty(&c.loop_step);
        let joined = match (start, step) {
            (Ty::List(a, _), Ty::List(b, _)) => {
                Ty::List(Box::new(if *a == Ty::Any { *b } else { a.join(*b) }), max)
            }
            (a, b) => a.join(b),
        };
        self.found.truncate(found.max(self.found.len()));
        if let Some(accu) = self.locals.last_mut() {
            accu.1 = joined;
        }
        let result = self.ty(&c.result);
        self.locals.truncate(depth);
        self.loops -= 1;
        self.steps = steps_before;
        result
    }

    fn call(&mut self, call: &CallExpr) -> Ty {
        if let Some(ty) = self.ours(call) {
            return ty;
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [a, b]) => {
                self.expect(a, &Ty::Bool);
                self.guarded(b, conjuncts(a), &Ty::Bool);
                Ty::Bool
            }
            (op::LOGICAL_OR, [a, b]) => {
                self.expect(a, &Ty::Bool);
                self.guarded(b, negated(a), &Ty::Bool);
                Ty::Bool
            }
            (op::CONDITIONAL, [condition, yes, no]) => {
                self.expect(condition, &Ty::Bool);
                let yes = self.guarded(yes, conjuncts(condition), &Ty::Any);
                let no = self.guarded(no, negated(condition), &Ty::Any);
                if !yes.fits(&no) && yes != Ty::Null && no != Ty::Null {
                    self.wrong(format!("the two branches answer {yes} and {no}"));
                }
                yes.join(no)
            }
            (op::LOGICAL_NOT | op::NOT_STRICTLY_FALSE, [a]) => {
                self.expect(a, &Ty::Bool);
                Ty::Bool
            }
            (op::NEGATE, [a]) => self.expect(a, &Ty::Int),
            (op::EQUALS | op::NOT_EQUALS, [a, b]) => self.same(a, b, true),
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [a, b]) => self.same(a, b, false),
            (op::ADD, [a, b]) => self.add(a, b),
            (op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [a, b]) => {
                self.expect(a, &Ty::Int);
                self.expect(b, &Ty::Int);
                Ty::Int
            }
            (op::IN, [a, b]) => {
                let item = self.ty(a);
                match self.ty(b) {
                    Ty::List(of, _) if !of.fits(&item) => {
                        self.wrong(format!("{item} is looked for in a list of {of}"))
                    }
                    Ty::List(..) | Ty::Any | Ty::Object(_) => {}
                    other => self.wrong(format!("`in` needs a list, not {other}")),
                }
                Ty::Bool
            }
            (op::INDEX, [list, index]) => {
                let index_ty = self.ty(index);
                match self.ty(list) {
                    Ty::List(item, _) if index_ty.fits(&Ty::Int) => *item,
                    Ty::Any => Ty::Any,
                    other => {
                        self.wrong(format!("{other} is indexed by {index_ty}"));
                        Ty::Any
                    }
                }
            }
            (name, _) => self.library(name, call),
        }
    }

    fn ours(&mut self, call: &CallExpr) -> Option<Ty> {
        let Some(IdedExpr { expr: Ast::Ident(namespace), .. }) = call.target.as_deref() else { return None };
        if self.locals.iter().any(|(n, _)| n == namespace) || self.scope.roots.contains_key(namespace) {
            return None;
        }
        let name = format!("{namespace}.{}", call.func_name);
        if name == "list.distinct" || name == "text.of" {
            let ty = call.args.first().map_or(Ty::Any, |a| self.ty(a));
            return Some(if name == "text.of" { Ty::Text } else { ty });
        }
        let Some(function) = FUNCTIONS.iter().find(|f| f.name == name) else {
            self.wrong(format!("there is no function `{name}`"));
            return Some(Ty::Any);
        };
        if function.args.len() != call.args.len() {
            self.wrong(format!("`{name}` takes {} values, not {}", function.args.len(), call.args.len()));
        }
        for (arg, want) in call.args.iter().zip(function.args) {
            match want {
                Arg::Int => self.expect(arg, &Ty::Int),
                Arg::Text => self.expect(arg, &Ty::Text),
                Arg::List => self.expect(arg, &Ty::List(Box::new(Ty::Any), 0)),
            };
        }
        Some((function.result)())
    }

    /// The part of the standard library that rules may use, on a target or as a function.
    fn library(&mut self, name: &str, call: &CallExpr) -> Ty {
        let target = call.target.as_deref().map(|t| self.ty(t));
        let args: Vec<Ty> = call.args.iter().map(|a| self.ty(a)).collect();
        let on_text = |ty: Ty| (Some(Ty::Text), ty);
        let (want, answer) = match name {
            "size" | "int" => (None, Ty::Int),
            "string" => (None, Ty::Text),
            "startsWith" | "endsWith" | "contains" => on_text(Ty::Bool),
            "matches" => {
                if !matches!(call.args.first().map(|a| &a.expr), Some(Ast::Literal(_))) {
                    self.wrong("the pattern of matches() is written in the rule, never taken from data");
                }
                on_text(Ty::Bool)
            }
            "trim" | "lowerAscii" | "upperAscii" | "replace" | "substring" | "charAt" => on_text(Ty::Text),
            "indexOf" => on_text(Ty::Int),
            "split" => on_text(Ty::List(Box::new(Ty::Text), 1000)),
            "join" => (Some(Ty::List(Box::new(Ty::Text), 0)), Ty::Text),
            "slice" | "reverse" | "distinct" | "sort" => (None, target.clone().unwrap_or(Ty::Any)),
            _ => {
                self.wrong(format!("there is no function `{name}`"));
                (None, Ty::Any)
            }
        };
        if let (Some(want), Some(got)) = (want, target.or_else(|| args.into_iter().next()))
            && !got.fits(&want)
        {
            self.wrong(format!("`{name}` is used on {got}"));
        }
        answer
    }

    fn expect(&mut self, node: &IdedExpr, want: &Ty) -> Ty {
        let got = self.ty(node);
        if !got.fits(want) {
            self.wrong(format!("{got} stands where {want} is needed"));
        }
        got
    }

    fn guarded(&mut self, node: &IdedExpr, guards: Vec<String>, want: &Ty) -> Ty {
        let before = self.guards.len();
        self.guards.extend(guards);
        let ty = self.expect(node, want);
        self.guards.truncate(before);
        ty
    }

    fn same(&mut self, a: &IdedExpr, b: &IdedExpr, null_too: bool) -> Ty {
        let (a, b) = (self.ty(a), self.ty(b));
        let null = null_too && (a == Ty::Null || b == Ty::Null);
        if !null && !a.fits(&b) {
            self.wrong(format!("{a} is compared with {b}"));
        }
        Ty::Bool
    }

    fn add(&mut self, a: &IdedExpr, b: &IdedExpr) -> Ty {
        match (self.ty(a), self.ty(b)) {
            (Ty::Int, Ty::Int | Ty::Any) | (Ty::Any, Ty::Int) => Ty::Int,
            (Ty::Text, Ty::Text | Ty::Any) | (Ty::Any, Ty::Text) => Ty::Text,
            (Ty::List(a, n), Ty::List(b, m)) => {
                Ty::List(Box::new(if *a == Ty::Any { *b } else { a.join(*b) }), n.saturating_add(m))
            }
            (Ty::Any, other) | (other, Ty::Any) => other,
            (a, b) => {
                self.wrong(format!("{a} + {b}"));
                Ty::Any
            }
        }
    }
}

/// `d.a.b` of a chain of selections.
fn path(node: &IdedExpr) -> Option<String> {
    match &node.expr {
        Ast::Ident(name) => Some(name.clone()),
        Ast::Select(select) => Some(format!("{}.{}", path(&select.operand)?, select.field)),
        _ => None,
    }
}

/// What surely is there when the condition is true.
fn conjuncts(node: &IdedExpr) -> Vec<String> {
    match &node.expr {
        Ast::Select(select) if select.test => {
            path(&select.operand).map(|p| format!("{p}.{}", select.field)).into_iter().collect()
        }
        Ast::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (op::LOGICAL_AND, [a, b]) => [conjuncts(a), conjuncts(b)].concat(),
            (op::LOGICAL_NOT, [a]) => negated(a),
            (op::EQUALS, [a, b]) => answered(a, b).into_iter().collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What surely is there when the condition is false.
fn negated(node: &IdedExpr) -> Vec<String> {
    let Ast::Call(call) = &node.expr else { return Vec::new() };
    match (call.func_name.as_str(), call.args.as_slice()) {
        (op::LOGICAL_NOT, [a]) => conjuncts(a),
        (op::LOGICAL_OR, [a, b]) => [negated(a), negated(b)].concat(),
        (op::NOT_EQUALS, [a, b]) => answered(a, b).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// `X.status == 'ok'` says that `X.data` is there.
fn answered(a: &IdedExpr, b: &IdedExpr) -> Option<String> {
    let Ast::Literal(LiteralValue::String(ok)) = &b.expr else { return None };
    let source = path(a)?.strip_suffix(".status")?.to_owned();
    (ok.inner() == "ok").then(|| format!("{source}.data"))
}
