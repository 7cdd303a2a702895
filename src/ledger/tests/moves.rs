//! Moving everything into another ledger, from each backend into each.

use super::two_ledgers::*;
use super::*;
use crate::ledger::types::{Alias, Allowance, BudgetRequest, CAREFUL_POST_SPACING, KeptNumber};
use crate::ledger::{
    EraseMode, LedgerErrorKind as Kind, ListScope, MoveReport, Moved, Per, Status, StoredAnswer,
};
use crate::people::Answer;

#[tokio::test]
async fn a_number_counts_more_than_none_an_objection_more_than_a_number_and_a_newer_answer_more_than_an_older()
 {
    for (pair, source, target) in pairs() {
        let (old, new) = (number("+12025550101"), number("+12025550102"));
        let none = Answer::NotFound;
        let here = answers([
            ("person-a", &old),
            ("person-b", &none),
            ("person-c", &none),
            ("person-d", &old),
            ("person-e", &none),
        ]);
        import(&source, &here, at(1)).await;
        let there = answers([
            ("person-a", &none),
            ("person-b", &new),
            ("person-c", &none),
            ("person-d", &new),
            ("person-f", &new),
        ]);
        import(&target, &there, at(2)).await;
        for (ledger, slug) in [(&source, "person-g"), (&target, "person-h"), (&source, "person-b")]
        {
            ledger.forget(vec![key(slug)], EraseMode::Suppress, at(3)).await.unwrap();
        }
        import(&source, &[("person-h", old.clone())], at(3)).await;
        let people = add(&target, &["person-g"]).await;
        let held = claim(&target, &people).await;
        let moved = source.move_to(&target).await.unwrap();
        let report = MoveReport {
            people: 7,
            in_both: 6,
            paid_in_both: 1,
            suppressed: 2,
            ..MoveReport::default()
        };
        assert_eq!(moved, Moved::Now(report), "{pair}");
        // A number that is older than the question that found nothing was asked for again since.
        let kept = StoredAnswer::Answer { answer: old.clone(), answered: at(1), asked: at(2) };
        for (slug, expected) in [
            ("person-a", Some(kept)),
            ("person-b", Some(StoredAnswer::Suppressed)),
            ("person-c", Some(stored(none.clone(), 2))),
            ("person-d", Some(stored(new.clone(), 2))),
            ("person-e", Some(stored(none.clone(), 1))),
            ("person-f", Some(stored(new.clone(), 2))),
            ("person-g", Some(StoredAnswer::Suppressed)),
            ("person-h", Some(StoredAnswer::Suppressed)),
        ] {
            assert_eq!(answer(&target, slug).await, expected, "{pair}: {slug}");
        }
        // Who objected waits for no batch, and the answer that comes is not recorded.
        assert_eq!(batch_record(&target, held).await.open, 0, "{pair}");
        accept(&target, held, "b-1").await;
        let answers = vec![(people[0], old.clone())];
        target.record(held, BatchLook { answers, ..look(LookStage::Completed) }).await.unwrap();
        assert_eq!(answer(&target, "person-g").await, Some(StoredAnswer::Suppressed), "{pair}");
    }
}

