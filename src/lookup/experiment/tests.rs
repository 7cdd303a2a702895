use super::*;
use proptest::prelude::*;

const SILENCE: Duration = Duration::from_mins(10);
const START: i64 = 100_000;

fn secs(s: u64) -> Duration {
    Duration::from_secs(s)
}

/// A reading that takes a tenth of a second.
fn reading(at: u64, balance: i64) -> Reading {
    Reading {
        asked: secs(at),
        answered: secs(at) + Duration::from_millis(100),
        wall: secs(1_700_000_000 + at),
        served: Some(secs(1_700_000_100 + at)),
        cached: false,
        balance,
    }
}

fn idle() -> AccountActivity {
    AccountActivity {
        revision: 1,
        active: false,
        settled: true,
        spent_at_least: 0,
        spent_at_most: 0,
    }
}

fn lost() -> AccountActivity {
    AccountActivity { revision: 2, settled: false, ..idle() }
}

fn experiment() -> Experiment {
    let mut experiment = Experiment::new(SILENCE);
    experiment.observe(reading(0, START), &idle(), &idle());
    assert!(experiment.has_baseline());
    experiment.lost(secs(1));
    experiment
}

/// Reads `balance` every 20 s from `from` to `to`, and answers the last verdict.
fn read(
    experiment: &mut Experiment,
    from: u64,
    to: u64,
    balance: i64,
    books: &AccountActivity,
) -> Verdict {
    let mut verdict = Verdict::Open { left: SILENCE };
    for at in (from..=to).step_by(20) {
        verdict = experiment.observe(reading(at, balance), books, books);
    }
    verdict
}

#[test]
fn ten_silent_minutes_prove_that_a_batch_was_not_taken() {
    let mut experiment = experiment();
    let before_the_end = read(&mut experiment, 20, 600, START, &lost());
    assert_eq!(before_the_end, Verdict::Open { left: secs(20) });
    let at_the_end = experiment.observe(reading(620, START), &lost(), &lost());
    assert_eq!(at_the_end, Verdict::NotTaken);
}

/// A refund that had to show itself by now may have done so while the balance was read.
#[test]
fn a_silence_that_begins_during_a_reading_counts_from_the_next() {
    let mut experiment = experiment();
    let settled = AccountActivity { settled: true, ..lost() };
    let during = experiment.observe(reading(20, START), &lost(), &settled);
    assert_eq!(during, Verdict::Open { left: SILENCE });
    let before_the_end = read(&mut experiment, 40, 620, START, &settled);
    assert_eq!(before_the_end, Verdict::Open { left: secs(20) });
    let at_the_end = experiment.observe(reading(640, START), &settled, &settled);
    assert_eq!(at_the_end, Verdict::NotTaken);
}

/// What happens between two readings leaves the balance as it must be, and breaks the silence.
#[test]
fn a_silence_in_which_the_books_changed_begins_anew() {
    let mut experiment = experiment();
    read(&mut experiment, 20, 580, START, &lost());
    let changed = AccountActivity { revision: 3, ..lost() };
    let seen = read(&mut experiment, 600, 640, START, &changed);
    assert_eq!(seen, Verdict::Open { left: secs(560) });
}

#[test]
fn a_batch_that_runs_for_an_hour_is_waited_for() {
    let mut experiment = experiment();
    let running = AccountActivity { revision: 3, active: true, spent_at_most: 400, ..lost() };
    let seen = read(&mut experiment, 20, 3600, START - 400, &running);
    assert_eq!(seen, Verdict::Open { left: SILENCE });
}

#[test]
fn an_account_is_given_thrice_the_silence_to_come_to_rest() {
    assert_eq!(give_up_after(SILENCE), SILENCE * 3);
    assert_eq!(give_up_after(Duration::ZERO), LONGEST_GAP);
}

#[test]
fn a_charge_at_any_moment_ends_it_for_good() {
    for taken_at in [20, 300, 600] {
        let mut experiment = experiment();
        if taken_at > 20 {
            read(&mut experiment, 20, taken_at - 20, START, &lost());
        }
        let seen = experiment.observe(reading(taken_at, START - 12_000), &lost(), &lost());
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::Contradicted), "{taken_at}");
        // A renewal brings the balance back to what it was: too late.
        let later = read(&mut experiment, taken_at + 20, taken_at + 3_000, START, &lost());
        assert_eq!(later, Verdict::Ended(ExperimentEnd::Contradicted), "{taken_at}");
    }
}

