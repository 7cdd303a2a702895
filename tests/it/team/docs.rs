//! What `docs/team.md` tells people to type, taken from it and typed.

use super::opening::own_address;
use super::{Team, team_on};
use crate::recipes::recipes_of;
use crate::support::people::{Person, people_csv_of};
use crate::support::postgres::{Server, own_server};
use crate::support::{Call, TestEnv, ours_in_path};
use enrow_phone::sandbox::{Answer, Settings};
use std::fs;

const PASSWORD: &str = "s3cret";

fn recipe(name: &str) -> &'static str {
    recipes_of(include_str!("../../../docs/team.md"))[name]
}

/// A server as a team has it: everybody needs a password.
struct Shared {
    team: Team,
    host: String,
}

impl Shared {
    fn start() -> Option<Self> {
        let host = own_address(1);
        let server = own_server("docs", &format!("-c listen_addresses={host}"))?;
        let server: &'static Server = Box::leak(Box::new(server));
        let hba = "local all all trust\nhost all all all scram-sha-256\n";
        fs::write(server.folder().join("data/pg_hba.conf"), hba).unwrap();
        server.sql("postgres", "SELECT pg_reload_conf()");
        let settings = Settings { found_percent: 100, ..Settings::default() };
        Some(Self { team: team_on(Some(server), settings)?, host })
    }

    fn env(&self) -> &TestEnv {
        &self.team.env
    }

    fn here(&self, text: &str) -> String {
        text.replace("db.example", &self.host).replace("PGPASSWORD=...", "PGPASSWORD=s3cret")
    }

    /// A call as on somebody's machine, where nothing is set but what the document says.
    fn at(&self, home: &str, call: Call) -> Call {
        let home = self.env().path(home);
        fs::create_dir_all(&home).unwrap();
        call.env("XDG_STATE_HOME", home.join("state"))
            .env("HOME", home)
            .without_env("ENROW_PHONE_CONFIG_DIR")
            .without_env("ENROW_PHONE_LEDGER")
    }

    /// A script in which the programs of the server are the administrator's.
    fn shell(&self, script: &str) -> Call {
        let (env, server) = (self.env(), self.team.server);
        let path =
            format!("PATH={}:$PATH\nset -e\n{}", server.programs().display(), self.here(script));
        ours_in_path(env, "sh", &path).env("PGHOST", server.folder()).env("PGUSER", "postgres")
    }

    fn bulk(&self, home: &str, list: &str) -> Call {
        self.at(home, self.env().bulk_command(&[list, "-o", "out.csv"]))
    }

    /// Says SQL of the document as the owner of the tables.
    fn grant(&self, role: &str) -> String {
        let server = self.team.server;
        server.sql("enrow", &format!("CREATE ROLE {role} LOGIN"));
        self.env().write("grants.sql", recipe(role));
        let said = "psql -X -q --set=ON_ERROR_STOP=1 --username=enrow --file=grants.sql enrow";
        self.shell(said).run().exits(0);
        server.address_as(role, "enrow")
    }

    fn asks(&self, question: &str) -> String {
        self.team.server.sql("enrow", question)
    }
}

/// One test, because each step begins with what the one before left.
#[test]
fn what_the_document_tells_people_to_type_does_what_it_says() {
    let Some(shared) = Shared::start() else { return };
    for (list, people) in
        [("a.csv", 0..10), ("b.csv", 5..15), ("leads.csv", 10..20), ("c.csv", 20..25)]
    {
        shared.env().write(list, people_csv_of(people));
    }
    a_laptop_becomes_a_team(&shared);
    without_a_disk(&shared);
    everybody_has_a_budget(&shared);
    roles_have_the_rights_that_they_need(&shared);
    whoever_is_forgotten_is_gone_after_a_vacuum(&shared);
    a_backup_is_an_old_ledger(&shared);
}

fn a_laptop_becomes_a_team(shared: &Shared) {
    shared.bulk("anna", "a.csv").run().exits(0);
    shared.bulk("ben", "b.csv").run().exits(0);
    // Nobody types at a terminal here.
    let script = recipe("laptop").replace("createuser", "setsid --wait createuser");
    let typed = format!("{PASSWORD}\n{PASSWORD}\n");
    let moved = shared.at("anna", shared.shell(&script)).stdin(typed).run();
    moved.exits(0).says("moved 10 people").does_not_say(PASSWORD);
    let posts = shared.env().control().posts();
    let (with, without) = (shared.bulk("anna", "a.csv"), shared.bulk("anna", "a.csv"));
    with.env("PGPASSWORD", PASSWORD).run().exits(0);
    without.run().exits(1).says("nothing was sent");
    let info = shared.at("anna", shared.env().command(["ledger", "info", "--json"]));
    assert_eq!(info.env("PGPASSWORD", PASSWORD).run().json()["kind"], "server");
    let last: Vec<&str> = script.lines().skip(2).collect();
    let moved = shared.at("ben", shared.shell(&last.join("\n"))).run();
    moved.exits(0).says("5 people were in both ledgers already");
    shared.bulk("ben", "a.csv").env("PGPASSWORD", PASSWORD).run().exits(0);
    shared.env().assert_posts(posts);
}

