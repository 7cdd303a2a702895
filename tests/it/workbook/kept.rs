//! What is the user's in a workbook stays the user's.

use super::parts::{changes, fixture, read, rows, with_parts};
use crate::support::{TestEnv, side_by_side};
use enrow_phone::sandbox::{Answer, Search, Settings};

/// The workbooks: name, sheet of people, row of the header.
const WORKBOOKS: [(&str, &str, usize); 6] = [
    ("excel.xlsm", "Leads & more", 1),
    ("google.xlsx", "Tabellenblatt1", 1),
    ("libreoffice.xlsx", "Leads", 1),
    ("open-xml-sdk.xlsx", "Export", 1),
    ("openpyxl.xlsx", "Leads", 3),
    ("xlsxwriter.xlsx", "Kontakte", 5),
];

const PEOPLE: [&str; 4] = ["ada", "blaise", "celik", "dorothy"];

fn env() -> TestEnv {
    TestEnv::new(Settings::default())
}

#[test]
fn a_workbook_comes_back_with_four_columns_and_every_other_byte_as_it_was() {
    for (name, ..) in WORKBOOKS {
        let env = env();
        env.write(name, fixture(name));
        env.bulk(&[name, "-o", name]).exits(0);
        let told = changes(&fixture(name), &read(&env, name));
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots/workbook"}, {
            insta::assert_snapshot!(name, told);
        });
    }
}

#[test]
fn every_number_stands_in_the_row_of_its_person() {
    side_by_side(WORKBOOKS, |(name, sheet, header)| {
        let env = env();
        env.write(name, fixture(name));
        let output = format!("out.{}", name.rsplit('.').next().unwrap());
        env.bulk(&[name, "-o", &output]).exits(0);
        assert_eq!(read(&env, name), fixture(name), "the input is another file");
        let rows = rows(&read(&env, &output), sheet, *header);
        for (row, person) in rows.iter().zip(PEOPLE) {
            let profile = format!("https://www.linkedin.com/in/{person}-example");
            let (number, country, status) =
                match env.control().answer_for(&Search::profile(profile)) {
                    Answer::Found { number, country } => (number, country, "found"),
                    Answer::NotFound => Default::default(),
                };
            let status = if status.is_empty() { "not_found" } else { status };
            let told = ["phone_number", "phone_country", "phone_status"].map(|column| &row[column]);
            assert_eq!(told, [&number, country, status], "{name}: {person}");
        }
    });
}

#[test]
fn a_second_run_finds_its_own_columns_and_changes_nothing() {
    side_by_side(WORKBOOKS, |(name, ..)| {
        let env = env();
        env.write(name, fixture(name));
        env.bulk(&[name, "-o", name]).exits(0);
        let first = read(&env, name);
        env.bulk(&[name, "-o", name]).exits(0);
        assert_eq!(changes(&first, &read(&env, name)), "", "{name}");
        env.assert_posts(1);
    });
}

#[test]
fn a_later_run_replaces_its_own_cells_in_place() {
    let env = env();
    let name = "xlsxwriter.xlsx";
    env.write(name, fixture(name));
    env.bulk(&[name, "-o", name, "--limit", "1"]).exits(0);
    let first = read(&env, name);
    let open = rows(&first, "Kontakte", 5);
    assert_eq!(open[1]["phone_status"], "not_submitted");
    env.bulk(&[name, "-o", name]).exits(0);
    let second = rows(&read(&env, name), "Kontakte", 5);
    assert_eq!(second[1].keys().collect::<Vec<_>>(), open[1].keys().collect::<Vec<_>>());
    assert!(second[..4].iter().all(|row| ["found", "not_found"].contains(&&*row["phone_status"])));
    env.assert_nobody_searched_twice();
    // At once it is the same as bit by bit.
    let at_once = super::parts::fixture(name);
    env.write("at-once.xlsx", at_once);
    env.bulk(&["at-once.xlsx", "-o", "at-once.xlsx"]).exits(0);
    assert_eq!(changes(&read(&env, "at-once.xlsx"), &read(&env, name)), "");
}

#[test]
fn a_column_of_the_users_own_and_a_formula_are_not_written_over() {
    let env = env();
    let own = |name: &str, text: String| {
        Some(if name == "xl/worksheets/sheet1.xml" {
            let cell = "<c r=\"G4\" t=\"str\"><f>A4</f><v>call me</v></c></row><row r=\"5\"";
            let header =
                "<c r=\"G3\" t=\"inlineStr\"><is><t>phone_number</t></is></c></row><row r=\"4\"";
            text.replacen("</row><row r=\"4\"", header, 1).replacen("</row><row r=\"5\"", cell, 1)
        } else {
            text
        })
    };
    let workbook = with_parts(&fixture("openpyxl.xlsx"), own);
    env.write("own.xlsx", &workbook);
    env.bulk(&["own.xlsx", "-o", "own.xlsx"])
        .exits(2)
        .says("`own.xlsx` already has columns with the names of the added columns: `phone_number`");
    env.bulk(&["own.xlsx", "-o", "own.xlsx", "--overwrite-columns"]).exits(2).says(
        "`own.xlsx` has formulas in its column `phone_number`, and a result would replace them",
    );
    assert!(read(&env, "own.xlsx") == workbook);
    env.assert_posts(0);
    env.bulk(&["own.xlsx", "-o", "own.xlsx", "--column-prefix", "enrow_"]).exits(0);
    let rows = rows(&read(&env, "own.xlsx"), "Leads", 3);
    assert_eq!((&*rows[0]["phone_number"], &*rows[0]["enrow_phone_status"]), ("call me", "found"));
}

#[test]
fn a_workbook_that_changed_meanwhile_is_not_replaced() {
    use enrow_phone::sandbox::Pace;
    let env = env();
    env.control().change(|settings| settings.pace = Pace::Held);
    env.write("leads.xlsx", fixture("google.xlsx"));
    let run = env.bulk_command(&["leads.xlsx", "-o", "leads.xlsx"]).spawn();
    env.wait_until(|control| control.posts() == 1);
    env.write("leads.xlsx", fixture("openpyxl.xlsx"));
    env.control().change(|settings| settings.pace = Pace::INSTANT);
    env.control().release();
    run.finish().exits(1);
    assert!(read(&env, "leads.xlsx") == fixture("openpyxl.xlsx"));
    let beside = rows(&read(&env, "leads.enriched.xlsx"), "Tabellenblatt1", 1);
    assert_eq!(beside[0]["phone_status"], "found");
}