#[test]
fn money_from_elsewhere_ends_it_as_well() {
    let mut experiment = experiment();
    let seen = experiment.observe(reading(20, START + 1), &lost(), &lost());
    assert_eq!(seen, Verdict::Ended(ExperimentEnd::Contradicted));
}

#[test]
fn a_chain_may_have_no_gap_of_more_than_a_minute() {
    let mut whole = experiment();
    assert!(matches!(whole.observe(reading(60, START), &lost(), &lost()), Verdict::Open { .. }));
    let mut torn = experiment();
    let seen = torn.observe(reading(61, START), &lost(), &lost());
    assert_eq!(seen, Verdict::Ended(ExperimentEnd::Gap));
}

#[test]
fn a_machine_that_slept_has_a_gap_on_the_wall_clock() {
    let mut experiment = experiment();
    let woken = Reading { wall: secs(1_700_000_000 + 600), ..reading(20, START) };
    assert_eq!(experiment.observe(woken, &lost(), &lost()), Verdict::Ended(ExperimentEnd::Gap));
}

#[test]
fn a_reading_is_fresh_only_without_age_and_with_a_date_that_goes_on() {
    let stale = secs(1_700_000_100);
    for (case, odd) in [
        ("cached", Reading { cached: true, ..reading(20, START) }),
        ("no date", Reading { served: None, ..reading(20, START) }),
        ("an old date", Reading { served: Some(stale), ..reading(20, START) }),
        ("a date ahead", Reading { served: Some(stale + secs(60)), ..reading(20, START) }),
    ] {
        let mut experiment = experiment();
        let seen = experiment.observe(odd, &lost(), &lost());
        assert_eq!(seen, Verdict::Ended(ExperimentEnd::NotFresh), "{case}");
    }
}

#[test]
fn without_a_balance_from_before_nothing_is_ever_proven() {
    let mut experiment = Experiment::new(SILENCE);
    experiment.lost(secs(1));
    let seen = read(&mut experiment, 20, 2_000, START, &lost());
    assert_eq!(seen, Verdict::Ended(ExperimentEnd::NoBaseline));
}

#[test]
fn a_chain_begins_only_where_everything_is_settled_and_known() {
    for (case, books) in [
        ("active", AccountActivity { active: true, ..idle() }),
        ("a refund on its way", AccountActivity { settled: false, ..idle() }),
        ("an assumed price", AccountActivity { spent_at_most: 40, ..idle() }),
    ] {
        let mut experiment = Experiment::new(SILENCE);
        experiment.observe(reading(0, START), &books, &books);
        assert!(!experiment.has_baseline(), "{case}");
    }
    let mut moved = Experiment::new(SILENCE);
    moved.observe(reading(0, START), &idle(), &AccountActivity { revision: 2, ..idle() });
    assert!(!moved.has_baseline());
    for (case, first) in [
        ("out of a cache", Reading { cached: true, ..reading(0, START) }),
        ("without a date", Reading { served: None, ..reading(0, START) }),
    ] {
        let mut experiment = Experiment::new(SILENCE);
        experiment.observe(first, &idle(), &idle());
        assert!(!experiment.has_baseline(), "{case}");
    }
}

#[test]
fn before_anything_is_lost_a_broken_chain_begins_anew() {
    let mut experiment = Experiment::new(SILENCE);
    experiment.observe(reading(0, START), &idle(), &idle());
    experiment.observe(reading(500, START + 777), &idle(), &idle());
    assert!(experiment.has_baseline());
    experiment.lost(secs(501));
    let seen = read(&mut experiment, 520, 1_140, START + 777, &lost());
    assert_eq!(seen, Verdict::NotTaken);
}

#[test]
fn a_batch_that_runs_meanwhile_puts_the_verdict_off() {
    let mut experiment = experiment();
    let running = AccountActivity { revision: 3, active: true, spent_at_most: 400, ..lost() };
    // Its reservation shows, then its refund comes before it says that it is done.
    read(&mut experiment, 20, 300, START - 400, &running);
    let early = read(&mut experiment, 320, 600, START - 160, &running);
    assert!(matches!(early, Verdict::Open { .. }));
    let done = AccountActivity {
        revision: 4,
        active: false,
        spent_at_least: 160,
        spent_at_most: 400,
        ..lost()
    };
    let waiting = read(&mut experiment, 620, 1_200, START - 160, &done);
    assert_eq!(waiting, Verdict::Open { left: secs(20) });
    let proven = read(&mut experiment, 1_220, 1_220, START - 160, &done);
    assert_eq!(proven, Verdict::NotTaken);
}

