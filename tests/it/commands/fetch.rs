use crate::support::TestEnv;
use crate::support::people::{profile, profiles_csv};
use enrow_phone::sandbox::{Answer, Pace, Search, Settings};
use serde_json::json;

const HEADER: &str = "linkedin_url,firstname,lastname,company_domain,company_name,custom,phone_number,phone_country,phone_status,phone_note\n";

/// A batch that somebody else sent: this env's ledger knows nothing of it.
fn sent_elsewhere(env: &TestEnv, sheet: &str) -> String {
    env.write("elsewhere.csv", sheet);
    let ledger = env.path("elsewhere.db");
    env.run([
        "bulk".as_ref(),
        "elsewhere.csv".as_ref(),
        "--detach".as_ref(),
        "--ledger".as_ref(),
        ledger.as_os_str(),
    ])
    .exits(0);
    env.control().batches().pop().unwrap().id
}

/// The row that a profile must lead to.
fn row(env: &TestEnv, person: usize) -> String {
    let url = profile(person);
    match env.control().answer_for(&Search::profile(&*url)) {
        Answer::Found { number, country } => format!("{url}/,,,,,,{number},{country},found,\n"),
        Answer::NotFound => format!("{url}/,,,,,,,,not_found,\n"),
    }
}

#[test]
fn any_batch_of_the_account_is_written_and_remembered() {
    let env = TestEnv::new(Settings::default());
    let id = sent_elsewhere(&env, &profiles_csv(0..5));
    let run = env.run(["fetch", &id]);
    run.exits(0).says("5 new to the ledger");
    let rows: String = (0..5).map(|person| row(&env, person)).collect();
    run.prints(&format!("{HEADER}{rows}"));
    env.write("in.csv", profiles_csv(0..5));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.control().posts(), 1);
    env.run(["fetch", &id]).exits(0).says("0 new to the ledger");
}

#[test]
fn names_companies_and_own_ids_come_back() {
    let env = TestEnv::new(Settings { found_percent: 0, ..Settings::default() });
    let sheet = "First Name,Last Name,Company,Website,Id\nAda,\"Example, Jr\",Acme,,lead-1\nBen,Example,,acme.example,lead-2\n";
    env.write("in.csv", sheet);
    env.run(["bulk", "in.csv", "-o", "out.csv", "--map", "custom=Id"]).exits(0);
    let id = env.control().batches()[0].id.clone();
    let searches = &env.control().batches()[0].searches;
    let last = searches[0].lastname.as_deref().unwrap().to_owned();
    env.run(["fetch", &id]).exits(0).prints(&format!(
        "{HEADER},Ada,{last},,Acme,lead-1,,,not_found,\n,Ben,Example,acme.example,,lead-2,,,not_found,\n"
    ));
}

#[test]
fn a_batch_that_runs_is_waited_for() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let id = sent_elsewhere(&env, &profiles_csv(0..3));
    let polls = env.control().polls();
    let run = env.spawn(["fetch", &id]);
    env.wait_until(|control| control.polls() > polls);
    env.control().release();
    let rows: String = (0..3).map(|person| row(&env, person)).collect();
    run.finish().exits(0).prints(&format!("{HEADER}{rows}"));
}

#[test]
fn no_wait_does_not_wait_and_writes_nothing() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let id = sent_elsewhere(&env, &profiles_csv(0..3));
    env.control().advance(2);
    env.write("out.csv", "as it was");
    env.run(["fetch", &id, "--no-wait", "-o", "out.csv"])
        .exits(1)
        .says("still running: 2 of 3 searches are finished; nothing was written");
    env.run(["fetch", &id, "--timeout", "1s", "-o", "out.csv"])
        .exits(1)
        .says("`--timeout` is over; nothing was written")
        .says("run the same command again: fetching costs nothing");
    let out = std::fs::read_to_string(env.path("out.csv")).unwrap();
    assert_eq!(out, "as it was");
}

