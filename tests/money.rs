//! What is paid, what is reserved, and what is never exceeded.

#[expect(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use enrow_phone::sandbox::Settings;
use support::Bench;
use support::people::people_csv;

#[test]
fn a_run_pays_for_what_is_found_and_for_nothing_else() {
    let bench = Bench::new(Settings::default());
    bench.write_csv("people.csv", &people_csv(60));
    let run = bench.bulk(&["people.csv", "-o", "out.csv", "--json"]);
    run.exits(0);
    let rows = bench.assert_rows_right("people.csv", "out.csv");
    rows.assert_all_answered();
    bench.assert_nobody_searched_twice();
    bench.assert_posts(1);
    let found = i64::try_from(rows.count("found")).unwrap();
    assert_eq!(run.figure("credits.net"), found * 40);
}
