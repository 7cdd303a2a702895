//! JSON lines in, the same lines out.

use super::support::TestEnv;
use super::support::people::profiles_csv;
use enrow_phone::sandbox::Settings;
use serde_json::{Value, json};

fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

fn objects(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Marked, with blank lines and both line ends, with spaces and without, an object without fields, no end of the last line.
const LIST: &str = concat!(
    "\u{feff}{\"linkedin\": \"https:\\/\\/www.linkedin.com/in/ada-example\", \"n\": 1e3, \"phones\": [ 33612345678 ]}\r\n",
    "\r\n",
    "{\"linkedin\":\"linkedin.com/in/bo-example\",\"deep\":{\"a\":{\"b\" : [1.50,null,\"\\u00e9\\ud83d\\ude00\"]}} }\n",
    " { } \n",
    "\n",
    "{\"linkedin\":null,\"deep\":{}}"
);

#[test]
fn every_byte_comes_back_with_four_fields_added_and_a_second_run_adds_none() {
    let env = env();
    env.write("in.jsonl", LIST);
    env.bulk(&["in.jsonl", "-o", "out.jsonl"]).exits(0).says("reading `linkedin` as linkedin_url");
    let out = env.read("out.jsonl");
    let told = objects(&out.replace(['\u{feff}', '\r'], "").replace("\n\n", "\n"));
    assert_eq!(
        (&told[0]["phone_status"], &told[1]["phone_status"]),
        (&json!("found"), &json!("found"))
    );
    let (ada, bo) = (&told[0]["phone_number"], &told[1]["phone_number"]);
    assert_ne!(ada, bo);
    let invalid = |space: &str| {
        let field = |name: &str, value: &str| format!("\"phone_{name}\":{space}{value}");
        [
            field("number", "null"),
            field("country", "null"),
            field("status", "\"invalid\""),
            field("note", &told[2]["phone_note"].to_string()),
        ]
        .join(&format!(",{space}"))
    };
    assert!(told[2]["phone_note"].as_str().unwrap().len() > 5, "{told:?}");
    let found = |space: &str, row: usize| {
        let country = told[row]["phone_country"].to_string();
        let number = told[row]["phone_number"].to_string();
        let field = |name: &str, value: &str| format!(",{space}\"phone_{name}\":{space}{value}");
        field("number", &number)
            + &field("country", &country)
            + &field("status", "\"found\"")
            + &field("note", &told[row]["phone_note"].to_string())
    };
    let expected = LIST
        .replacen("]}\r\n", &format!("]{}}}\r\n", found(" ", 0)), 1)
        .replacen("}} }\n", &format!("}}}}{} }}\n", found("", 1)), 1)
        .replacen("{ }", &format!("{{{} }}", invalid("")), 1)
        .replacen("\"deep\":{}}", &format!("\"deep\":{{}},{}}}", invalid("")), 1);
    assert_eq!(out, expected);

    env.bulk(&["out.jsonl", "-o", "out.jsonl"]).exits(0);
    assert_eq!(env.read("out.jsonl"), out);
    env.assert_posts(1);
}

#[test]
fn results_are_replaced_where_they_stand() {
    let env = env();
    let line = r#"{"phone_note":"x","linkedin":"linkedin.com/in/a-example","phone_status":"not_found","phone_number":null,"z":[]}"#;
    env.write("in.ndjson", line);
    env.bulk(&["in.ndjson", "-o", "in.ndjson"]).exits(0);
    let out = env.read("in.ndjson");
    let told = &objects(&out)[0];
    let expected = line
        .replace("\"x\"", &told["phone_note"].to_string())
        .replace("not_found", "found")
        .replace("\"phone_number\":null", &format!("\"phone_number\":{}", told["phone_number"]))
        .replace("[]}", &format!("[],\"phone_country\":{}}}", told["phone_country"]));
    assert_eq!(out, expected);
    assert!(told["phone_number"].as_str().unwrap().starts_with('+'), "{told}");

    // Fields of these names that are the user's own are not written beside.
    env.write(
        "own.jsonl",
        r#"{"linkedin":"linkedin.com/in/a-example","phone_number":{"work":"1"}}"#,
    );
    env.bulk(&["own.jsonl", "-o", "x.jsonl"]).exits(2).says("added columns: `phone_number`");
}

#[test]
fn lines_become_csv_and_workbooks_and_csv_becomes_lines() {
    let env = env();
    let line = r#"{"linkedin":"linkedin.com/in/a-example","tel":33612345678,"x":1e3,"ok":true,"none":null,"at":{"city":"Lyon"},"tags":["a", "b"]}"#;
    env.write("in.jsonl", line);
    env.bulk(&["in.jsonl", "-o", "out.csv"]).exits(0);
    let csv = env.read("out.csv");
    let cells = "linkedin,tel,x,ok,none,at.city,tags,phone_number,phone_country,phone_status,phone_note\n\
                 linkedin.com/in/a-example,33612345678,1e3,true,,Lyon,\"[\"\"a\"\", \"\"b\"\"]\",+";
    assert!(csv.starts_with(cells), "{csv}");
    env.bulk(&["in.jsonl", "-o", "out.xlsx"]).exits(0);
    env.bulk(&["out.xlsx", "-o", "again.jsonl"]).exits(0);
    assert_eq!(objects(&env.read("again.jsonl"))[0]["tel"], "33612345678");

    env.write(
        "in.csv",
        "LinkedIn,,Name,Name,\nlinkedin.com/in/a-example,\"a\"\"\\\",0012,,,more\n",
    );
    env.bulk(&["in.csv", "-o", "out.jsonl"]).exits(0);
    let told = &objects(&env.read("out.jsonl"))[0];
    assert_eq!(
        (
            &told["LinkedIn"], &told["column 2"], &told["Name"], &told["Name (4)"],
            &told["column 10"]
        ),
        (
            &json!("linkedin.com/in/a-example"),
            &json!("a\"\\"),
            &json!("0012"),
            &json!(""),
            &json!("more")
        )
    );
    assert_eq!((&told["phone_status"], &told["phone_note"]), (&json!("found"), &Value::Null));

    // What no name speaks of is what was read.
    let piped = env.bulk_command(&["-"]).stdin(line).run();
    assert_eq!(objects(&piped.exits(0).stdout)[0]["phone_status"], "found");
    env.assert_posts(1);
    let id = env.control().batches()[0].id.clone();
    env.run(["fetch", &id, "-o", "batch.jsonl"]).exits(0);
    let batch = &objects(&env.read("batch.jsonl"))[0];
    assert_eq!(batch["linkedin_url"], "https://www.linkedin.com/in/a-example/");
    assert_eq!(batch["phone_number"], told["phone_number"]);
    env.run(["fetch", &id, "-o", "b.jsonl", "--delimiter", ";"]).exits(2).says("is for CSV");
    env.bulk(&["in.jsonl", "--dry-run", "-o", "plan.ndjson"]).exits(0);
    assert_eq!(objects(&env.read("plan.ndjson"))[0]["phone_status"], "found");
}

#[test]
fn a_damaged_line_is_named_and_nobody_is_quoted() {
    let env = env();
    let good = "{\"linkedin\":\"linkedin.com/in/ada-example\"}\n";
    let long = format!("{{\"x\":\"{}\"}}", "y".repeat(1 << 20));
    let keys: Vec<String> = (0..5000).map(|key| format!("\"{key}\":0")).collect();
    let keys = format!("{{{}}}", keys.join(","));
    let cases: [(&[u8], &str); 10] = [
        (b"{\"linkedin\":\"linkedin.com/in/zoe-secret\"", "this line is not one whole object"),
        (b"{\"a\":1}{\"a\":2}", "this line is not one whole object"),
        (b"[1]", "this line is not one whole object"),
        (b"null", "this line is not one whole object"),
        (b"{\"a\":{\"b\":1,}}", "this line is not one whole object"),
        (b"{\"a\":\"\\ud800\"}", "this line is not one whole object"),
        (b"{\"a\":\"\xff\"}", "this line is not UTF-8"),
        (b"{\"zoe-secret\":1,\"zoe-secret\":2}", "one key stands in this object twice"),
        (long.as_bytes(), "this line has no end within 1 MiB"),
        (keys.as_bytes(), "up to here there are more keys than a list of people has"),
    ];
    for (line, why) in cases {
        env.write("in.jsonl", [good.as_bytes(), b"\n", line, b"\n", good.as_bytes()].concat());
        let run = env.bulk(&["in.jsonl", "-o", "out.jsonl"]);
        run.exits(2).says(&format!("`in.jsonl`, line 3: {why}\n")).does_not_say("secret");
    }
    // The name speaks where the first line does not, and what is for CSV is refused.
    env.write("in.jsonl", "\n");
    env.bulk(&["in.jsonl"]).exits(2).says("`in.jsonl` is empty");
    env.write("in.jsonl", "[1]\n");
    env.bulk(&["in.jsonl"]).exits(2).says("line 1: this line is not one whole object");
    env.write("in.jsonl", good);
    for option in [&["--delimiter", ";"][..], &["--encoding", "utf-8"], &["--no-header"]] {
        let run = env.bulk(&[&["in.jsonl", "-o", "out.jsonl"], option].concat());
        run.exits(2).says(&format!("`{}` is for CSV, and `in.jsonl` is JSON lines", option[0]));
    }
    env.write("in.csv", profiles_csv(0..1));
    env.bulk(&["in.csv", "-o", "out.json"])
        .exits(2)
        .says("a kind of file that this tool does not write");
    assert_eq!(env.control().requests(), []);
}