#[test]
fn a_batch_of_ours_is_recorded_as_ours() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..4));
    env.run(["bulk", "in.csv", "--detach"]).exits(0);
    let id = env.control().batches()[0].id.clone();
    env.run(["fetch", &id, "-o", "batch.csv"]).exits(0).prints("").says("4 new to the ledger");
    let told = env.run(["status", "--json"]).json();
    assert_eq!(told["under_way"], json!([]));
    assert_eq!(told["recent"][0]["state"], "completed");
    let requests = env.control().requests().len();
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.control().requests().len(), requests);
}

#[test]
fn an_id_that_enrow_does_not_know_is_told_and_nothing_is_written() {
    let env = TestEnv::new(Settings::default());
    let id = "00000000-0000-4000-8000-000000000000";
    env.run(["fetch", id, "-o", "out.csv"])
        .exits(1)
        .says("Enrow does not know this batch (400: \"Could not retrieve bulk search results\")")
        .says("hint: check the id");
    assert!(!env.path("out.csv").exists());
    env.run(["fetch", "not/an/id"]).exits(2);

    env.write("in.csv", profiles_csv(0..2));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let id = env.control().batches()[0].id.clone();
    let other = env.command(["fetch", &id, "--no-wait"]).key("another").run();
    // Another key may be refused by Enrow, never by us: the account owns its batches.
    other.exits(1).says("Enrow does not know this batch");
}

#[test]
fn a_failed_batch_has_no_results() {
    let env = TestEnv::new(Settings::default());
    env.control().change(|settings| settings.faults.push("batch:1=failed".parse().unwrap()));
    let id = sent_elsewhere(&env, &profiles_csv(0..3));
    env.run(["fetch", &id]).exits(1).prints("").says("failed at Enrow: it has no results");
}

#[test]
fn results_are_put_in_the_order_of_their_searches() {
    let env = TestEnv::new(Settings::default());
    env.control().change(|settings| settings.faults.push("batch:1=shuffled".parse().unwrap()));
    let id = sent_elsewhere(&env, &profiles_csv(0..9));
    let rows: String = (0..9).map(|person| row(&env, person)).collect();
    env.run(["fetch", &id]).exits(0).prints(&format!("{HEADER}{rows}"));
}

#[test]
fn what_is_wrong_with_results_is_said_and_not_remembered() {
    for (fault, status, part) in [
        ("batch:1=holes/2", "", "Enrow gave no result for 3 searches of the batch"),
        ("batch:1=bad-number/1", "failed", "results are not usable"),
        ("batch:1=contradicted/1", "failed", "results are not usable"),
        ("batch:1=unqualified/1", "failed", "6 results are not usable"),
    ] {
        let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
        env.control().change(|settings| settings.faults.push(fault.parse().unwrap()));
        let id = sent_elsewhere(&env, &profiles_csv(0..6));
        let run = env.run(["fetch", &id]);
        run.exits(3).says(part);
        let failed = run.stdout.matches(",failed,").count();
        let found = run.stdout.matches(",found,").count();
        let (expected_failed, expected_found) = if status.is_empty() { (0, 3) } else { (6, 0) };
        assert_eq!((failed, found), (expected_failed, expected_found), "{fault}\n{run:#?}");
        run.says(&format!("{found} new to the ledger"));
    }
}

#[test]
fn nothing_is_learned_where_nobody_is_named() {
    let faults = "batch=no-params".parse().unwrap();
    let env = TestEnv::new(Settings { faults, found_percent: 100, ..Settings::default() });
    let id = sent_elsewhere(&env, &profiles_csv(0..3));
    let run = env.run(["fetch", &id]);
    run.exits(0).says("0 new to the ledger");
    assert_eq!(run.stdout.matches("\n,,,,,,+").count(), 3, "{run:#?}");
}

#[test]
fn a_batch_in_doubt_is_shown_and_left_to_recover() {
    let env = TestEnv::new(Settings::default());
    env.control().change(|settings| settings.faults.push("post:1=reset-after".parse().unwrap()));
    env.write("in.csv", profiles_csv(0..3));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(6);
    let id = env.control().batches()[0].id.clone();
    let rows: String = (0..3).map(|person| row(&env, person)).collect();
    env.run(["fetch", &id])
        .exits(0)
        .says(&format!("hint: `enrow-phone recover {id}` settles it"))
        .says("0 new to the ledger")
        .prints(&format!("{HEADER}{rows}"));
    let told = env.run(["status", "--json"]).json();
    assert_eq!(told["in_doubt"][0]["people"], 3);
}

