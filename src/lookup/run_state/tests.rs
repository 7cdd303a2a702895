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
