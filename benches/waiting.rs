//! How late the end of a batch is noticed, and with how many polls: `cargo bench --bench waiting`.
//!
//! The clock is simulated, so the figures are the same everywhere: batches of 80 % to 120 % of each duration, whose
//! count moves evenly, in ten jumps, or stands still at 60 % from 30 % of the time on.

use enrow_phone::internal::PollSchedule;
use std::time::Duration;

const SEARCHES: usize = 3000;
const RUNS: u32 = 401;

type Rhythm = (&'static str, fn(f64) -> f64);

const RHYTHMS: [Rhythm; 3] = [
    ("steady", |share| share),
    ("bursty", |share| (share * 10.0).floor() / 10.0),
    ("stalled", |share| (share * 2.0).min(0.6)),
];

#[expect(clippy::print_stdout, reason = "a table is what this program is for")]
fn main() {
    println!(
        "| batch | count | late, mean s | worst s | within | polls | of 80 to 120 %, mean | worst |"
    );
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    for seconds in [1, 20, 120, 600] {
        for (name, rhythm) in RHYTHMS {
            println!("{}", row(seconds, name, rhythm));
        }
    }
}

fn row(seconds: u64, name: &str, rhythm: fn(f64) -> f64) -> String {
    let (mut late, mut worst, mut within) = (Duration::ZERO, Duration::ZERO, 0);
    let (mut polls, mut most) = (0, 0);
    for run in 0..RUNS {
        let share = 0.8 + 0.4 * f64::from(run) / f64::from(RUNS - 1);
        let duration = Duration::from_secs(seconds).mul_f64(share);
        let (lateness, asked) = follow(duration, rhythm);
        late += lateness;
        worst = worst.max(lateness);
        within += u32::from(lateness <= bar(duration));
        polls += asked;
        most = most.max(asked);
    }
    let (_, nominal) = follow(Duration::from_secs(seconds), rhythm);
    let runs = f64::from(RUNS);
    format!(
        "| {seconds} s | {name} | {:.2} | {:.2} | {:.0} % | {nominal} | {:.1} | {most} |",
        late.as_secs_f64() / runs,
        worst.as_secs_f64(),
        100.0 * f64::from(within) / runs,
        f64::from(polls) / runs,
    )
}

/// A second, or 3 % of the batch's duration.
fn bar(duration: Duration) -> Duration {
    Duration::from_secs(1).max(duration.mul_f64(0.03))
}

/// Polls a batch until it is seen to be done; how late that is, and how many polls it took.
fn follow(duration: Duration, rhythm: fn(f64) -> f64) -> (Duration, u32) {
    let mut schedule = PollSchedule::new(SEARCHES);
    let (mut now, mut polls) = (Duration::ZERO, 0);
    loop {
        now += schedule.wait(now);
        polls += 1;
        if now >= duration {
            return (now.saturating_sub(duration), polls);
        }
        let share = rhythm(now.as_secs_f64() / duration.as_secs_f64());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a share of 3,000"
        )]
        let finished = (share * SEARCHES as f64) as usize;
        schedule.observe(Some(finished), now);
    }
}