#[tokio::test]
async fn what_runs_and_what_is_unclear_goes_on_in_the_other_ledger() {
    for (pair, source, target) in pairs() {
        // Ids differ on both sides, and somebody in the middle was erased.
        import(&target, &[("zoe", Answer::NotFound), ("yan", Answer::NotFound)], NOW).await;
        let scope = ListScope([7; 16]);
        let (sent, saved) = leave_unsettled(&source, scope).await;
        let before = source.batches(Which::Unsettled).await.unwrap();
        let Moved::Now(report) = source.move_to(&target).await.unwrap() else { panic!("{pair}") };
        assert_eq!(
            (report.people, report.in_both, report.batches, report.unsettled),
            (5, 0, 4, 4),
            "{pair}"
        );
        let after = target.batches(Which::Unsettled).await.unwrap();
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(*after, moved(before, after, &sent), "{pair}");
        }
        let [run, lost, sent, doubted] = [0, 1, 2, 3].map(|i| after[i].batch);
        assert_eq!(after[1].saved, Some(saved), "{pair}");
        let members = target.members(run).await.unwrap();
        let ids = add(&target, &["ada", "ben", "cleo", "dora", "eve"]).await;
        let expected = |person: PersonId, position, slug| crate::ledger::Member {
            person,
            position,
            key: key(slug),
            names: Some(7),
            custom: Some(u64::MAX),
        };
        let expected_members = [expected(ids[1], 0, "ben-as-sent"), expected(ids[0], 2, "ada")];
        assert_eq!(members, expected_members, "{pair}");
        let statuses = target.person_statuses(ids.clone(), ANY_AGE).await.unwrap();
        let statuses: Vec<Status> = statuses.iter().map(|status| status.status).collect();
        assert_eq!(statuses, [run, run, lost, sent, doubted].map(Status::Claimed), "{pair}");
        let kept =
            KeptNumber { number: "+12025550177".to_owned(), batch: BatchId::parse("b-doubt") };
        assert_eq!(records(&target, &["eve"]).await[0].unproven, [kept], "{pair}");
        // An unfinished refresh goes on, a price is known, what was saved is counted, and no old balance proves anything.
        assert!(target.refresh_of(scope, at(9)).await.unwrap().is_continued, "{pair}");
        let state = target.account_state(account()).await.unwrap();
        assert_eq!(
            (state.price, state.baseline, state.running),
            (Some(Credits(40)), None, 2),
            "{pair}"
        );
        assert_eq!(target.totals().await.unwrap().saved, Credits(26), "{pair}");
        assert_eq!(target.list_costs(scope).await.unwrap().searched, 3, "{pair}");
        // A run that has the people collects.
        let answers = vec![(ids[0], number("+12025550101")), (ids[1], Answer::NotFound)];
        let done = super::look(LookStage::Completed);
        let recorded = target.record(run, BatchLook { answers, ..done }).await.unwrap();
        assert!(recorded.settled && recorded.found == 1, "{pair}: {recorded:?}");
    }
}

#[tokio::test]
async fn people_are_the_same_by_any_of_their_keys_and_a_key_of_two_stays_one() {
    for (pair, source, target) in pairs() {
        for (ledger, slug, alias) in [
            (&source, "ada", "ada-of-acme"),
            (&source, "ben", "ben-of-acme"),
            (&source, "ben-2", "ben-of-acme"),
            (&target, "ben-3", "ben-of-acme"),
        ] {
            let alias = vec![Alias { row: 0, key: by_company(alias) }];
            ledger.upsert_people(vec![key(slug)], alias, ANY_AGE).await.unwrap();
        }
        // Here the same person is known by the other key alone.
        let ada = vec![(by_company("ada-of-acme"), Answer::NotFound)];
        target.import_answers(ada, at(-1)).await.unwrap();
        import(&source, &[("ada", number("+12025550101"))], NOW).await;
        source.move_to(&target).await.unwrap();
        let keys = [
            key("ada"),
            by_company("ada-of-acme"),
            key("ben"),
            key("ben-3"),
            by_company("ben-of-acme"),
        ];
        let people = target.upsert_people(keys.to_vec(), Vec::new(), ANY_AGE).await.unwrap();
        let people: Vec<PersonId> = people.iter().map(|status| status.person).collect();
        assert_eq!(people[0], people[1], "{pair}");
        assert!(people[4] != people[2] && people[4] != people[3], "{pair}: {people:?}");
        assert_eq!(answer(&target, "ada").await, Some(stored(number("+12025550101"), 0)), "{pair}");
    }
}

