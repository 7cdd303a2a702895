//! Batches that Enrow certainly did not take: their claims are released, what is wrong with them is mended, and they
//! are sent again without end only where that can help.

use crate::support::people::people_csv;
use crate::support::{TestEnv, busiest_second, side_by_side};
use enrow_phone::sandbox::{Endpoint, Faults, Settings};

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

/// A env with this many people.
fn env(count: usize, faults: &str) -> TestEnv {
    let env = TestEnv::with_faults(faults);
    env.write("people.csv", people_csv(count));
    env
}

/// Somebody's last name, by which a fault can mean just them.
fn poison(person: usize, kind: &str) -> String {
    let name = crate::support::people::Person::number(person).last;
    format!("search:{name}={kind}")
}

#[test]
fn a_named_bad_row_costs_that_row_and_no_batch() {
    side_by_side([&[7][..], &[0], &[59], &[3, 4, 40]], |bad| {
        let faults: Vec<_> = bad.iter().map(|row| poison(*row, "poison")).collect();
        let env = env(60, &faults.join(", "));
        env.bulk(&ARGS).exits(0).says("Missing mandatory property");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("invalid"), rows.answered()), (bad.len(), 60 - bad.len()));
        for row in *bad {
            assert_eq!(rows.status(*row), "invalid");
            assert!(rows.note(*row).contains("Missing mandatory property"));
        }
        env.assert_posts(1 + bad.len());
        env.assert_nobody_searched_twice();
        // Refused rows are not sent again.
        env.bulk(&ARGS).exits(0);
        env.assert_posts(1 + bad.len());
    });
}

#[test]
fn an_unnamed_bad_row_is_found_by_halving() {
    side_by_side([&[7][..], &[0], &[63], &[3, 40]], |bad| {
        let faults: Vec<_> = bad.iter().map(|row| poison(*row, "poison-unnamed")).collect();
        let env = env(64, &faults.join(", "));
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("invalid"), rows.answered()), (bad.len(), 64 - bad.len()));
        for row in *bad {
            assert!(rows.note(*row).contains("Invalid linkedin_url"), "{}", rows.note(*row));
        }
        // For each culprit two halves at every one of the six levels, and the whole.
        assert!(env.control().posts() <= 1 + 12 * bad.len());
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn a_file_of_bad_rows_alone_ends() {
    for kind in ["poison", "poison-unnamed"] {
        let env = env(
            8,
            &format!("search:linkedin={kind}, search:example={kind}, search:Tidewater={kind}"),
        );
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.count("invalid"), 8);
        assert_eq!(env.control().taken(), 0);
    }
}

#[test]
fn the_limit_that_enrow_names_becomes_the_size() {
    let env = TestEnv::new(Settings { batch_limit: 10, ..Settings::default() });
    env.write("people.csv", people_csv(45));
    env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=25"])
        .exits(0)
        .says("at most 10 searches");
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
    let sizes: Vec<_> = env.control().batches().iter().map(|batch| batch.requested).collect();
    assert_eq!(sizes, [5, 10, 10, 10, 10]);
    env.assert_posts(6);
}

#[test]
fn a_limit_that_falls_on_the_way_is_followed() {
    let env = env(50, "post:2-=limit/7");
    env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=25"]).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
    env.assert_posts(1 + 1 + 4);
}

#[test]
fn a_refusal_that_is_not_about_rows_ends_the_run_and_leaves_everybody_free() {
    let cases = [("400", 3, 1), ("400", 1, 1), ("401", 3, 4)];
    side_by_side(cases, |&(kind, people, code)| {
        let env = env(people, &format!("post:*={kind}"));
        env.write("out.csv", "as it was");
        env.bulk(&ARGS).exits(code);
        assert_eq!(env.read("out.csv"), "as it was");
        assert!(env.control().posts() <= 4, "a few tries, not {}", env.control().posts());
        assert_eq!(env.control().count(Endpoint::Elsewhere), 0, "no redirect is followed");
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn an_answer_that_the_contract_does_not_list_is_never_taken_for_a_refusal() {
    let kinds =
        ["403", "404", "405", "html/400", "html/403", "html/404", "redirect/302", "redirect/307"];
    side_by_side(kinds, |&kind| {
        let env = env(3, &format!("post:*={kind}"));
        let run = env.bulk(&ARGS);
        assert!(!run.stderr.contains("refused"), "{}", run.stderr);
        run.says("may have been");
        assert_eq!(env.control().count(Endpoint::Elsewhere), 0, "no redirect is followed");
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn a_passing_refusal_costs_nobody_their_answer() {
    let cases = [
        "post:1=400", "post:2=400", "post:1-2=413", "post:1-2=429/1", "post:2=429",
        "post:1=refuse/1s",
    ];
    side_by_side(cases, |faults| {
        let env = env(30, faults);
        env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=10"]).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        assert_eq!(env.control().people().len(), 30, "no other sandbox was asked");
        assert!(busiest_second(&env.control()) <= 10);
    });
}

#[test]
fn a_lower_limit_that_enrow_states_is_kept() {
    let env = TestEnv::new(Settings { posts_per_second: 4, ..Settings::default() });
    env.write("people.csv", people_csv(45));
    env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=5"]).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    assert!(env.control().requests().iter().all(|request| request.status != Some(429)));
}

#[test]
fn a_refused_connection_is_no_doubt() {
    let env = env(20, "post:1=refuse/1s");
    let run = env.bulk(&ARGS);
    run.exits(0).does_not_say("may have been paid");
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
}
