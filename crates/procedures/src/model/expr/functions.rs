//! Our functions: RUN, dates, business days, money, text, lists, numbers. Pure; errors stop the rule.

use cel::common::types::{CelBool, CelInt, CelString, DYN_TYPE, INT_TYPE, LIST_TYPE, STRING_TYPE, Type};
use cel::common::value::CowVal;
use cel::{Env, ExecutionError, Value};
use copihue_core::{Clp, Run};
use jiff::ToSpan;
use jiff::civil::Date;

use super::types::Ty;

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Out<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;
type Body = for<'b, 'v> fn(Args<'b, 'v>) -> Out<'b, 'v>;

/// A function of ours: its name, its parameters, its result, its body.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) args: &'static [Arg],
    pub(super) result: fn() -> Ty,
    body: Body,
}

/// The type of a parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Arg {
    Int,
    Text,
    List,
}

impl Arg {
    fn cel(self) -> Type {
        match self {
            Self::Int => INT_TYPE,
            Self::Text => STRING_TYPE,
            Self::List => LIST_TYPE,
        }
    }
}

const fn f(name: &'static str, args: &'static [Arg], result: fn() -> Ty, body: Body) -> Function {
    Function { name, args, result, body }
}

fn int() -> Ty {
    Ty::Int
}
fn text() -> Ty {
    Ty::Text
}
fn truth() -> Ty {
    Ty::Bool
}

use Arg::{Int, List, Text};

/// All of them.
pub(super) const FUNCTIONS: &[Function] = &[
    f("run.valid", &[Text], truth, |a| bool_of(txt(&a, 0)?.parse::<Run>().is_ok())),
    f("run.format", &[Text], text, |a| string_of(run(&a)?.to_string())),
    f("run.compact", &[Text], text, |a| string_of(run(&a)?.compact())),
    f("date.valid", &[Text], truth, |a| bool_of(txt(&a, 0)?.parse::<Date>().is_ok())),
    f("date.year", &[Text], int, |a| int_of(i64::from(date(&a, 0)?.year()))),
    f("date.add", &[Text, Int, Text], text, date_add),
    f("date.diff", &[Text, Text], int, |a| int_of(days_between(date(&a, 0)?, date(&a, 1)?))),
    f("date.years", &[Text, Text], int, |a| {
        let span = date(&a, 0)?.until((jiff::Unit::Year, date(&a, 1)?)).map_err(fail)?;
        int_of(i64::from(span.get_years()))
    }),
    f("date.format", &[Text], text, |a| string_of(copihue_core::text::day_month_year(date(&a, 0)?))),
    f("date.of", &[Int, Int, Int], text, date_of),
    f("money.clp", &[Int], text, |a| string_of(Clp(num(&a, 0)?).to_string())),
    f("text.fold", &[Text], text, |a| string_of(super::super::text::fold(&txt(&a, 0)?))),
    f("text.len", &[Text], int, |a| int_of(txt(&a, 0)?.chars().count() as i64)),
    f("text.upper", &[Text], text, |a| string_of(txt(&a, 0)?.to_uppercase())),
    f("text.mask", &[Text], text, |a| string_of(super::super::text::mask(&txt(&a, 0)?))),
    f("text.join", &[List, Text], text, text_join),
    f("list.sum", &[List], int, |a| {
        let sum = ints(&a)?.into_iter().try_fold(0_i64, i64::checked_add);
        int_of(sum.ok_or_else(|| fail("the sum overflows"))?)
    }),
    f("list.min", &[List], int, |a| int_of(ints(&a)?.into_iter().min().ok_or_else(|| fail("empty list"))?)),
    f("list.max", &[List], int, |a| int_of(ints(&a)?.into_iter().max().ok_or_else(|| fail("empty list"))?)),
    f("num.min", &[Int, Int], int, |a| int_of(num(&a, 0)?.min(num(&a, 1)?))),
    f("num.max", &[Int, Int], int, |a| int_of(num(&a, 0)?.max(num(&a, 1)?))),
    f("num.round_half_up", &[Int, Int], int, round_half_up),
    f("cal.add_business", &[Text, Int], text, cal_add_business),
    f("cal.between_business", &[Text, Text], int, cal_between_business),
];

/// The standard library, strings, lists and ours.
#[expect(clippy::expect_used, reason = "fixed names, declared once: covered by every test")]
pub(super) fn environment() -> Env {
    let mut env = Env::stdlib();
    env.add_extension(cel::extensions::strings).expect("the strings extension");
    env.add_extension(cel::extensions::lists).expect("the lists extension");
    for function in FUNCTIONS {
        let args = function.args.iter().map(|a| a.cel()).collect();
        env.add_overload(function.name, function.name, args, function.body).expect("a function of ours");
    }
    // `list.distinct(l)` has a list of anything as its result; the type checker knows it apart.
    env.add_overload("list.distinct", "list.distinct(list)", vec![LIST_TYPE], distinct).expect("distinct");
    env.add_overload("text.of", "text.of(dyn)", vec![DYN_TYPE], text_of).expect("text.of");
    env
}

