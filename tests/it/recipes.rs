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
    recipes_of(include_str!("../../docs/recipes.md"))
}

pub(crate) fn recipes_of(page: &'static str) -> BTreeMap<&'static str, &'static str> {
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
    let tested = [
        "actions", "cron", "erase", "notify", "pipe", "power-cut", "powershell", "systemd",
        "webhook", "xan",
    ];
    assert_eq!(names, tested);
}

#[test]
fn cron_jobs_may_overlap() {
    let env =
        TestEnv::new(Settings { pace: Pace::Takes(Duration::from_secs(1)), ..Settings::default() });
    std::fs::create_dir(env.path("leads")).unwrap();
    env.write("leads/leads.csv", people_csv(30));
    let [path, line] = recipe("cron").lines().collect::<Vec<_>>()[..] else { panic!("two lines") };
    assert!(path.starts_with("PATH=/usr/local/bin:"), "{path}");
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
    let start = value("ExecStart=");
    assert!(start.starts_with('/'), "systemd wants whole paths: {start}");
    assert_accepted(start);
    // A batch that may have been paid is not a success.
    assert_eq!(value("SuccessExitStatus="), "3 5");
    let alarm = value("OnFailure=");
    assert!(units.contains(&format!("# /etc/systemd/system/{alarm}\n")), "{alarm} is not shown");
    for line in units.lines().filter(|line| !line.is_empty()) {
        let comment = line.starts_with('#');
        let section = line.starts_with('[') && line.ends_with(']');
        assert!(comment || section || line.contains('='), "{line}");
    }
}

#[test]
fn the_powershell_lines_call_us_rightly() {
    assert_accepted(recipe("powershell").lines().next().unwrap());
}

/// The cache of GitHub Actions as a folder: a key is written once, and the newest key with a prefix is restored.
struct Cache<'a> {
    env: &'a TestEnv,
    keys: Vec<String>,
}

impl Cache<'_> {
    fn restore(&self, key: &str, prefix: &str) {
        drop(std::fs::remove_dir_all(self.env.path("ledger")));
        let newest = self.keys.iter().rev();
        let exact = newest.clone().find(|known| *known == key);
        if let Some(known) =
            exact.or_else(|| newest.clone().find(|known| known.starts_with(prefix)))
        {
            self.copy(&format!("cache-{known}"), "ledger");
        }
    }

    fn save(&mut self, key: &str) {
        if !self.keys.iter().any(|known| known == key) {
            self.copy("ledger", &format!("cache-{key}"));
            self.keys.push(key.to_owned());
        }
    }

    fn copy(&self, from: &str, to: &str) {
        std::fs::create_dir_all(self.env.path(to)).unwrap();
        for file in std::fs::read_dir(self.env.path(from)).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), self.env.path(to).join(file.file_name())).unwrap();
        }
    }
}

/// The workflow, acted out: a run whose first attempt fails, its second attempt with more people, and the next day.
#[test]
fn the_workflow_keeps_its_ledger_from_attempt_to_attempt_and_run_to_run() {
    let workflow = recipe("actions");
    let only = |start: &str| {
        let lines: Vec<_> =
            workflow.lines().filter_map(|line| line.trim().strip_prefix(start)).collect();
        assert!(lines.windows(2).all(|pair| pair[0] == pair[1]), "{lines:?}");
        (lines.len(), lines[0])
    };
    let (times, key) = only("key: ");
    assert_eq!(times, 2, "what is saved is what is restored");
    let (_, prefix) = only("restore-keys: ");
    let (_, call) = only("- run: ");
    assert_eq!(workflow.matches("if: always()").count(), 2);
    assert!(workflow.contains("concurrency: ") && workflow.contains("/usr/local/bin/"));

    let env = TestEnv::new(Settings::default());
    let mut cache = Cache { env: &env, keys: Vec::new() };
    let mut attempt = |run: &str, attempt: &str, people: usize, fails: bool| {
        let key =
            key.replace("${{ github.run_id }}", run).replace("${{ github.run_attempt }}", attempt);
        assert!(!key.contains('$'), "{key}");
        env.write("leads.csv", people_csv(people));
        cache.restore(&key, prefix);
        env.control()
            .change(|settings| settings.pace = if fails { Pace::Held } else { Pace::INSTANT });
        let call =
            if fails { call.replace("--timeout 2h", "--timeout 1s") } else { call.to_owned() };
        let ended = shell(&env, &call).run();
        assert_eq!(ended.code(), Some(if fails { 3 } else { 0 }), "{ended:?}");
        env.control().release();
        cache.save(&key);
    };
    attempt("41", "1", 20, true);
    attempt("41", "2", 30, false);
    attempt("42", "1", 30, false);
    attempt("43", "1", 40, false);
    env.assert_nobody_searched_twice();
    env.assert_rows_right("leads.csv", "enriched.csv");
}

#[test]
fn a_message_is_sent_whatever_came_of_the_run() {
    use std::io::{BufRead, BufReader, Read, Write};
    if !are_here(&["curl", "jq"]) {
        return;
    }
    let env = TestEnv::new(Settings { credits: 200, found_percent: 100, ..Settings::default() });
    env.write("leads.csv", people_csv(20));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiver = std::thread::spawn(move || {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let mut length = 0;
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).unwrap();
            if let Some(number) = line.to_lowercase().strip_prefix("content-length:") {
                length = number.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).unwrap();
        stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").unwrap();
        String::from_utf8(body).unwrap()
    });
    shell(&env, recipe("notify")).env("WEBHOOK_URL", url).run().exits(0);
    let sent = receiver.join().unwrap();
    assert_eq!(sent, r#"{"text":"leads.csv: 5 found, 200 credits, exit code 5"}"#);
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
fn a_person_who_asks_is_erased_and_never_searched_for_again() {
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
