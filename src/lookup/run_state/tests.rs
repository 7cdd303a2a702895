use super::*;

#[test]
fn a_batch_that_is_not_followed_any_more_still_counts_in_all() {
    let state = RunState::default();
    state.set_ahead(20, 0);
    let batch = BatchNo::of_handle(&BatchId::parse("unclear-1").unwrap()).unwrap();
    let running = RunningBatch {
        id: BatchId::parse("b-1").unwrap(),
        searches: 20,
        finished: 0,
        reserved: Credits(800),
        split: CreditSplit::default(),
        sent_by: SentBy::ThisRun,
    };
    state.started(batch, running);
    state.finished(batch, 5);
    state.stop_following(batch, 2);
    let Snapshot { answered, total, found, .. } = state.snapshot();
    assert_eq!((answered, total, found), (5, 20, Some(2)));
}

#[test]
fn a_price_that_this_run_has_seen_is_no_guess_and_never_falls() {
    let state = RunState::default();
    let known = || (state.price().map(|price| price.0), state.has_proven_price());
    assert_eq!(known(), (None, false));
    state.set_learned_price(Some(Credits(40)));
    assert_eq!(known(), (Some(40), false));
    state.prove_price(Credits(30));
    assert_eq!(known(), (Some(30), true));
    state.prove_price(Credits(50));
    state.prove_price(Credits(45));
    state.set_learned_price(Some(Credits(60)));
    assert_eq!(known(), (Some(50), true));
}

#[test]
fn what_is_doubted_or_held_without_a_word_counts_as_spent() {
    let state = RunState::default();
    let committed = || state.funds(None).committed.0;
    state.doubted(Credits(100));
    state.add_unstated(Credits(30));
    assert_eq!(committed(), 130);
    state.doubt_lifted(Credits(60));
    assert_eq!(committed(), 70);
}

#[test]
fn posts_wait_for_those_before_them() {
    let state = RunState::default();
    assert_eq!(state.post_wait(), Duration::ZERO);
    state.post_ended(Some(1));
    let wait = state.post_wait();
    assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
}

#[test]
fn a_batch_is_met_once() {
    let state = RunState::default();
    let batch = BatchNo::of_handle(&BatchId::parse("unclear-1").unwrap()).unwrap();
    assert!(state.meets(batch) && !state.meets(batch));
}

#[test]
fn what_is_watched_counts_as_well_and_a_wait_is_shown_once_it_is_long() {
    let state = RunState::default();
    assert_eq!(state.snapshot().found, None);
    state.watches(2, 5);
    let Snapshot { answered, total, batches, .. } = state.snapshot();
    assert_eq!((answered, total, batches), (2, 5, 1));
    let silent = state.wait(WaitFor::Turn, Some(waits::SILENT / 2));
    assert_eq!(state.snapshot().wait, None);
    drop(silent);
    let _shown = state.wait(WaitFor::Refunds, Some(waits::SILENT));
    assert_eq!(state.snapshot().wait, Some(WaitFor::Refunds));
}
