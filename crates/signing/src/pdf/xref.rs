//! Cross-reference sections. Tables are looked up in place: nothing of them is parsed before it is asked for.

use super::budget::Budget;
use super::filter;
use super::object::{Dict, Object};
use super::parser::Parser;
use super::source::{Source, exact, parse};
use super::{PdfError, PdfResult};

/// Where an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Entry {
    Free,
    Offset(usize),
    InStream { stream: u32, index: u32 },
}

/// One section: a table or a stream, with its trailer.
pub(crate) struct Section {
    /// Where it begins in the file.
    pub(crate) at: usize,
    pub(crate) trailer: Dict,
    pub(crate) is_stream: bool,
    runs: Vec<Run>,
    rows: Vec<u8>,
    widths: [usize; 3],
}

/// Consecutive object numbers, and where the first one's entry is (in the file, or in the stream's rows).
struct Run {
    first: u32,
    count: u32,
    start: usize,
}

const ROW: usize = 20;

impl Section {
    pub(super) fn read<S: Source + ?Sized>(data: &S, at: usize, budget: &Budget) -> PdfResult<Self> {
        match parse(data, at, |p| Ok(p.keyword("xref").then_some(p.pos)))? {
            Some(length) => Self::table(data, at, length, budget),
            None => Self::stream(data, at, budget),
        }
    }

    fn table<S: Source + ?Sized>(data: &S, at: usize, mut length: usize, budget: &Budget) -> PdfResult<Self> {
        let mut runs = Vec::new();
        let trailer = loop {
            let piece = parse(data, at + length, |p| Piece::read(p, at + length))?;
            match piece {
                Piece::Run(run) => {
                    budget.keep(size_of::<Run>())?;
                    length = run.start - at + run.count as usize * ROW;
                    runs.push(run);
                }
                Piece::Trailer { dict, size, values } => {
                    budget.work(length + size)?;
                    budget.keep_object(length + size, values)?;
                    break dict;
                }
            }
        };
        Ok(Self { at, trailer, is_stream: false, runs: in_order(runs)?, rows: Vec::new(), widths: [0; 3] })
    }

    fn stream<S: Source + ?Sized>(data: &S, at: usize, budget: &Budget) -> PdfResult<Self> {
        let broken = PdfError::Broken("cross-reference stream");
        let (trailer, start) = parse(data, at, |parser| {
            parser.object_header()?;
            let Object::Dict(trailer) = parser.object()? else { return Err(broken) };
            budget.work(parser.pos)?;
            budget.keep_object(parser.pos, parser.values)?;
            Ok((trailer, at + parser.stream_start().ok_or(broken)?))
        })?;
        let length = trailer.int("Length").and_then(|n| usize::try_from(n).ok()).ok_or(broken)?;
        let end = start.checked_add(length).ok_or(broken)?;
        let raw = exact(data, start, end)?;
        if trailer.name("Type") != Some(b"XRef") {
            return Err(broken);
        }
        let rows = filter::decode(&trailer, &raw)?;
        budget.work(rows.len())?;
        budget.keep(rows.len())?;
        let widths = widths(&trailer).ok_or(broken)?;
        let runs = stream_runs(&trailer, widths.iter().sum()).ok_or(broken)?;
        Ok(Self { at, trailer, is_stream: true, runs: in_order(runs)?, rows, widths })
    }

    /// What this section says of object `number`; `None` when it says nothing.
    pub(crate) fn entry<S: Source + ?Sized>(&self, data: &S, number: u32) -> PdfResult<Option<Entry>> {
        let after = self.runs.partition_point(|r| r.first <= number);
        let run = after.checked_sub(1).and_then(|i| self.runs.get(i));
        let Some(run) = run.filter(|r| number - r.first < r.count) else { return Ok(None) };
        let index = (number - run.first) as usize;
        if self.is_stream {
            self.stream_entry(run, index)
        } else {
            table_entry(data, run.start + index * ROW)
        }
        .map(Some)
    }

    fn stream_entry(&self, run: &Run, index: usize) -> PdfResult<Entry> {
        let [kind_width, second, third] = self.widths;
        let width = kind_width + second + third;
        let row = self
            .rows
            .get(run.start + index * width..run.start + (index + 1) * width)
            .ok_or(PdfError::Broken("cross-reference stream"))?;
        let number = |bytes: &[u8]| bytes.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
        let kind = if kind_width == 0 { 1 } else { number(&row[..kind_width]) };
        let a = number(&row[kind_width..kind_width + second]);
        let b = number(&row[kind_width + second..]);
        let broken = |_| PdfError::Broken("cross-reference stream");
        match kind {
            0 => Ok(Entry::Free),
            1 => Ok(Entry::Offset(usize::try_from(a).map_err(broken)?)),
            2 => Ok(Entry::InStream {
                stream: u32::try_from(a).map_err(broken)?,
                index: u32::try_from(b).map_err(broken)?,
            }),
            _ => Err(PdfError::Broken("cross-reference stream")),
        }
    }

