use crate::desk::{Desk, Ran, sheet, somebody_found};
use enrow_phone::sandbox::Settings;
use serde_json::Value;

#[test]
fn every_request_is_told_without_key_or_number() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    let mut command = desk.command();
    command.env("ENROW_API_KEY", "very-secret-key");
    let ran = Ran::of(command.args(["find", "-vv", &url]).output().unwrap()).exits(0);
    let requests: Vec<&str> =
        ran.stderr.lines().filter(|line| line.contains(" request ")).collect();
    assert_eq!(requests.len(), desk.control().requests().len(), "{ran:#?}");
    let post = requests.iter().find(|line| line.contains("POST")).unwrap();
    for part in ["DEBUG", "path=\"/phone/single\"", "status=201", "sent=", "received=", "ms="] {
        assert!(post.contains(part), "{part}: {post}");
    }
    assert!(!ran.stderr.contains("very-secret-key"), "{ran:#?}");
    assert!(!ran.stderr.contains(&number), "{ran:#?}");
    let slug = url.rsplit('/').next().unwrap();
    assert!(!ran.stderr.contains(slug), "{ran:#?}");
}

#[test]
fn one_v_tells_what_is_done_and_none_nothing() {
    let desk = Desk::new(Settings::default());
    desk.write("in.csv", &sheet(0..3));
    let ran = desk.run(["bulk", "-v", "in.csv", "-o", "out.csv"]).exits(0);
    let id = desk.control().batches()[0].id.clone();
    assert!(ran.stderr.contains(&format!("batch taken id={id}")), "{ran:#?}");
    assert!(!ran.stderr.contains("DEBUG"), "{ran:#?}");
    let ran = desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert!(!ran.stderr.contains("INFO"), "{ran:#?}");
}

#[test]
fn a_log_for_collectors_is_json_line_by_line() {
    let desk = Desk::new(Settings::default());
    desk.write("in.csv", &sheet(0..3));
    let lines = |ran: &Ran| -> Vec<Value> {
        let lines = ran.stderr.lines();
        lines
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    };
    let ran = desk.run(["bulk", "-vv", "--log-format", "json", "in.csv", "-o", "out.csv"]);
    let ran = ran.exits(0);
    let told = lines(&ran);
    for line in &told {
        for field in ["timestamp", "level", "message"] {
            assert!(line[field].is_string(), "{line}");
        }
    }
    let post = told.iter().find(|line| line["method"] == "POST").unwrap();
    assert_eq!((&post["status"], &post["level"]), (&201.into(), &"DEBUG".into()));
    assert!(told.iter().any(|line| line["level"] == "INFO"), "{ran:#?}");

    let ran = desk.run(["bulk", "--log-format", "json", "none.csv"]).exits(2);
    let told = lines(&ran);
    assert_eq!(told.len(), 1, "{ran:#?}");
    assert_eq!(told[0]["level"], "ERROR");
    assert!(told[0]["message"].as_str().unwrap().contains("none.csv"));
}

#[test]
fn a_mistake_on_the_command_line_is_a_line_of_the_log_as_well() {
    let desk = Desk::new(Settings::default());
    for args in [
        &["--log-format", "json", "blk"][..],
        &["bulk", "in.csv", "--log-format=json", "--limit", "x"],
    ] {
        let ran = desk.run(args).exits(2).prints("");
        let line: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert_eq!(line["level"], "ERROR");
        let message = line["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.starts_with("error"), "{message}");
    }
    desk.run(["--log-format", "json", "--help"]).exits(0);
}
