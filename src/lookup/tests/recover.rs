//! What a person does: fetch, recover, a new key.

use super::each;
use super::world::{World, faulty};
use crate::batch::BatchId;
use crate::ledger::{BatchState, Which};
use crate::lookup::{Accept, WhileRunning};
use crate::people::PhoneNumber;
use crate::sandbox::{self, Pace};

#[tokio::test]
async fn any_batch_is_fetched_as_often_as_one_likes() {
    each(&[
        ("", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nnf recorded 3 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=ongoing/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nnp recorded 2 missing 0 (0/0), NNr
            fetch: nnf recorded 1 missing 0 (0/3), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=holes/3", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nn recorded 2 missing 1 (0/0), NNr
            fetch: nn recorded 0 missing 1 (0/3), NNr
            fetch: nn recorded 0 missing 1 (0/3), NNr"),
        ("batch=failed", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 off by -120
            fetch: Failed (0/0), XXX
            fetch: Failed (0/0), XXX
            fetch: Failed (0/0), XXX"),
        ("batch=late/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: error Fetch(UnknownId (0/0), rrr
            fetch: nnf recorded 3 missing 0 (0/1), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=duplicated/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nnf recorded 3 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF
            fetch: nnf recorded 0 missing 0 (0/0), NNF"),
        ("batch=contradicted/2", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            fetch: nff recorded 2 missing 0 (0/0), Nr*F
            fetch: nff recorded 0 missing 0 (0/0), Nr*F
            fetch: nff recorded 0 missing 0 (0/0), Nr*F"),
        ("post:1=reset-after", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu
            fetch: nnf recorded 0 missing 0 in doubt (0/0), uuu"),
    ], |mut world| async move {
        world.settings.detach = true;
        world.run(0..3).await;
        let id = world.id(0);
        world.fetch(&id, WhileRunning::AskOnce, 0..3).await;
        world.fetch(&id, WhileRunning::Wait, 0..3).await;
        world.fetch(&id, WhileRunning::Wait, 0..3).await;
        world
    })
    .await;
    let mut world = World::of("");
    world.fetch(&BatchId::parse("b-1").unwrap(), WhileRunning::Wait, 0..0).await;
    world.expect("fetch: error Fetch(UnknownId (0/0),");
}

/// A batch whose answer was lost and whose id a person has found.
const TAKEN_IN: &str =
    "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuu (0/0) | posts 1 taken 1 charged 40 off by 40
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            accept: unknown batch, uuu
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: error NothingUnclear(BatchId(\"b-1\")), NNF
            unclear:
            resubmit: 0 unread 0, NNF
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40 no baseline
            unclear:";

/// What came back, and what a person sees and does about it.
const UNCLEAR: &[(&str, &str)] = &[
        ("post:1=reset-after", TAKEN_IN),
        ("post:1=reset-after, batch=no-nonce", TAKEN_IN),
        ("post:1=reset-after, batch=ongoing", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 charged 40 off by 40
            run: done, uuu (0/0) | posts 1 taken 1 charged 40 off by 40
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            accept: unknown batch, uuu
            recover: Partly { people: 3, found: 0, open: 1 }, NNr
            recover: Partly { people: 3, found: 0, open: 1 }, NNr
            recover: error NothingUnclear(BatchId(\"b-1\")), NNr
            unclear:
            resubmit: 0 unread 0, NNr
            run: done, NNr (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 no baseline
            unclear:"),
        ("post:1=reset", "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1
            run: done, uuu (0/0) | posts 1
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            recover: error Fetch(UnknownId, uuu
            unclear: [unknown people 3 numbers 0 credits 150 resubmitted 0/0]
            resubmit: 3 unread 0, ---
            run: done, NNF batches 1 searches 3 reserved 120 refunded 80 found 1 (3/3) | posts 2 taken 1 charged 40
            unclear:"),
        ("batch=misnumbered, batch=no-params", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, rrr* (0/3); Adopted { batches: 1 }; ResultsMissing 3 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            accept: 0 left [MustBeNamed], rrr*
            recover: Partly { people: 3, found: 0, open: 3 }, rrr*
            recover: Partly { people: 3, found: 0, open: 3 }, rrr*
            recover: error NothingUnclear(BatchId(\"b-1\")), rrr*
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            resubmit: 1 unread 0, rr-*
            run: done, rrr* batches 1 searches 1 reserved 40 (1/4); Adopted { batches: 1 }; ResultsMissing 1; ResultsMissing 2 | posts 2 taken 2 charged 80 searched twice 1 PAID TWICE 1 off by -80
            unclear: [running people 0 numbers 1 credits 0 resubmitted 0/0] [running people 1 numbers 1 credits 40 resubmitted 1/1]"),
        ("batch=bad-number/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NNr* (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            accept: 0 left [NotInternational], NNr*
            recover: Partly { people: 3, found: 0, open: 1 }, NNr*
            recover: Partly { people: 3, found: 0, open: 1 }, NNr*
            recover: error NothingUnclear(BatchId(\"b-1\")), NNr*
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
            resubmit: 1 unread 0, NN-*
            run: done, NNr* batches 1 searches 1 reserved 40 (0/1); ResultsMissing 1 | posts 2 taken 2 charged 80 searched twice 1 PAID TWICE 1
            unclear: [completed people 0 numbers 1 credits 0 resubmitted 0/0] [running people 1 numbers 1 credits 40 resubmitted 1/1]"),
        ("batch=contradicted/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, r*r*r* (0/3); Adopted { batches: 1 }; ResultsMissing 3 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 3 numbers 4 credits 120 resubmitted 0/0]
            accept: 0 left [MustBeNamed, MustBeNamed, MustBeNamed, MustBeNamed], r*r*r*
            recover: Partly { people: 3, found: 0, open: 3 }, r*r*r*
            recover: Partly { people: 3, found: 0, open: 3 }, r*r*r*
            recover: error NothingUnclear(BatchId(\"b-1\")), r*r*r*
            unclear: [running people 3 numbers 4 credits 120 resubmitted 0/0]
            resubmit: 3 unread 0, -*-*-*
            run: done, r*r*r* batches 1 searches 3 reserved 120 (0/3); ResultsMissing 3 | posts 2 taken 2 charged 80 searched twice 3 PAID TWICE 1 off by -80
            unclear: [completed people 0 numbers 4 credits 0 resubmitted 0/0] [running people 3 numbers 4 credits 120 resubmitted 3/3]"),
        ("batch=numbered-not-found/1", "run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
            run: done, NNr* (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 off by -80
            unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0 takeable]
            accept: 1 left [], NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: Recorded { people: 3, found: 1 }, NNF
            recover: error NothingUnclear(BatchId(\"b-1\")), NNF
            unclear:
            resubmit: 0 unread 0, NNF
            run: BalanceUnknown, NNF (0/0) | posts 1 taken 1 charged 40
            unclear:"),
];

#[tokio::test]
async fn a_person_settles_what_is_unclear() {
    each(UNCLEAR, |mut world| async move {
        world.settings.detach = true;
        world.run(0..3).await;
        world.settings.detach = false;
        world.run(0..3).await;
        let unclear = world.unclear().await;
        if world.control.taken() > 0 {
            let id = world.id(0);
            world.accept(&id, Accept::All, 0..3).await;
            world.recover(&id, 0..3).await;
            world.recover(&id, 0..3).await;
        }
        let other = BatchId::parse("b-1").unwrap();
        world.recover(&other, 0..3).await;
        world.unclear().await;
        world.resubmit(&unclear, 0..3).await;
        world.run(0..3).await.unclear().await;
        world
    })
    .await;
}

#[tokio::test]
async fn a_new_key_collects_what_the_old_one_sent() {
    let mut world = World::of("batch:1=ongoing/200");
    world.settings.detach = true;
    world.run(0..3).await;
    world.control.replace_key("second-key");
    world.settings.detach = false;
    world.run(0..3).await;
    world.key = "second-key";
    world.run(0..4).await;
    let id = world.id(0);
    world.fetch(&id, WhileRunning::AskOnce, 0..4).await;
    world.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: error Fetch(Key, rrr (0/0) | posts 1 taken 1 charged 40 off by -80
        run: done, NNrF batches 1 searches 1 reserved 40 found 1 (3/4); Adopted { batches: 1 }; ResultsMissing 1 | posts 2 taken 2 charged 80 no baseline
        fetch: nnp recorded 0 missing 0 (0/0), NNrF");
}

/// A number that something speaks against is taken only by its name.
#[tokio::test]
async fn a_person_names_the_number_that_is_taken() {
    let mut world = World::of("batch=contradicted/2");
    world.settings.detach = true;
    world.run(0..3).await;
    world.settings.detach = false;
    world.run(0..3).await;
    let unclear = world.unclear().await;
    let id = world.id(0);
    let stranger = Accept::Number(PhoneNumber::parse("+12025550100").unwrap());
    world.accept(&id, stranger, 0..3).await;
    for kept in unclear[0].numbers.iter().filter_map(|kept| PhoneNumber::parse(&kept.number)) {
        world.accept(&id, Accept::Number(kept), 0..3).await;
    }
    world.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: done, Nr*F found 1 (2/3); Adopted { batches: 1 }; ResultsMissing 1 | posts 1 taken 1 charged 40 off by -80
        unclear: [running people 1 numbers 1 credits 40 resubmitted 0/0]
        accept: 0 left [NotNamed], Nr*F
        accept: 1 left [], NWRONGF");
    // With the last of them the batch is settled.
    let batch = world.open().ledger.batches(Which::Ids(vec![id])).await.unwrap().remove(0);
    assert_eq!((batch.state, batch.open), (BatchState::Completed, 0));
}

/// A batch that cannot be read again is named before its people are asked for again.
#[tokio::test]
async fn what_cannot_be_read_again_is_said() {
    let mut world = World::of("batch=contradicted/1");
    world.settings.detach = true;
    world.run(0..3).await;
    world.settings.detach = false;
    world.run(0..3).await;
    let unclear = world.unclear().await;
    world.control.shut();
    world.resubmit(&unclear, 0..3).await;
    world.expect("run: done, rrr batches 1 searches 3 reserved 120 (0/3) | posts 1 taken 1 charged 40 off by -80
        run: done, r*r*r* (0/3); Adopted { batches: 1 }; ResultsMissing 3 | posts 1 taken 1 charged 40 off by -80
        unclear: [running people 3 numbers 4 credits 120 resubmitted 0/0]
        resubmit: 3 unread 1, -*-*-*");
}

/// A batch that runs, and one person's that was lost.
#[tokio::test]
async fn a_batch_is_recovered_by_its_id_while_it_runs_and_where_it_is_of_one() {
    let mut world =
        World::new(sandbox::Settings { pace: Pace::Held, ..faulty("post:1=reset-after") });
    world.settings.detach = true;
    world.run(0..3).await;
    let id = world.id(0);
    world.recover(&id, 0..3).await;
    world.control.release();
    world.recover(&id, 0..3).await;
    world.expect(
        "run: done, uuu doubted 150 (0/0); Doubt 3 | posts 1 taken 1 held 120 off by 120
        recover: Running { people: 3 }, rrr
        recover: Recorded { people: 3, found: 1 }, NNF",
    );
    let mut world = World::of("post:1=reset-after");
    world.find(2).await;
    let id = world.id(0);
    world.recover(&id, 2..3).await;
    world.expect("find: done u, u doubted 50 (0/0); Doubt 1; NothingProven { people: 1, end: Contradicted } | posts 1 taken 1 charged 40 off by 40
        recover: Recorded { people: 1, found: 1 }, F");
}