fn fail(reason: impl std::fmt::Display) -> ExecutionError {
    ExecutionError::function_error("rule", reason)
}

fn val(args: &Args<'_, '_>, i: usize) -> Result<Value, ExecutionError> {
    let arg = args.get(i).ok_or_else(|| fail("an argument is missing"))?;
    Value::try_from(arg.as_ref())
}

fn txt(args: &Args<'_, '_>, i: usize) -> Result<String, ExecutionError> {
    match val(args, i)? {
        Value::String(s) => Ok(s.as_ref().clone()),
        _ => Err(fail("not a text")),
    }
}

fn num(args: &Args<'_, '_>, i: usize) -> Result<i64, ExecutionError> {
    match val(args, i)? {
        Value::Int(n) => Ok(n),
        _ => Err(fail("not an integer")),
    }
}

fn ints(args: &Args<'_, '_>) -> Result<Vec<i64>, ExecutionError> {
    let Value::List(items) = val(args, 0)? else { return Err(fail("not a list")) };
    items.iter().map(|v| if let Value::Int(n) = v { Ok(*n) } else { Err(fail("not an integer")) }).collect()
}

fn date(args: &Args<'_, '_>, i: usize) -> Result<Date, ExecutionError> {
    txt(args, i)?.parse().map_err(|_| fail("not a date like 2026-03-31"))
}

fn run(args: &Args<'_, '_>) -> Result<Run, ExecutionError> {
    txt(args, 0)?.parse().map_err(fail)
}

fn string_of<'b, 'v>(s: String) -> Out<'b, 'v> {
    Ok(CowVal::owned(CelString::from(s)))
}

fn int_of<'b, 'v>(n: i64) -> Out<'b, 'v> {
    Ok(CowVal::owned(CelInt::from(n)))
}

fn bool_of<'b, 'v>(b: bool) -> Out<'b, 'v> {
    Ok(CowVal::owned(CelBool::from(b)))
}

fn days_between(a: Date, b: Date) -> i64 {
    a.until((jiff::Unit::Day, b)).map_or(0, |span| i64::from(span.get_days()))
}

fn date_add<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let n = num(&a, 1)?;
    if n.abs() > 100_000 {
        return Err(fail("too far"));
    }
    let span = match txt(&a, 2)?.as_str() {
        "d" => n.days(),
        "m" => n.months(),
        "y" => n.years(),
        _ => return Err(fail("the unit is d, m or y")),
    };
    string_of(date(&a, 0)?.checked_add(span).map_err(fail)?.to_string())
}

fn date_of<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let part = |i| num(&a, i);
    let year = i16::try_from(part(0)?).map_err(fail)?;
    let month = i8::try_from(part(1)?).map_err(fail)?;
    let day = i8::try_from(part(2)?).map_err(fail)?;
    string_of(Date::new(year, month, day).map_err(fail)?.to_string())
}

fn round_half_up<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let (n, by) = (num(&a, 0)?, num(&a, 1)?);
    if by <= 0 {
        return Err(fail("the divisor must be positive"));
    }
    let doubled = n.checked_mul(2).and_then(|n| n.checked_add(by)).ok_or_else(|| fail("overflow"))?;
    int_of(doubled.div_euclid(by.checked_mul(2).ok_or_else(|| fail("overflow"))?))
}

fn text_join<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let Value::List(items) = val(&a, 0)? else { return Err(fail("not a list")) };
    let separator = txt(&a, 1)?;
    let mut out = Vec::with_capacity(items.len());
    for item in items.iter() {
        let Value::String(s) = item else { return Err(fail("not a list of texts")) };
        out.push(s.as_str());
    }
    string_of(out.join(&separator))
}

fn text_of<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    string_of(match val(&a, 0)? {
        Value::String(s) => s.as_ref().clone(),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => crate::model::text::yes_no(b).to_owned(),
        Value::Null => String::new(),
        _ => return Err(fail("not a plain value")),
    })
}

fn distinct<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let Value::List(items) = val(&a, 0)? else { return Err(fail("not a list")) };
    let mut out: Vec<Box<dyn cel::common::value::Val + 'v>> = Vec::new();
    let mut seen: Vec<&Value> = Vec::new();
    for item in items.iter() {
        if seen.contains(&item) {
            continue;
        }
        seen.push(item);
        out.push(match item {
            Value::Int(n) => Box::new(CelInt::from(*n)),
            Value::String(s) => Box::new(CelString::from(s.as_ref().clone())),
            Value::Bool(b) => Box::new(CelBool::from(*b)),
            _ => return Err(fail("distinct takes plain values")),
        });
    }
    Ok(CowVal::owned(cel::common::types::CelList::from(out)))
}

fn cal_add_business<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let n = u16::try_from(num(&a, 1)?).map_err(fail)?;
    string_of(super::super::dates::add_business_days(date(&a, 0)?, n).map_err(fail)?.to_string())
}

fn cal_between_business<'b, 'v>(a: Args<'b, 'v>) -> Out<'b, 'v> {
    let days = super::super::dates::business_days_between(date(&a, 0)?, date(&a, 1)?).map_err(fail)?;
    int_of(i64::from(days))
}