#[test]
fn a_refund_that_is_late_puts_the_verdict_off_and_one_that_never_comes_ends_it() {
    let done = AccountActivity { revision: 3, spent_at_least: 160, spent_at_most: 400, ..lost() };
    let mut experiment = experiment();
    let late = read(&mut experiment, 20, 95, START - 400, &done);
    assert_eq!(late, Verdict::Open { left: SILENCE });
    assert_eq!(
        read(&mut experiment, 100, 680, START - 160, &done),
        Verdict::Open { left: secs(20) }
    );
    assert_eq!(read(&mut experiment, 700, 700, START - 160, &done), Verdict::NotTaken);
    let mut never = self::experiment();
    let seen = read(&mut never, 20, 1_900, START - 400, &done);
    assert_eq!(seen, Verdict::Ended(ExperimentEnd::NeverSettled));
}

#[test]
fn what_happens_while_a_reading_is_on_its_way_is_allowed_for_but_is_no_silence() {
    let mut experiment = experiment();
    read(&mut experiment, 20, 580, START, &lost());
    let sent = AccountActivity { revision: 3, spent_at_most: 40, active: true, ..lost() };
    let seen = experiment.observe(reading(600, START - 40), &lost(), &sent);
    assert_eq!(seen, Verdict::Open { left: SILENCE });
}

#[test]
fn the_silence_is_counted_from_the_loss() {
    let mut experiment = Experiment::new(SILENCE);
    read(&mut experiment, 0, 900, START, &idle());
    experiment.lost(secs(905));
    let seen = read(&mut experiment, 920, 1_500, START, &lost());
    assert_eq!(seen, Verdict::Open { left: secs(20) });
    assert_eq!(read(&mut experiment, 1_520, 1_520, START, &lost()), Verdict::NotTaken);
}

#[test]
fn after_a_release_the_chain_goes_on_and_another_loss_counts_from_its_own_moment() {
    let mut experiment = Experiment::new(SILENCE);
    assert_eq!((experiment.chain_began(), experiment.ended()), (None, None));
    read(&mut experiment, 5, 5, START, &idle());
    experiment.lost(secs(6));
    assert_eq!(read(&mut experiment, 20, 620, START, &lost()), Verdict::NotTaken);
    experiment.released();
    assert_eq!(experiment.chain_began(), Some(secs(5)));
    assert_eq!(read(&mut experiment, 640, 640, START, &lost()), Verdict::Open { left: SILENCE });
    experiment.lost(secs(650));
    let early = read(&mut experiment, 660, 1_240, START, &lost());
    assert_eq!(early, Verdict::Open { left: secs(10) });
    assert_eq!(experiment.ended(), None);
    let charged = read(&mut experiment, 1_250, 1_250, START - 40, &lost());
    assert_eq!(charged, Verdict::Ended(ExperimentEnd::Contradicted));
    assert_eq!(experiment.ended(), Some(ExperimentEnd::Contradicted));
    assert_eq!(experiment.chain_began(), None);
}

proptest! {
    /// Whenever the lost batch is taken, whatever our other batches do and however late refunds are: as long as
    /// nobody pays in the exact amount between two readings, the proof never says that it was not taken.
    #[test]
    fn a_batch_that_was_taken_is_never_proven_not_taken(
        taken_at in 1_u64..900,
        cost in 40_i64..120_000,
        ends_at in 1_u64..900,
        refund_late in 0_u64..1_200,
        reserved in 40_i64..120_000,
        refunded_share in 0_i64..=40,
        step in 5_u64..=60,
    ) {
        let refunded = reserved / 40 * refunded_share;
        let mut experiment = experiment();
        for at in (step..4_000).step_by(usize::try_from(step).unwrap()) {
            let ended = at >= ends_at;
            let back = if at >= ends_at + refund_late { refunded } else { 0 };
            let mut balance = START * 10 - reserved + back;
            if at >= taken_at {
                balance -= cost;
            }
            let books = AccountActivity {
                revision: if ended { 4 } else { 3 },
                active: !ended,
                settled: false,
                spent_at_least: if ended { reserved - refunded } else { 0 },
                spent_at_most: reserved,
            };
            let reading = reading(at, balance - START * 9);
            let verdict = experiment.observe(reading, &books, &books);
            // Before it is taken there may be ten minutes of silence: no experiment can look ahead.
            if at > taken_at {
                prop_assert_ne!(verdict, Verdict::NotTaken);
            } else if verdict == Verdict::NotTaken {
                return Ok(());
            }
        }
    }
}