#[test]
fn a_search_of_find_is_fetched_by_its_id() {
    let env = TestEnv::new(Settings::default());
    env.run(["find", &profile(0)]);
    let id = env.control().batches()[0].id.clone();
    let run = env.run(["fetch", &id]);
    run.exits(0);
    assert!(run.stdout.contains(&profile(0)), "{run:#?}");
}

#[test]
fn spreadsheet_programs_get_what_they_need() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    let id = sent_elsewhere(&env, &profiles_csv(0..1));
    let run = env.run(["fetch", &id, "--excel", "--delimiter", ";"]);
    run.exits(0);
    let Answer::Found { number, country } = env.control().answer_for(&Search::profile(profile(0)))
    else {
        panic!("not found")
    };
    let header = HEADER.replace(',', ";");
    run.prints(&format!(
        "\u{feff}{header}{}/;;;;;;\"=\"\"{number}\"\"\";{country};found;\n",
        profile(0)
    ));
    for (output, delimiter) in [("out.tsv", "\t"), ("out.csv", ",")] {
        env.run(["fetch", &id, "-o", output]).exits(0);
        assert!(env.read(output).starts_with(&HEADER.replace(',', delimiter)), "{output}");
    }
    env.run(["fetch", &id, "-o", "out.tsv", "--delimiter", ";"]).exits(0);
    assert!(env.read("out.tsv").starts_with(&header));
}

#[test]
fn an_output_that_cannot_be_written_asks_nobody() {
    let env = TestEnv::new(Settings::default());
    env.run(["fetch", "abc", "-o", "no/such/folder/out.csv"])
        .exits(1)
        .says("cannot write `no/such/folder/out.csv`");
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_spreadsheet_program_never_gets_a_formula_from_the_network() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    let sheet = "first name,last name,company\nAda,Example,=1+1 Acme\n";
    let id = sent_elsewhere(&env, sheet);
    let run = env.run(["fetch", &id, "--excel"]);
    run.exits(0);
    assert!(run.stdout.contains("'=1+1 Acme"), "{run:#?}");
    for cell in csv::Reader::from_reader(run.stdout.as_bytes()).records().flat_map(|row| {
        row.expect("an output can be read").iter().map(str::to_owned).collect::<Vec<_>>()
    }) {
        let is_number = cell.starts_with("=\"+") && cell.ends_with('"');
        assert!(is_number || !cell.starts_with(['=', '+', '-', '@']), "{cell}");
    }
}

#[test]
fn a_number_for_a_spreadsheet_program_is_plain_again_without_the_flag() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    env.write("in.csv", profiles_csv(0..1));
    env.run(["bulk", "in.csv", "-o", "out.csv", "--excel"]).exits(0);
    let excel = env.read("out.csv");
    assert!(excel.contains("\"=\"\"+"), "{excel}");
    env.run(["bulk", "out.csv", "-o", "out.csv"]).exits(0);
    let plain = env.read("out.csv");
    assert!(!plain.contains('='), "{plain}");
    env.run(["bulk", "out.csv", "-o", "out.csv", "--excel"]).exits(0);
    assert_eq!(env.read("out.csv"), excel);
    assert_eq!(env.control().batches().len(), 1);
}

#[test]
fn a_ledger_that_goes_away_while_a_batch_is_fetched_is_told() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let id = sent_elsewhere(&env, &profiles_csv(0..3));
    let ledger = env.path("gone.db");
    let run = env.command(["fetch", &id, "-o", "out.csv"]).ledger(&ledger).spawn();
    env.wait_until(|control| control.polls() > 0);
    std::fs::remove_file(&ledger).unwrap();
    env.control().release();
    let run = run.finish();
    run.exits(6).says("the ledger was removed or replaced while this run used it");
    run.says("run the same command again");
    assert_eq!(env.rows("out.csv").answered(), 3);
    env.command(["fetch", &id, "-o", "out.csv"])
        .ledger(&ledger)
        .run()
        .exits(0)
        .says("3 new to the ledger");
}