#[tokio::test]
async fn a_ledger_that_was_moved_is_opened_by_nobody_and_says_where_it_went() {
    for (pair, source, target) in pairs() {
        import(&source, &[("ada", Answer::NotFound)], NOW).await;
        let to = target.location().to_string();
        let other = Ledger::open(source.location().clone()).unwrap();
        let error = source.move_to(&target).await.unwrap_err();
        assert_eq!(*error.kind(), Kind::InUse(1), "{pair}");
        drop(other);
        source.move_to(&target).await.unwrap();
        let place = source.location().clone();
        let refused = |kind: Kind| {
            let error = Ledger::open(place.clone()).unwrap_err();
            assert_eq!(*error.kind(), kind, "{pair}");
        };
        refused(Kind::Moved(to.clone()));
        let again = Ledger::open(place.clone().even_if_moved()).unwrap();
        assert!(again.info().await.unwrap().moved.is_some_and(|moved| moved.is_done), "{pair}");
        let error = again.move_to(&on_file::ledger()).await.unwrap_err();
        assert_eq!(*error.kind(), Kind::Moved(to.clone()), "{pair}");
        // A copy of a ledger is that ledger.
        let same = Ledger::open(target.location().clone()).unwrap();
        let error = target.move_to(&same).await.unwrap_err();
        assert_eq!(*error.kind(), Kind::SameLedger, "{pair}");
    }
}

/// A run whose machine slept through the move wakes up.
#[tokio::test]
async fn a_ledger_that_is_being_moved_claims_for_nobody() {
    for (pair, source, target) in pairs() {
        let people = add(&source, &["ada"]).await;
        source.move_to(&target).await.unwrap();
        if source.location().file().is_none() {
            assert_eq!(source.claim(new_batch(&people)).await.unwrap(), None, "{pair}");
            let error = source.heartbeat(NOW).await.unwrap_err();
            assert!(matches!(error.kind(), Kind::Moved(_)), "{pair}: {error}");
        }
    }
}

#[tokio::test]
async fn what_two_copies_of_a_ledger_know_is_merged_and_never_counted_twice() {
    for (pair, source, target) in pairs() {
        let Some(file) = source.location().file() else { continue };
        let people = add(&source, &["ada", "ben"]).await;
        let batch = claim(&source, &people).await;
        source.record_post(batch, PostOutcome::Unclear, None, NOW).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.db");
        let sql = format!("VACUUM INTO '{}'", path.display());
        rusqlite::Connection::open(file).unwrap().execute(&sql, []).unwrap();
        // The run that copied it was alive then.
        rusqlite::Connection::open(&path).unwrap().execute("DELETE FROM runs", []).unwrap();
        let copy = Ledger::open(LedgerLocation::at(path, "test".to_owned())).unwrap();
        // The copy knows less, and then more.
        accept(&source, batch, "b-1").await;
        source.move_to(&target).await.unwrap();
        let place = target.location().clone();
        drop(target);
        let target = Ledger::open(place).unwrap();
        let answers = vec![(people[0], number("+12025550101")), (people[1], Answer::NotFound)];
        accept(&copy, batch, "b-1").await;
        let refunded = Some(Credits(40));
        let done = BatchLook { refunded, answers, ..look(LookStage::Completed) };
        copy.record(batch, done).await.unwrap();
        copy.move_to(&target).await.unwrap();
        assert_eq!(answer(&target, "ada").await, Some(stored(number("+12025550101"), 0)), "{pair}");
        let record = &records(&target, &["ben"]).await[0];
        assert_eq!(record.claim, None, "{pair}");
        let totals = target.totals().await.unwrap();
        assert_eq!((totals.batches, totals.spent), (1, Credits(0)), "{pair}");
        assert_eq!(target.batches(Which::Unsettled).await.unwrap(), [], "{pair}");
    }
}

#[tokio::test]
async fn a_batch_of_another_ledger_with_the_same_id_is_refused_and_nothing_stays() {
    for (pair, source, target) in pairs() {
        for ledger in [&source, &target] {
            let people = add(ledger, &["ada"]).await;
            let batch = claim(ledger, &people).await;
            accept(ledger, batch, "b-1").await;
        }
        import(&source, &[("ben", Answer::NotFound)], NOW).await;
        let error = source.move_to(&target).await.unwrap_err();
        assert_eq!(*error.kind(), Kind::IdConflict, "{pair}");
        assert_eq!(answer(&target, "ben").await, None, "{pair}");
        // It is in force as before.
        drop(Ledger::open(source.location().clone()).unwrap());
    }
}

