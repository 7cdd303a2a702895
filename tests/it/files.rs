//! What is the user's stays the user's: columns, inputs, outputs.

use crate::support::TestEnv;
use crate::support::people::profiles_csv;
use enrow_phone::sandbox::Settings;
use std::fs;

fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

const OWN: &str = "linkedin,phone_number\nlinkedin.com/in/ada-example,call me\n";

#[test]
fn a_column_of_the_users_own_is_refused_before_anything_is_sent() {
    let env = env();
    env.write("in.csv", OWN);
    env.run(["bulk", "in.csv", "-o", "in.csv", "--quiet"])
        .exits(2)
        .says("`in.csv` has columns of its own with the names of the results: `phone_number`")
        .says("hint: `--column-prefix TEXT` gives the results other names");
    assert_eq!(env.read("in.csv"), OWN);
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_prefix_keeps_the_users_column_in_every_run() {
    let env = env();
    env.write("in.csv", OWN);
    let bulk = ["bulk", "in.csv", "-o", "in.csv", "--column-prefix", "enrow_"];
    env.run(bulk).exits(0);
    let first = env.read("in.csv");
    let header = "linkedin,phone_number,enrow_phone_number,enrow_phone_country,enrow_phone_status,enrow_phone_note\n";
    assert!(
        first.starts_with(&format!("{header}linkedin.com/in/ada-example,call me,+")),
        "{first}"
    );
    env.run(bulk).exits(0);
    assert_eq!(env.read("in.csv"), first);
    env.assert_posts(1);
}

#[test]
fn a_column_that_may_be_overwritten_is() {
    let env = env();
    env.write("in.csv", OWN);
    env.run(["bulk", "in.csv", "-o", "in.csv", "--overwrite-columns"]).exits(0);
    let output = env.read("in.csv");
    assert!(!output.contains("call me"), "{output}");
    env.run(["bulk", "in.csv", "-o", "in.csv"]).exits(0);
    assert_eq!(env.read("in.csv"), output);
}

#[test]
fn a_temporary_folder_that_is_not_there_is_named() {
    let env = env();
    env.write("in.csv", profiles_csv(0..1));
    let missing = env.path("missing");
    env.bulk_command(&["in.csv", "-o", "out.csv"])
        .env("TMPDIR", &missing)
        .run()
        .exits(1)
        .says(&format!("cannot copy `in.csv` into the temporary folder `{}`", missing.display()))
        .says("`TMPDIR`");
    assert_eq!(env.control().requests(), []);
}

#[cfg(unix)]
mod fifo {
    use super::*;
    use std::path::PathBuf;
    use std::process::Command;

    pub(super) fn fifo(env: &TestEnv, name: &str) -> PathBuf {
        let path = env.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        path
    }

    #[test]
    fn an_input_that_does_not_end_is_given_up_when_the_time_is_over() {
        let env = env();
        fifo(&env, "in");
        env.run(["bulk", "in", "-o", "out.csv", "--timeout", "1s"])
            .exits(1)
            .says("error: `--timeout` is over, and the input has not ended")
            .says("nothing was sent");
        assert!(!env.path("out.csv").exists());
        assert_eq!(env.control().requests(), []);
    }

    #[test]
    fn an_input_that_does_not_end_can_be_interrupted() {
        let env = env();
        let path = fifo(&env, "in");
        let run = env.bulk_command(&["in", "-o", "out.csv"]).spawn();
        // Opens once the run reads: from then on it hears signals.
        let writer = fs::File::options().write(true).open(path).expect("a FIFO can be opened");
        run.signal("INT");
        run.finish().exits(130).says("interrupted; nothing was sent, `out.csv` was not touched");
        drop(writer);
    }
}
