use crate::support::people::{profiles_csv, somebody_found};
use crate::support::{Run, TestEnv};
use enrow_phone::sandbox::Settings;
use serde_json::Value;

#[test]
fn every_request_is_told_without_key_or_number() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    let run = env.command(["find", "-vv", &url]).key("very-secret-key").run();
    run.exits(0);
    let requests: Vec<&str> =
        run.stderr.lines().filter(|line| line.contains(" request ")).collect();
    assert_eq!(requests.len(), env.control().requests().len(), "{run:#?}");
    let post = requests.iter().find(|line| line.contains("POST")).unwrap();
    for part in ["DEBUG", "path=/phone/single", "status=201", "sent=", "received=", "ms="] {
        assert!(post.contains(part), "{part}: {post}");
    }
    assert!(!run.stderr.contains("very-secret-key"), "{run:#?}");
    assert!(!run.stderr.contains(&number), "{run:#?}");
    let slug = url.rsplit('/').next().unwrap();
    assert!(!run.stderr.contains(slug), "{run:#?}");
}

#[test]
fn one_v_tells_what_is_done_and_none_nothing() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..3));
    let run = env.run(["bulk", "-v", "in.csv", "-o", "out.csv"]);
    run.exits(0);
    let id = env.control().batches()[0].id.clone();
    assert!(run.stderr.contains(&format!("batch accepted id={id}")), "{run:#?}");
    assert!(!run.stderr.contains("DEBUG"), "{run:#?}");
    let run = env.run(["bulk", "in.csv", "-o", "out.csv"]);
    run.exits(0);
    assert!(!run.stderr.contains("INFO"), "{run:#?}");
}

#[test]
fn a_log_for_collectors_is_json_line_by_line() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..3));
    let lines = |run: &Run| -> Vec<Value> {
        let lines = run.stderr.lines();
        lines
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    };
    let run = env.run(["bulk", "-vv", "--log-format", "json", "in.csv", "-o", "out.csv"]);
    run.exits(0);
    let told = lines(&run);
    for line in &told {
        for field in ["timestamp", "level", "message"] {
            assert!(line[field].is_string(), "{line}");
        }
    }
    let post = told.iter().find(|line| line["method"] == "POST").unwrap();
    assert_eq!((&post["status"], &post["level"]), (&201.into(), &"DEBUG".into()));
    assert!(told.iter().any(|line| line["level"] == "INFO"), "{run:#?}");
    let named = |name: &str| -> Vec<&Value> {
        told.iter().filter(|line| line["message"] == name).collect()
    };
    let progress = named("progress");
    let last = progress.last().unwrap();
    assert_eq!(
        (&last["done"], &last["total"], &last["batches"]),
        (&3.into(), &3.into(), &0.into())
    );
    assert!(last["found"].is_u64() && last["eta_s"].is_null(), "{last}");
    let [receipt] = named("receipt")[..] else { panic!("one receipt: {run:#?}") };
    assert_eq!(
        (&receipt["rows"]["total"], &receipt["credits"]["reserved"]),
        (&3.into(), &120.into())
    );

    let run = env.run(["bulk", "--log-format", "json", "none.csv"]);
    run.exits(2);
    let told = lines(&run);
    assert_eq!(told.len(), 1, "{run:#?}");
    assert_eq!(told[0]["level"], "ERROR");
    assert!(told[0]["message"].as_str().unwrap().contains("none.csv"));
}

#[test]
fn a_mistake_on_the_command_line_is_a_line_of_the_log_as_well() {
    let env = TestEnv::new(Settings::default());
    for args in [
        &["--log-format", "json", "blk"][..],
        &["bulk", "in.csv", "--log-format=json", "--limit", "x"],
    ] {
        let run = env.run(args);
        run.exits(2).prints("");
        let line: Value = serde_json::from_str(&run.stderr).unwrap();
        assert_eq!(line["level"], "ERROR");
        let message = line["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.starts_with("error"), "{message}");
    }
    env.run(["--log-format", "json", "--help"]).exits(0);
}
