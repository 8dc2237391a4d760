//! Rates of processor time, measured in turns: what else runs on the machine slows both down alike.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

const TURNS: u32 = 12;
const TURN: Duration = Duration::from_millis(200);

/// Processor time that this process has used.
fn used() -> Duration {
    let at = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(at.tv_sec.unsigned_abs(), u32::try_from(at.tv_nsec).unwrap_or(0))
}

/// Runs both in turns, each until its turn is over, after one turn that does not count. Answers how many of each a second
/// of processor time does.
pub(crate) fn in_turns(mut bare: impl FnMut(), mut whole: impl FnMut()) -> (f64, f64) {
    turn(&mut bare);
    turn(&mut whole);
    let mut sums = [(0.0, 0.0); 2];
    for _ in 0..TURNS {
        for (sum, (done, seconds)) in sums.iter_mut().zip([turn(&mut bare), turn(&mut whole)]) {
            *sum = (sum.0 + done, sum.1 + seconds);
        }
    }
    let [bare, whole] = sums.map(|(done, seconds)| done / seconds);
    (bare, whole)
}

fn turn(work: &mut impl FnMut()) -> (f64, f64) {
    let (begun, mut done) = (used(), 0_u32);
    while used() - begun < TURN {
        work();
        done += 1;
    }
    (f64::from(done), (used() - begun).as_secs_f64())
}
