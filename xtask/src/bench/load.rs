//! A small HTTP load generator: one thread a connection, keep-alive, one fixed request each.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Outcome;

/// What a load run measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measured {
    /// Requests answered with 200 a second.
    pub(super) per_second: f64,
    /// Half of the answers took no longer.
    pub(super) p50: Duration,
    /// 99 of 100 answers took no longer.
    pub(super) p99: Duration,
    /// Answers other than 200.
    pub(super) failed: usize,
}

/// Sends `request` over `connections` for `duration`. With `rate` (requests a second in all) each request has its
/// instant, and its time counts from then: a server that stalls is charged for those that had to wait.
pub(super) fn run(
    address: &str,
    request: &[u8],
    connections: usize,
    duration: Duration,
    rate: Option<f64>,
) -> Outcome<Measured> {
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let (mut times, mut failed) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..connections)
            .map(|n| {
                let stop = &stop;
                let pace = rate.map(|r| (Duration::from_secs_f64(connections as f64 / r), n as f64 / r));
                scope.spawn(move || one(address, request, stop, start, pace).map_err(|e| e.to_string()))
            })
            .collect();
        std::thread::sleep(duration);
        stop.store(true, Ordering::Relaxed);
        for worker in workers {
            match worker.join() {
                Ok(Ok((mut t, f))) => {
                    times.append(&mut t);
                    failed += f;
                }
                Ok(Err(_)) | Err(_) => failed += 1,
            }
        }
    });
    let elapsed = start.elapsed();
    times.sort_unstable();
    let at = |q: f64| {
        times
            .get(((times.len() as f64 * q) as usize).min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    Ok(Measured {
        per_second: times.len() as f64 / elapsed.as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
        failed,
    })
}

fn one(
    address: &str,
    request: &[u8],
    stop: &AtomicBool,
    start: Instant,
    pace: Option<(Duration, f64)>,
) -> Outcome<(Vec<Duration>, usize)> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::with_capacity(64 * 1024, stream);
    let (mut times, mut failed, mut body) = (Vec::new(), 0, Vec::new());
    let mut due = start + Duration::from_secs_f64(pace.map_or(0.0, |p| p.1));
    while !stop.load(Ordering::Relaxed) {
        let sent = match pace {
            Some((gap, _)) => {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
                let at = due;
                due += gap;
                at
            }
            None => Instant::now(),
        };
        writer.write_all(request)?;
        if read_answer(&mut reader, &mut body)? == 200 { times.push(sent.elapsed()) } else { failed += 1 }
    }
    Ok((times, failed))
}

/// Reads one answer whole; its status.
pub(super) fn read_answer(reader: &mut impl BufRead, body: &mut Vec<u8>) -> Outcome<u16> {
    read_answer_with(reader, body, |_| ())
}

/// [`read_answer`], showing each header's line.
pub(super) fn read_answer_with(
    reader: &mut impl BufRead,
    body: &mut Vec<u8>,
    mut header: impl FnMut(&str),
) -> Outcome<u16> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status: u16 = line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or("no status line")?;
    let (mut length, mut chunked) = (0, false);
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim_end().is_empty() {
            break;
        }
        header(line.trim_end());
        let header = line.trim_end().to_ascii_lowercase();
        if let Some(n) = header.strip_prefix("content-length:") {
            length = n.trim().parse()?;
        }
        chunked |= header == "transfer-encoding: chunked";
    }
    body.clear();
    if chunked {
        read_chunks(reader, body)?;
    } else {
        body.resize(length, 0);
        reader.read_exact(body)?;
    }
    Ok(status)
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> Outcome {
    let mut line = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16)?;
        let at = body.len();
        body.resize(at + size + 2, 0);
        reader.read_exact(&mut body[at..])?;
        body.truncate(at + size);
        if size == 0 {
            return Ok(());
        }
    }
}
