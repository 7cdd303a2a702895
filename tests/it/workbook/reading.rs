//! Cells as a person sees them, the right sheet, and workbooks that cannot be read.

use super::parts::{fixture, parts, with_parts};
use crate::support::TestEnv;
use enrow_phone::sandbox::Settings;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

/// A workbook with these sheets, each an XML of rows.
pub(super) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, text: &str| {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    };
    let (mut tabs, mut relations) = (String::new(), String::new());
    for (number, (name, rows)) in (1..).zip(sheets) {
        tabs.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>"));
        relations.push_str(&format!(
            "<Relationship Id=\"r{number}\" Type=\"{KINDS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        ));
        let sheet =
            format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
        add(&format!("xl/worksheets/sheet{number}.xml"), &sheet);
    }
    add(
        "[Content_Types].xml",
        "<Types><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>",
    );
    add(
        "_rels/.rels",
        &format!(
            "<Relationships><Relationship Id=\"r\" Type=\"{KINDS}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    add(
        "xl/workbook.xml",
        &format!("<workbook xmlns=\"{MAIN}\"><sheets>{tabs}</sheets></workbook>"),
    );
    add("xl/_rels/workbook.xml.rels", &format!("<Relationships>{relations}</Relationships>"));
    archive.finish().unwrap().into_inner()
}

/// A row of texts.
pub(super) fn row(cells: &[&str]) -> String {
    let cell = |text: &&str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
}

fn people(slug: &str) -> String {
    let profile = format!("https://www.linkedin.com/in/{slug}");
    row(&["Name", "LinkedIn"]) + &row(&["Ada Lovelace", &profile])
}

#[test]
fn cells_come_out_as_a_person_sees_them() {
    let env = env();
    for (name, expected) in [
        (
            "excel.xlsm",
            "Çelik,Öztürk,https://www.linkedin.com/in/celik-example,Çelik Öztürk,2020-06-18,+",
        ),
        (
            "openpyxl.xlsx",
            "Dorothy,Vaughan,https://www.linkedin.com/in/dorothy-example,R&D <Labs>,01.03.2026,\"1,237.50\",+",
        ),
        (
            "google.xlsx",
            "Ada Lovelace,Analytical Engines,https://www.linkedin.com/in/ada-example,+",
        ),
        (
            "xlsxwriter.xlsx",
            ",,Blaise Pascal,https://www.linkedin.com/in/blaise-example,Pascaline,1,+",
        ),
        (
            "libreoffice.xlsx",
            "Ada,Lovelace,https://www.linkedin.com/in/ada-example,Analytical Engines,2026-03-01 12:30,+",
        ),
    ] {
        env.write(name, fixture(name));
        env.bulk(&[name, "-o", "out.csv"]).exits(0);
        let output = env.read("out.csv");
        assert!(output.lines().any(|line| line.starts_with(expected)), "{name}: {output}");
        assert_eq!(env.rows("out.csv").len(), 4, "{name}: sums below a table are nobody");
    }
    env.assert_nobody_searched_twice();
}

#[test]
fn other_kinds_of_workbook_are_read_and_written_as_csv_or_as_new_workbooks() {
    let env = env();
    for (name, ada) in [
        ("excel.xlsb", "Ada,Lovelace,https://www.linkedin.com/in/ada-example,+"),
        (
            "libreoffice.ods",
            "Ada,Lovelace,https://www.linkedin.com/in/ada-example,Analytical Engines,2026-03-01 12:30,+",
        ),
        (
            "libreoffice.xls",
            "Ada,Lovelace,https://www.linkedin.com/in/ada-example,Analytical Engines,2026-03-01 12:30:00,+",
        ),
    ] {
        env.write(name, fixture(name));
        env.bulk(&[name, "-o", "out.csv"]).exits(0);
        let output = env.read("out.csv");
        assert!(
            output.lines().nth(1).is_some_and(|line| line.starts_with(ada)),
            "{name}: {output}"
        );
        assert_eq!(env.rows("out.csv").len(), 4, "{name}");
        env.bulk(&[name, "-o", name])
            .exits(2)
            .says("has the name of a kind of file that this tool does not write");
        env.bulk(&[name, "-o", "out.xlsx"]).exits(0);
        let rows = super::parts::rows(&super::parts::read(&env, "out.xlsx"), "Sheet1", 1);
        assert_eq!(rows[3]["phone_status"], "found", "{name}");
        assert!(super::parts::read(&env, name) == fixture(name));
    }
    env.assert_nobody_searched_twice();
}

#[test]
fn the_sheet_of_people_is_found_or_named() {
    let env = env();
    let notes = row(&["Read me first"]);
    let (one, other) = (people("one-example"), people("other-example"));
    env.write("one.xlsx", workbook(&[("Notes", &notes), ("People", &one), ("Empty", "")]));
    env.bulk(&["one.xlsx", "-o", "out.csv"]).exits(0).says("(sheet `People`)");
    env.write("two.xlsx", workbook(&[("Old", &other), ("New", &one), ("Notes", &notes)]));
    env.bulk(&["two.xlsx", "-o", "out.csv"]).exits(2).says(
        "`two.xlsx` has several sheets of people: `Old`, `New`\nhint: choose one: `--sheet 'Old'`",
    );
    for sheet in ["new", "2"] {
        env.bulk(&["two.xlsx", "-o", "out.csv", "--sheet", sheet]).exits(0);
        assert!(env.read("out.csv").contains("one-example"), "{sheet}");
    }
    env.bulk(&["two.xlsx", "-o", "out.csv", "--sheet", "4"])
        .exits(2)
        .says("`two.xlsx` has no sheet `4`\n  its sheets are `Old`, `New`, `Notes`");
    env.write("none.xlsx", workbook(&[("Notes", &notes), ("Sums", &row(&["What", "How much"]))]));
    env.bulk(&["none.xlsx", "-o", "out.csv"])
        .exits(2)
        .says("no sheet of `none.xlsx` has columns that name a person");
}

#[test]
fn messages_name_rows_of_the_sheet() {
    let env = env();
    let rows = format!(
        "<row r=\"4\">{0}</row><row r=\"9\">{1}</row>",
        "<c t=\"inlineStr\"><is><t>Name</t></is></c><c t=\"inlineStr\"><is><t>Company</t></is></c>",
        "<c t=\"inlineStr\"><is><t>JosÃ© Ruiz</t></is></c><c t=\"inlineStr\"><is><t>Acme</t></is></c>",
    );
    env.write("rows.xlsx", workbook(&[("Leads", &rows)]));
    env.bulk(&["rows.xlsx", "--dry-run"])
        .exits(0)
        .says("(header in row 4)")
        .says("first in row 9 of sheet `Leads`")
        .says("  row 9: {");
}

#[test]
fn options_about_csv_are_refused_for_a_workbook_and_the_other_way_round() {
    let env = env();
    env.write("in.xlsx", fixture("google.xlsx"));
    env.write("in.csv", "linkedin\nlinkedin.com/in/ada-example\n");
    for (args, told) in [
        (["in.xlsx", "--delimiter", ";"], "`--delimiter` is for CSV, and `in.xlsx` is a workbook"),
        (
            ["in.xlsx", "--encoding", "utf-8"],
            "`--encoding` is for CSV, and `in.xlsx` is a workbook",
        ),
        (["in.csv", "--sheet", "1"], "`--sheet` is for workbooks, and `in.csv` is no workbook"),
    ] {
        env.bulk(&args).exits(2).says(told);
    }
    assert_eq!(env.control().requests(), []);
}

#[test]
fn what_is_damaged_or_made_to_harm_is_refused_in_plain_words() {
    let env = env();
    let whole = fixture("openpyxl.xlsx");
    let cut = whole[..whole.len() / 2].to_vec();
    let mut flipped = whole.clone();
    // Somewhere in the packed bytes of a part.
    let at = flipped.len() / 3;
    flipped[at..at + 40].fill(0x55);
    let broken = with_parts(&whole, |name, text| {
        Some(if name.ends_with("sheet1.xml") { text[..text.len() / 2].to_owned() } else { text })
    });
    let missing = with_parts(&whole, |name, text| (!name.ends_with("sheet1.xml")).then_some(text));
    let bomb = with_parts(&whole, |name, text| {
        let spaces = || " ".repeat(80 << 20);
        Some(if name.ends_with("sheet1.xml") {
            text.replace("<sheetData>", &format!("<sheetData>{}", spaces()))
        } else {
            text
        })
    });
    let far = workbook(&[("A", &(people("x-example") + "<row><c r=\"XFD3\"><v>1</v></c></row>"))]);
    let odd = with_parts(&whole, |name, text| {
        let is_sheet = name.ends_with("sheet1.xml");
        Some(if is_sheet { text.replace("<autoFilter ref", "<autoFilter r ref") } else { text })
    });
    let mut old = fixture("libreoffice.xls");
    old.truncate(2000);
    let mut binary = fixture("libreoffice.xls");
    binary[600..3000].fill(0xff);
    let other = with_parts(&whole, |name, text| (name == "docProps/app.xml").then_some(text));
    for (name, bytes, told) in [
        ("cut", cut, "is damaged, or not a workbook"),
        ("flipped", flipped, "is damaged, or not a workbook"),
        ("broken", broken, "is damaged, or not a workbook"),
        ("missing", missing, "is damaged, or not a workbook"),
        ("bomb", bomb, "is too large"),
        ("far", far, "row 3: there is a cell far to the right of any list of people"),
        ("old", old, "is damaged, or not a workbook"),
        ("binary", binary, "is damaged, or not a workbook"),
        (
            "password",
            fixture("password.xlsx"),
            "is protected with a password\nhint: save a copy without the password",
        ),
        ("odd", odd, "cannot be written back: a part of it is not well-formed XML"),
        ("other", other, "is damaged, or not a workbook: it has no workbook in it"),
    ] {
        let file = format!("{name}.xlsx");
        env.write(&file, &bytes);
        env.bulk(&[&file, "-o", &file]).exits(2).says(told);
        assert!(super::parts::read(&env, &file) == bytes, "{name}");
    }
    assert_eq!(env.control().requests(), []);
    assert!(!parts(&whole).is_empty());
}