/// Neither a home nor a state folder can be made.
fn nowhere(call: Call) -> Call {
    call.env("HOME", "/dev/null/home").without_env("XDG_STATE_HOME")
}

fn without_a_disk(shared: &Shared) {
    let env = shared.env();
    let mut call = String::new();
    for line in recipe("ci").lines().map(str::trim) {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        match name {
            "- run" => call += &format!("{value}\n"),
            "env" | "steps" | "env:" | "steps:" => {}
            "ENROW_API_KEY" => assert_eq!(value, "${{ secrets.ENROW_API_KEY }}"),
            "PGPASSWORD" => call += &format!("export PGPASSWORD={PASSWORD}\n"),
            name => call += &format!("export {name}={value}\n"),
        }
    }
    nowhere(shared.shell(&call)).run().exits(0);
    env.assert_rows_right("leads.csv", "numbers.csv");
    let posts = env.control().posts();
    // The container's entry is what `args` are given to.
    let job = recipe("cronjob");
    let list = |name: &str| {
        let line = job.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
        line.trim_matches(['[', ']']).replace(", ", " ").replace("/lists/", "")
    };
    let address = job.lines().find_map(|line| line.split("value: \"").nth(1)?.split('"').next());
    let entry = concat!(env!("CARGO_MANIFEST_DIR"), "/.github/packaging/container-entry");
    let call = shared.shell(&format!("sh '{entry}' {}", list("args: ")));
    let call = call.env("ENROW_PHONE_LEDGER", shared.here(address.unwrap()));
    nowhere(call).env("PGPASSWORD", PASSWORD).run().exits(0);
    assert_eq!(env.rows("leads.csv").count("found"), 10);
    env.assert_posts(posts);
}

fn everybody_has_a_budget(shared: &Shared) {
    let ledger = shared.team.server.address_as("enrow", "enrow");
    let run = shared.shell(recipe("budget")).env("ENROW_PHONE_LEDGER", ledger).run();
    run.exits(0).says("the budget is removed");
    assert!(run.stdout.contains("4,000"), "{run:?}");
}

fn roles_have_the_rights_that_they_need(shared: &Shared) {
    let env = shared.env();
    let colleague = shared.grant("colleague");
    shared.bulk("cleo", "c.csv").env("ENROW_PHONE_LEDGER", &colleague).run().exits(0);
    env.assert_rows_right("c.csv", "out.csv");
    let later = "SET ROLE enrow; CREATE TABLE enrow_phone.later (id int);
        SELECT has_table_privilege('colleague', 'enrow_phone.later', 'INSERT')";
    assert_eq!(shared.asks(later), "t");
    shared.asks("DROP TABLE enrow_phone.later");
    let dashboard = shared.grant("dashboard");
    for args in [&["status"][..], &["usage"], &["ledger", "info"]] {
        env.command(args).ledger(&dashboard).run().exits(0);
    }
    for table in ["people", "unproven"] {
        let reads =
            format!("has_column_privilege('dashboard', 'enrow_phone.{table}', 'number', 'SELECT')");
        assert_eq!(shared.asks(&format!("SELECT {reads}")), "f");
    }
    let list = shared.bulk("cleo", "c.csv").env("ENROW_PHONE_LEDGER", &dashboard).run();
    list.exits(1).says("has no right to do this");
}

/// Whether any table or index of the server has these bytes.
fn is_kept(shared: &Shared, number: &str) -> bool {
    shared.asks("CHECKPOINT");
    let base = shared.team.server.folder().join("data/base");
    let found = std::process::Command::new("grep")
        .args(["-r", "-q", "-a", "-F", number])
        .arg(base)
        .status();
    found.unwrap().success()
}

fn whoever_is_forgotten_is_gone_after_a_vacuum(shared: &Shared) {
    let env = shared.env();
    let Answer::Found { number, .. } = env.control().answer_for(&Person::number(3).search()) else {
        panic!("everybody has a number")
    };
    assert!(is_kept(shared, &number));
    let ledger = shared.team.server.address_as("enrow", "enrow");
    let forget = env.command(["forget", &Person::number(3).profile, "--yes"]).ledger(ledger).run();
    forget.exits(0).says("`VACUUM FULL`");
    shared.asks("VACUUM FULL enrow_phone.people");
    assert!(!is_kept(shared, &number));
}

fn a_backup_is_an_old_ledger(shared: &Shared) {
    let (env, server) = (shared.env(), shared.team.server);
    let mut steps = recipe("backup").lines();
    shared.shell(steps.next().unwrap()).run().exits(0);
    let address = server.address_as("enrow", "enrow");
    env.write("d.csv", people_csv_of(30..35));
    env.write("e.csv", people_csv_of(35..40));
    shared.bulk("anna", "d.csv").env("ENROW_PHONE_LEDGER", &address).run().exits(0);
    shared.shell(&steps.collect::<Vec<_>>().join("\n")).run().exits(0);
    let restored = server.address_as("enrow", "restored");
    let run = shared.bulk("anna", "e.csv").env("ENROW_PHONE_LEDGER", &restored).run();
    run.exits(6).says("has gone back in time");
    let moved = env.command(["ledger", "move", &address]).ledger(&restored).run();
    moved.exits(1).says("the same ledger");
}
