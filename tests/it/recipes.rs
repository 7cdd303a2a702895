//! The recipes of `docs/recipes.md`, taken from it and run.

use crate::support::people::people_csv;
use crate::support::{Call, TestEnv, ours_in_path};
use clap::Parser;
use enrow_phone::internal::Args;
use enrow_phone::sandbox::{Answer, Pace, Search, Settings};
use std::collections::BTreeMap;
use std::time::Duration;

/// Every recipe by its name: the fenced block behind its mark.
fn recipes() -> BTreeMap<&'static str, &'static str> {
    let page = include_str!("../../docs/recipes.md");
    let marked = page.split("<!-- recipe: ").skip(1);
    let recipe = |text: &'static str| {
        let (name, rest) = text.split_once(" -->\n```").expect("a block follows");
        let (_, rest) = rest.split_once('\n').expect("a block has a language");
        let (block, _) = rest.split_once("\n```\n").expect("a block has an end");
        (name, block)
    };
    marked.map(recipe).collect()
}

fn recipe(name: &str) -> &'static str {
    let recipes = recipes();
    let known = recipes.get(name);
    known.unwrap_or_else(|| panic!("there is no recipe `{name}`"))
}

/// A script in the folder of the environment, in which `enrow-phone` is ours.
fn shell(env: &TestEnv, script: &str) -> Call {
    ours_in_path(env, "sh", script)
}

/// Which of these programs are not installed.
fn missing<'a>(programs: &[&'a str]) -> Vec<&'a str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_here =
        |name: &&str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    programs.iter().copied().filter(|name| !is_here(name)).collect()
}

/// Whether these programs are installed. CI has to have them; elsewhere a recipe that needs them is not run without.
fn are_here(programs: &[&str]) -> bool {
    let missing = missing(programs);
    assert!(missing.is_empty() || std::env::var_os("CI").is_none(), "CI has no {missing:?}");
    missing.is_empty()
}

/// The arguments of the one call of the program in a line, as the real parser takes them.
#[track_caller]
fn assert_accepted(line: &str) {
    let (_, call) = line.split_once("enrow-phone ").expect("it is called");
    let words = std::iter::once("enrow-phone").chain(call.split_whitespace());
    if let Err(error) = Args::try_parse_from(words) {
        panic!("{line}: {error}");
    }
}

#[test]
fn every_recipe_is_tested() {
    let names: Vec<_> = recipes().into_keys().collect();
    let tested = ["actions", "cron", "erase", "pipe", "power-cut", "systemd", "webhook", "xan"];
    assert_eq!(names, tested);
}

#[test]
fn cron_jobs_may_overlap() {
    let env =
        TestEnv::new(Settings { pace: Pace::fixed(Duration::from_secs(1)), ..Settings::default() });
    std::fs::create_dir(env.path("leads")).unwrap();
    env.write("leads/leads.csv", people_csv(30));
    let line = recipe("cron");
    assert_eq!(line.lines().count(), 1);
    // Five fields of time, then the command; cron would take a `%` for the end of it.
    let (times, command) = line.split_once("  ").unwrap();
    assert_eq!(times.split(' ').count(), 5, "{times}");
    assert!(!command.contains('%'));
    let both =
        format!("({command}) & first=$!; ({command}); second=$?; wait $first && exit $second");
    shell(&env, &both).run().exits(0);
    env.assert_nobody_searched_twice();
    env.assert_rows_right("leads/leads.csv", "leads/enriched.csv");
}

/// The number that the sandbox has for a profile; everybody has one.
fn number(env: &TestEnv, slug: &str) -> String {
    match env.control().answer_for(&Search::profile(format!("https://www.linkedin.com/in/{slug}")))
    {
        Answer::Found { number, .. } => number,
        Answer::NotFound => panic!("{slug} has no number"),
    }
}

#[test]
fn a_pipe_from_json_to_csv() {
    if !are_here(&["jq"]) {
        return;
    }
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    let crm = r#"[{"id": 7, "city": "Lyon", "profile": "https://www.linkedin.com/in/ann-lee"},
                  {"id": 8, "city": "Paris", "profile": "https://www.linkedin.com/in/cy-dent"},
                  {"id": 9, "city": "Lyon", "profile": "https://www.linkedin.com/in/bo-moss"}]"#;
    env.write("crm.json", crm);
    let run = shell(&env, recipe("pipe")).run();
    run.exits(0).prints("2 of 2 found, 80 credits\n");
    assert_eq!(run.stderr, "");
    let rows = env.rows("phones.csv");
    let told = |row: usize| (rows.cell(row, "id"), rows.cell(row, "phone_number"));
    assert_eq!(rows.len(), 2);
    assert_eq!(told(0), ("7", &*number(&env, "ann-lee")));
    assert_eq!(told(1), ("9", &*number(&env, "bo-moss")));
}

