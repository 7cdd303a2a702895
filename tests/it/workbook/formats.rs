//! From one format into another, and names that are for other formats.

use super::parts::{cells, changes, fixture, parts, read, rows};
use crate::support::TestEnv;
use crate::support::people::profiles_csv;
use enrow_phone::sandbox::Settings;

fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

#[test]
fn a_csv_becomes_a_new_workbook_and_an_input_again() {
    let env = env();
    let list = "Name;Zip;LinkedIn\nJörg \"J\" Ley;01234;linkedin.com/in/joerg-example\n+49;=1+1;linkedin.com/in/other-example\n";
    env.write("in.csv", format!("Leads of March\n{list}"));
    env.bulk(&["in.csv", "-o", "out.xlsx"]).exits(0);
    let workbook = read(&env, "out.xlsx");
    let all = cells(&workbook, "Sheet1");
    assert_eq!(all[0][0], "Leads of March");
    assert_eq!(all[2][..3], ["Jörg \"J\" Ley", "01234", "linkedin.com/in/joerg-example"]);
    assert_eq!(all[3][..3], ["+49", "=1+1", "linkedin.com/in/other-example"], "text, no formula");
    assert!(all[2][3].starts_with('+'), "{all:?}");
    let sheet = parts(&workbook).pop().unwrap().1;
    let sheet = String::from_utf8(sheet).unwrap();
    assert!(sheet.contains("<pane ySplit=\"2\" topLeftCell=\"A3\""), "{sheet}");
    assert!(sheet.contains("<autoFilter ref=\"A2:G4\"/>"), "{sheet}");
    env.bulk(&["out.xlsx", "-o", "out.xlsx"]).exits(0);
    assert_eq!(changes(&workbook, &read(&env, "out.xlsx")), "");
    env.assert_posts(1);
}

#[test]
fn a_new_file_has_the_delimiter_of_its_name() {
    let env = env();
    env.write("in.csv", profiles_csv(0..1));
    env.bulk(&["in.csv", "-o", "in.xlsx"]).exits(0);
    for (output, delimiter) in [("out.TSV", "\t"), ("out.tab", "\t"), ("out.txt", ",")] {
        env.bulk(&["in.xlsx", "-o", output]).exits(0);
        let added = ["phone_number", "phone_country", "phone_status", "phone_note"];
        let header = env.read(output).lines().next().unwrap().to_owned();
        assert!(header.ends_with(&added.join(delimiter)), "{output}: {header}");
    }
    // A CSV keeps the delimiter that it came with.
    env.bulk(&["in.csv", "-o", "again.tsv"]).exits(0);
    assert!(env.read("again.tsv").contains("phone_status,phone_note"));
}

#[test]
fn no_file_gets_a_name_of_another_format() {
    let env = env();
    env.write("in.csv", profiles_csv(0..1));
    env.write("in.xlsx", fixture("google.xlsx"));
    env.write("in.xlsm", fixture("excel.xlsm"));
    for (input, output, told) in [
        (
            "in.csv",
            "out.xlsm",
            "`out.xlsm` has the name of a workbook with macros, and `in.csv` has none",
        ),
        (
            "in.csv",
            "out.xls",
            "`out.xls` has the name of a kind of file that this tool does not write",
        ),
        (
            "in.csv",
            "out.ODS",
            "`out.ODS` has the name of a kind of file that this tool does not write",
        ),
        (
            "in.csv",
            "out.csv.gz",
            "`out.csv.gz` has the name of a kind of file that this tool does not write",
        ),
        (
            "in.xlsx",
            "out.xlsm",
            "`out.xlsm` has the name of a workbook with macros, and `in.xlsx` has none",
        ),
        (
            "in.xlsx",
            "out.json",
            "`out.json` has the name of a kind of file that this tool does not write",
        ),
        ("in.xlsm", "out.xlsx", "`out.xlsx` cannot hold the macros of `in.xlsm`"),
    ] {
        env.bulk(&[input, "-o", output]).exits(2).says(told);
        assert!(!env.path(output).exists(), "{output}");
    }
    assert_eq!(env.control().requests(), []);
    // A name that says nothing is for what was read.
    env.bulk(&["in.xlsx", "-o", "out"]).exits(0);
    assert_eq!(rows(&read(&env, "out"), "Tabellenblatt1", 1)[0]["phone_status"], "found");
}

#[test]
fn what_no_workbook_holds_is_refused_before_anything_is_sent() {
    let env = env();
    let long = "x".repeat(32_768);
    env.write("in.csv", format!("linkedin,note\nlinkedin.com/in/ada-example,{long}\n"));
    env.bulk(&["in.csv", "-o", "out.xlsx"]).exits(2).says(
        "does not fit into a workbook: a cell holds no more than 32,767 characters (data row 1)",
    );
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_plan_and_a_fetched_batch_are_workbooks_where_their_name_says_so() {
    let env = env();
    env.write("in.csv", profiles_csv(0..2));
    env.bulk(&["in.csv", "--dry-run", "-o", "plan.xlsx"]).exits(0);
    let plan = rows(&read(&env, "plan.xlsx"), "Sheet1", 1);
    assert_eq!(plan[0]["phone_status"], "not_submitted");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let id = env.control().batches()[0].id.clone();
    env.run(["fetch", &id, "-o", "batch.xlsx"]).exits(0);
    let batch = rows(&read(&env, "batch.xlsx"), "Sheet1", 1);
    assert_eq!((batch.len(), &*batch[0]["phone_status"]), (2, "found"));
    env.run(["fetch", &id, "-o", "batch.xls"]).exits(2).says("`batch.xls` has the name");
    env.run(["fetch", &id, "-o", "b.xlsx", "--delimiter", ";"])
        .exits(2)
        .says("`--delimiter` is for CSV");
}

#[test]
fn what_the_config_file_says_of_csv_is_no_word_about_a_workbook() {
    let env = env();
    env.write("config/config.toml", "delimiter = \";\"\nencoding = \"windows-1252\"\n");
    env.write("in.xlsx", fixture("google.xlsx"));
    env.run(["bulk", "in.xlsx", "-o", "out.xlsx"]).exits(0);
    env.run(["bulk", "in.xlsx", "-o", "out.xlsx", "--encoding", "windows-1252"])
        .exits(2)
        .says("`--encoding` is for CSV");
}

#[cfg(target_os = "linux")] // Elsewhere nothing says where standard output goes.
#[test]
fn a_redirected_output_is_what_its_name_says() {
    use crate::support::Call;
    let env = env();
    env.write("in.csv", profiles_csv(0..1));
    env.write("in.xlsx", fixture("google.xlsx"));
    for (input, sheet) in [("in.csv", "Sheet1"), ("in.xlsx", "Tabellenblatt1")] {
        let script = "\"$0\" \"$@\" > out.xlsx";
        Call::through_shell(&env, script, &["bulk", input]).run().exits(0);
        assert_eq!(rows(&read(&env, "out.xlsx"), sheet, 1)[0]["phone_status"], "found", "{input}");
    }
}