    /// One more than the highest object number it speaks of.
    pub(super) fn end(&self) -> u32 {
        self.runs.last().map_or(0, |run| run.first + run.count)
    }

    /// Every object number it speaks of, up to `limit` of them.
    pub(crate) fn numbers(&self, limit: usize) -> PdfResult<Vec<u32>> {
        let total: u64 = self.runs.iter().map(|r| u64::from(r.count)).sum();
        if total > limit as u64 {
            return Err(PdfError::Limit("objects"));
        }
        Ok(self.runs.iter().flat_map(|r| r.first..r.first + r.count).collect())
    }
}

/// A piece of a table.
enum Piece {
    Run(Run),
    Trailer { dict: Dict, size: usize, values: usize },
}

impl Piece {
    /// Reads one, that stands at `at` in the file.
    fn read(parser: &mut Parser<'_>, at: usize) -> PdfResult<Self> {
        if parser.keyword("trailer") {
            let Object::Dict(dict) = parser.object()? else { return Err(PdfError::Broken("trailer")) };
            return Ok(Self::Trailer { dict, size: parser.pos, values: parser.values });
        }
        let (first, count) = checked_run(parser.unsigned()?, parser.unsigned()?)?;
        parser.skip_space();
        Ok(Self::Run(Run { first, count, start: at + parser.pos }))
    }
}

/// By object number. An object that stands twice in one section could be read in two ways (ISO 32000-1 §7.5.4).
fn in_order(mut runs: Vec<Run>) -> PdfResult<Vec<Run>> {
    runs.retain(|r| r.count > 0);
    runs.sort_by_key(|r| r.first);
    let twice = runs.windows(2).any(|pair| pair[0].first + pair[0].count > pair[1].first);
    if twice { Err(PdfError::Broken("cross-reference table")) } else { Ok(runs) }
}

fn checked_run(first: u64, count: u64) -> PdfResult<(u32, u32)> {
    // ISO 32000-1 Annex C: 8,388,607 indirect objects.
    const MAX: u64 = 8_388_607;
    if first > MAX || count > MAX || first + count > MAX + 1 {
        return Err(PdfError::Limit("objects"));
    }
    Ok((first as u32, count as u32))
}

fn table_entry<S: Source + ?Sized>(data: &S, at: usize) -> PdfResult<Entry> {
    let broken = PdfError::Broken("cross-reference table");
    let bytes = data.window(at, ROW)?;
    let row = bytes.get(..ROW).ok_or(broken)?;
    let digits = |range: std::ops::Range<usize>| {
        let text = &row[range];
        text.iter()
            .all(u8::is_ascii_digit)
            .then(|| text.iter().fold(0usize, |n, b| n * 10 + usize::from(b - b'0')))
    };
    let offset = digits(0..10).ok_or(broken)?;
    digits(11..16).ok_or(broken)?;
    match row[17] {
        b'n' => Ok(Entry::Offset(offset)),
        b'f' => Ok(Entry::Free),
        _ => Err(broken),
    }
}

fn widths(trailer: &Dict) -> Option<[usize; 3]> {
    let w: Vec<usize> = trailer
        .get("W")?
        .as_array()?
        .iter()
        .map(|o| if let Object::Int(n @ 0..=8) = o { Some(*n as usize) } else { None })
        .collect::<Option<_>>()?;
    let w: [usize; 3] = w.try_into().ok()?;
    (w[1] > 0).then_some(w)
}

fn stream_runs(trailer: &Dict, width: usize) -> Option<Vec<Run>> {
    let size = u64::try_from(trailer.int("Size")?).ok()?;
    let numbers: Vec<u64> = match trailer.get("Index") {
        Some(Object::Array(items)) => items
            .iter()
            .map(|o| if let Object::Int(n) = o { u64::try_from(*n).ok() } else { None })
            .collect::<Option<_>>()?,
        _ => vec![0, size],
    };
    let mut start = 0;
    let mut runs = Vec::new();
    for pair in numbers.chunks_exact(2) {
        let (first, count) = checked_run(pair[0], pair[1]).ok()?;
        runs.push(Run { first, count, start });
        start += count as usize * width;
    }
    Some(runs)
}
