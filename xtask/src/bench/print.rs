//! Figures beside their targets.

/// Prints one. A target below zero is a ceiling, above it a floor.
pub(super) fn figure(what: &str, measured: f64, target: f64, unit: &str) {
    let (holds, word) =
        if target < 0.0 { (measured <= -target, "at most") } else { (measured >= target, "at least") };
    let verdict = if holds { "holds" } else { "MISSES" };
    println!("{what:<44} {measured:>10.1} {unit:<3} {word} {:>7} {unit:<3} {verdict}", target.abs());
}

/// Prints what stands beside a figure.
pub(super) fn note(text: &str) {
    println!("    {text}");
}