#[test]
fn a_pipe_from_csv_to_csv() {
    if missing(&["xan"]).is_empty() {
        let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
        let (ann, cy) =
            ("https://www.linkedin.com/in/ann-lee", "https://www.linkedin.com/in/cy-dent");
        env.write("crm.csv", format!("id,city,linkedin_url\n7,Lyon,{ann}\n8,Paris,{cy}\n"));
        let run = shell(&env, recipe("xan")).run();
        run.exits(0).prints("");
        let phones = format!("id,phone_number\n7,{}\n", number(&env, "ann-lee"));
        assert_eq!(env.read("phones.csv"), phones);
    }
}

#[test]
fn the_systemd_units_call_us_rightly() {
    let units = recipe("systemd");
    let value = |name: &str| {
        let line = units.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("there is no `{name}`"))
    };
    assert_accepted(value("ExecStart="));
    assert_eq!(value("SuccessExitStatus="), "3 5");
    for line in units.lines().filter(|line| !line.is_empty()) {
        let comment = line.starts_with('#');
        let section = line.starts_with('[') && line.ends_with(']');
        assert!(comment || section || line.contains('='), "{line}");
    }
}

#[test]
fn the_workflow_calls_us_rightly_and_keeps_the_ledger_it_uses() {
    let workflow = recipe("actions");
    let calls = workflow.lines().filter(|line| line.contains("- run: "));
    let calls: Vec<_> = calls.collect();
    let [call] = calls.as_slice() else { panic!("one call: {calls:?}") };
    assert_accepted(call);
    assert!(call.contains("--ledger ledger/ledger.db"));
    assert_eq!(workflow.matches("path: ledger\n").count(), 2);
}

#[test]
fn a_webhook_fetches_its_batch() {
    if !are_here(&["jq"]) {
        return;
    }
    let env = TestEnv::new(Settings::default());
    env.write("leads.csv", people_csv(12));
    env.bulk(&["leads.csv", "-o", "out.csv", "--detach"]);
    let id = env.control().batches()[0].id.clone();
    let body = format!(r#"{{"event":"bulk_phone_search_finished","id":"{id}","credits":{{}}}}"#);
    let receive = |body: String| shell(&env, recipe("webhook")).stdin(body).run();
    receive(body).exits(0);
    let rows = env.rows(&format!("phones-{id}.csv"));
    assert_eq!((rows.len(), rows.answered()), (12, 12));
    let requests = env.control().requests().len();

    let another = r#"{"event":"something_else","id":"1"}"#;
    assert_ne!(receive(another.to_owned()).code(), Some(0));
    let path = r#"{"event":"bulk_phone_search_finished","id":"../../x"}"#;
    receive(path.to_owned()).exits(2);
    assert_eq!(env.control().requests().len(), requests);
}

#[test]
fn a_power_cut_costs_nothing() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("leads.csv", people_csv(20));
    let run = env.spawn_bulk(&["leads.csv", "-o", "enriched.csv"]);
    let polled = |control: &enrow_phone::sandbox::Control| control.polls() > 0;
    env.wait_until(polled);
    drop(run.kill());
    env.control().release();
    let id = env.control().batches()[0].id.clone();
    let run = shell(&env, recipe("power-cut")).run();
    run.exits(0);
    assert!(run.stdout.contains(&id), "{}", run.stdout);
    env.assert_posts(1);
    env.assert_rows_right("leads.csv", "enriched.csv");
}

#[test]
fn whoever_asks_is_erased_and_never_searched_for_again() {
    let env = TestEnv::new(Settings::default());
    env.write(
        "leads.csv",
        "firstname,lastname,company_name,linkedin_url\n\
         Ann,Lee,,https://www.linkedin.com/in/ann-lee\nBo,Moss,Quarry Lane,\nCy,Dent,Quarry Lane,\n",
    );
    let bulk = || env.bulk(&["leads.csv", "-o", "out.csv", "--refresh"]);
    bulk().exits(0);
    let forgotten = shell(&env, recipe("erase")).run();
    forgotten.exits(0).says("forgot 1 of 1");
    bulk().exits(0);
    let times = |search: &Search| env.control().times_searched(search);
    let ann = Search::profile("https://www.linkedin.com/in/ann-lee");
    let at_company = |first, last| Search::at_company(first, last, "Quarry Lane");
    assert_eq!(times(&ann), 1);
    assert_eq!(times(&at_company("Bo", "Moss")), 1);
    assert_eq!(times(&at_company("Cy", "Dent")), 2, "nobody else is touched");
}