#[tokio::test]
async fn budgets_go_along_unless_there_is_one() {
    for (pair, source, target) in pairs() {
        source.set_budget(None, Per::Day, Some(Credits(10))).await.unwrap();
        source.set_budget(Some(account()), Per::Month, Some(Credits(20))).await.unwrap();
        target.set_budget(None, Per::Day, Some(Credits(30))).await.unwrap();
        source.move_to(&target).await.unwrap();
        let budgets = target.budgets(NOW).await.unwrap();
        let budgets: Vec<_> = budgets.iter().map(|b| (b.account, b.per, b.cap.0)).collect();
        assert_eq!(budgets, [(None, Per::Day, 30), (Some(account()), Per::Month, 20)], "{pair}");
    }
}

#[tokio::test]
async fn what_is_reserved_of_a_budget_and_the_pace_of_posts_go_along() {
    for (pair, source, target) in pairs() {
        let now = Moment::now();
        source.set_budget(None, Per::Month, Some(Credits(200))).await.unwrap();
        let request = |most| BudgetRequest {
            account: account(),
            nonce: Nonce::random(),
            least: 1,
            most,
            price: Credits(40),
            label: None,
            now,
        };
        let reserved = source.reserve_budget(request(3)).await.unwrap();
        assert_eq!(reserved, Allowance::Searches(3), "{pair}");
        let later = Moment(now.0 + 60_000);
        source.delay_posts(account(), later).await.unwrap();
        source.move_to(&target).await.unwrap();
        let left = target.reserve_budget(request(5)).await.unwrap();
        assert_eq!(left, Allowance::Searches(2), "{pair}");
        let [first, second] = [
            target.reserve_post(account(), later).await.unwrap(),
            target.reserve_post(account(), later).await.unwrap(),
        ];
        assert!(first >= later, "{pair}");
        assert_eq!(second.since(first), CAREFUL_POST_SPACING, "{pair}");
    }
}

#[tokio::test]
async fn how_often_people_were_asked_for_again_on_a_persons_word_goes_along() {
    for (pair, source, target) in pairs() {
        let people = add(&source, &["ada", "ben"]).await;
        let lost = claim(&source, &people).await;
        source.record_post(lost, PostOutcome::Unclear, None, NOW).await.unwrap();
        source.resubmit(lost, NOW).await.unwrap();
        source.move_to(&target).await.unwrap();
        assert_eq!(target.totals().await.unwrap().resubmitted, 2, "{pair}");
    }
}

/// A second command may end the move of one that was silent for long: what the first copied is copied anew.
#[tokio::test]
async fn a_move_that_another_command_ended_is_not_called_done() {
    use crate::ledger::handle::on_backend;
    for (pair, source, target) in pairs() {
        let to = target.location().to_string();
        let token = on_backend!(source, begin_move(to.clone())).unwrap();
        on_backend!(source, cancel_move()).unwrap();
        assert!(!on_backend!(source, end_move(to.clone(), token)).unwrap(), "{pair}");
        assert_eq!(source.info().await.unwrap().moved, None, "{pair}");
        assert!(matches!(source.move_to(&target).await.unwrap(), Moved::Now(_)), "{pair}");
    }
}

#[tokio::test]
async fn a_move_that_another_command_finished_is_done() {
    use crate::ledger::handle::on_backend;
    for (pair, source, target) in pairs() {
        let to = target.location().to_string();
        let [first, second] = [
            on_backend!(source, begin_move(to.clone())).unwrap(),
            on_backend!(source, begin_move(to.clone())).unwrap(),
        ];
        assert!(on_backend!(source, end_move(to.clone(), first)).unwrap(), "{pair}");
        assert!(on_backend!(source, end_move(to.clone(), second.clone())).unwrap(), "{pair}");
        assert!(!on_backend!(source, end_move("elsewhere".to_owned(), second)).unwrap(), "{pair}");
        assert!(source.info().await.unwrap().moved.is_some_and(|moved| moved.is_done), "{pair}");
    }
}
