//! Whole sheets, in and out.

mod formats;
mod properties;

use super::*;
use crate::people::{Country, PhoneNumber, RowAnswer, RowStatus};
use std::sync::LazyLock;

/// Opens bytes as a file.
fn open(bytes: &[u8], options: &Options) -> Result<Sheet, SheetError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.csv");
    std::fs::write(&path, bytes).unwrap();
    Sheet::open(&Input::Path(path), options)
}

fn rows(sheet: &Sheet) -> Result<Vec<Vec<String>>, SheetError> {
    let mut pass = sheet.rows();
    let mut record = Record::new();
    let mut rows = Vec::new();
    while pass.read(&mut record)? {
        assert_eq!(record.number(), rows.len() as u64 + 1);
        rows.push(record.fields().map(str::to_owned).collect());
    }
    Ok(rows)
}

/// Writes the sheet with the same answer for every row.
fn write(sheet: &Sheet, cells: &RowAnswer) -> Vec<u8> {
    write_with_remark(sheet, cells, "")
}

/// The same, with a remark on rows that keep the number they came with.
fn write_with_remark(sheet: &Sheet, cells: &RowAnswer, remark: &str) -> Vec<u8> {
    let mut writer = sheet.writer(Vec::new(), OutputFormat::AsRead).unwrap();
    let mut pass = sheet.rows();
    let mut record = Record::new();
    while pass.read(&mut record).unwrap() {
        if matches!(sheet.identify(&record), Row::Filled(_)) {
            writer.write_kept(&record, remark).unwrap();
        } else {
            writer.write(&record, cells).unwrap();
        }
    }
    writer.finish().unwrap()
}

static FOUND: LazyLock<RowAnswer> = LazyLock::new(|| {
    RowAnswer::found(PhoneNumber::parse("+12025550123").unwrap(), Country::parse("US"))
});

static NONE: LazyLock<RowAnswer> = LazyLock::new(|| RowAnswer::without(RowStatus::NotFound, ""));

fn written(input: &str, cells: &RowAnswer) -> String {
    let options = Options { own_columns: OwnColumns::Overwrite, ..Options::default() };
    String::from_utf8(write(&open(input.as_bytes(), &options).unwrap(), cells)).unwrap()
}

#[test]
fn results_follow_the_last_column_and_everything_else_is_as_it_was() {
    assert_eq!(
        written("LinkedIn URL;Notes\r\nlinkedin.com/in/ada-example;\"a;b\"\"c\r\nd\"\r\n", &FOUND),
        "LinkedIn URL;Notes;phone_number;phone_country;phone_status;phone_note\r\n\
         linkedin.com/in/ada-example;\"a;b\"\"c\r\nd\";+12025550123;US;found;\r\n"
    );
}

#[test]
fn an_output_fed_in_again_comes_out_as_the_same_bytes() {
    for input in [
        "LinkedIn URL,Notes\nlinkedin.com/in/a,x\n\n\n,\nlinkedin.com/in/b\nlinkedin.com/in/c,1,2,3\n\n",
        "\u{feff}\"LinkedIn URL\",\"Notes\"\r\n\"linkedin.com/in/a\",\"\"\r\n",
        "sep=;\r\nFull Name;Company\r\nAda Example;Acme",
        "LinkedIn URL\nlinkedin.com/in/a\n\nlinkedin.com/in/b\n",
        "Notes:\n\"When exporting, we leave out\"\n\nFirst Name,Last Name,URL\nAda,Example,linkedin.com/in/a\n",
        "Full Name\tCompany\rAda Example\tAcme\r",
        "LinkedIn URL,phone_status,Notes\nlinkedin.com/in/a,old,x,long,row\n",
        // Without a header.
        "https://www.linkedin.com/in/ada-example\nhttps://www.linkedin.com/in/bob-example\n",
        "https://www.linkedin.com/in/ada-example,x\nhttps://www.linkedin.com/in/bob-example,y,z\nlinkedin.com/in/c,y\n",
    ] {
        for cells in [&*FOUND, &*NONE] {
            let once = written(input, cells);
            assert_eq!(written(&once, cells), once, "{input:?}");
        }
    }
}

#[test]
fn result_columns_are_replaced_where_they_stand_and_missing_ones_added() {
    assert_eq!(
        written("phone_note,linkedin,phone_number\nold,linkedin.com/in/a,123\n", &FOUND),
        "phone_note,linkedin,phone_number,phone_country,phone_status\n\
         ,linkedin.com/in/a,+12025550123,US,found\n"
    );
}

#[test]
fn short_rows_are_filled_up_and_long_rows_keep_their_rest_behind_the_results() {
    assert_eq!(
        written("linkedin,a,b\nlinkedin.com/in/a\nlinkedin.com/in/b,1,2,3,4\n", &NONE),
        "linkedin,a,b,phone_number,phone_country,phone_status,phone_note\n\
         linkedin.com/in/a,,,,,not_found,\n\
         linkedin.com/in/b,1,2,,,not_found,,3,4\n"
    );
}

#[test]
fn blank_lines_come_back_where_they_were() {
    assert_eq!(
        written("\nlinkedin\n\n\nlinkedin.com/in/a\n\nlinkedin.com/in/b\n\n\n", &NONE),
        "\nlinkedin,phone_number,phone_country,phone_status,phone_note\n\n\n\
         linkedin.com/in/a,,,not_found,\n\nlinkedin.com/in/b,,,not_found,\n\n\n"
    );
}

#[test]
fn a_row_that_came_with_a_number_may_keep_it_with_a_remark() {
    for (note, kept) in [("", "kept"), ("called him", "called him; kept"), ("kept; x", "kept; x")] {
        let input = format!(
            "linkedin,phone_number,phone_status,phone_note\nlinkedin.com/in/a,+1 202 555 0100,found,{note}\n"
        );
        let sheet = open(input.as_bytes(), &Options::default()).unwrap();
        assert_eq!(
            String::from_utf8(write_with_remark(&sheet, &NONE, "kept")).unwrap(),
            format!(
                "linkedin,phone_number,phone_status,phone_note,phone_country\n\
                 linkedin.com/in/a,+1 202 555 0100,found,{kept},\n"
            )
        );
    }
}

#[test]
fn only_a_number_that_is_called_found_and_is_not_made_up_fills_a_row_in() {
    for (cells, is_filled) in [
        ("+12025550100,found,", true),
        ("'+12025550100,found,called him", true),
        ("12025550100,found,", false),
        ("+12025550100,pending,", false),
        ("+12025550100,found,made up by the sandbox", false),
        ("+12025550100,found,made up by the sandbox; an earlier answer", false),
    ] {
        let input =
            format!("linkedin,phone_number,phone_status,phone_note\nlinkedin.com/in/a,{cells}\n");
        let sheet = open(input.as_bytes(), &Options::default()).unwrap();
        let (mut rows, mut record) = (sheet.rows(), Record::new());
        assert!(rows.read(&mut record).unwrap());
        let row = sheet.identify(&record);
        assert_eq!(matches!(row, Row::Filled(_)), is_filled, "{cells}");
        assert!(row.search().is_some(), "{cells}");
    }
}

#[test]
fn without_a_header_none_is_written() {
    let options = Options {
        header: Header::Absent,
        map: vec!["fullname=1".parse().unwrap(), "company_name=2".parse().unwrap()],
        ..Options::default()
    };
    let sheet = open(b"Ada Example,Acme\n", &options).unwrap();
    assert_eq!(write(&sheet, &FOUND), b"Ada Example,Acme,+12025550123,US,found,\n");
    assert_eq!(
        written("https://www.linkedin.com/in/ada-example", &NONE),
        "https://www.linkedin.com/in/ada-example,,,not_found,\n"
    );
}

#[test]
fn for_spreadsheet_programs_numbers_are_text_and_there_is_a_byte_order_mark() {
    let options = Options { excel: Excel::Safe, ..Options::default() };
    let sheet =
        open("Prénom;Nom;LinkedIn\nAda;Example;linkedin.com/in/a\n".as_bytes(), &options).unwrap();
    let output = write(&sheet, &FOUND);
    assert_eq!(
        String::from_utf8(output.clone()).unwrap(),
        "\u{feff}Prénom;Nom;LinkedIn;phone_number;phone_country;phone_status;phone_note\n\
         Ada;Example;linkedin.com/in/a;\"=\"\"+12025550123\"\"\";US;found;\n"
    );
    let again = open(&output, &options).unwrap();
    assert_eq!(write(&again, &NONE), output, "its own numbers are answers");
    let plain = open(&output, &Options::default()).unwrap();
    let plain = String::from_utf8(write(&plain, &NONE)).unwrap();
    assert!(plain.contains("linkedin.com/in/a;+12025550123;US;found;\n"), "{plain}");
    assert_eq!(write(&open(plain.as_bytes(), &options).unwrap(), &NONE), output);
}

#[test]
fn columns_of_the_users_own_are_refused() {
    for (sheet, columns) in [
        ("linkedin,phone_number\nlinkedin.com/in/a,123\n", "`phone_number`"),
        ("linkedin,phone_number\nlinkedin.com/in/a,\n", "`phone_number`"),
        (
            "linkedin,phone_note,phone_status\nlinkedin.com/in/a,x,mine\n",
            "`phone_status`, `phone_note`",
        ),
        (
            "linkedin,phone_number,phone_status\nlinkedin.com/in/a,123,\n",
            "`phone_number`, `phone_status`",
        ),
    ] {
        let error = open(sheet.as_bytes(), &Options::default()).map(|_| ()).unwrap_err();
        let message = error.to_string();
        assert!(message.ends_with(&format!("names of the added columns: {columns}")), "{message}");
        let options = Options { own_columns: OwnColumns::Overwrite, ..Options::default() };
        assert!(open(sheet.as_bytes(), &options).is_ok());
    }
    for ours in [
        "linkedin,phone_number,phone_country,phone_status,phone_note\nlinkedin.com/in/a,,,not_found,\n",
        "linkedin,phone_number,phone_status\nlinkedin.com/in/a,,\n",
        "linkedin,phone_number,phone_status\nlinkedin.com/in/a,+12025550123,found\nlinkedin.com/in/b,,\n",
        "linkedin,Phone Number\nlinkedin.com/in/a,123\n",
    ] {
        assert!(open(ours.as_bytes(), &Options::default()).is_ok(), "{ours}");
    }
}

#[test]
fn a_prefix_names_the_results_and_finds_them_again() {
    let options = Options { column_prefix: "CRM ".parse().unwrap(), ..Options::default() };
    let sheet = open(b"linkedin,phone_number\nlinkedin.com/in/a,123\n", &options).unwrap();
    let output = write(&sheet, &FOUND);
    assert_eq!(
        String::from_utf8(output.clone()).unwrap(),
        "linkedin,phone_number,CRM phone_number,CRM phone_country,CRM phone_status,CRM phone_note\n\
         linkedin.com/in/a,123,+12025550123,US,found,\n"
    );
    assert_eq!(write(&open(&output, &options).unwrap(), &NONE), output);
    for prefix in [" x", "a\nb"] {
        assert!(prefix.parse::<ColumnPrefix>().is_err());
    }
}

#[test]
fn lines_that_were_wrapped_in_quotes_are_freed() {
    let wrapped = "\"First Name,Last Name,Company\"\r\n\"Ada,Example,\"\"Acme, Inc.\"\"\"\r\n\"Bob,Example,Acme\"\r\n";
    let sheet = open(wrapped.as_bytes(), &Options::default()).unwrap();
    assert_eq!(rows(&sheet).unwrap()[0], ["Ada", "Example", "Acme, Inc."]);
    assert!(matches!(sheet.warnings(), [Warning::Unwrapped { .. }]));
    let output = String::from_utf8(write(&sheet, &NONE)).unwrap();
    assert!(output.contains("\r\nAda,Example,\"Acme, Inc.\",,,not_found,\r\n"), "{output}");
    assert_eq!(written(&output, &NONE), output);
}

#[test]
fn an_unclosed_quote_is_an_error_that_names_its_line() {
    let start = "linkedin,Notes\r\nlinkedin.com/in/a,\"fine\r\n\r\nstill fine\"\r\nlinkedin.com/in/b,\"oops\r\n";
    let more = "linkedin.com/in/c,x\r\n".repeat(100_000);
    let closing = "linkedin.com/in/c,\"x, y\"\r\n".repeat(100_000);
    for rest in ["", &more, &closing] {
        let input = format!("{start}{rest}");
        let sheet = open(input.as_bytes(), &Options::default());
        let error = sheet.and_then(|sheet| rows(&sheet)).map(|_| ()).unwrap_err();
        assert!(matches!(error, SheetError::UnclosedQuote { line: 5, .. }), "{error}");
        assert!(!error.is_io());
    }
}

#[test]
fn an_unclosed_quote_far_below_the_sample_is_found_as_well() {
    let rows_above = 100_000;
    let above = "linkedin.com/in/ada-example,x\n".repeat(rows_above);
    let input = format!("linkedin,Notes\n{above}linkedin.com/in/b,\"oops\n{above}");
    let error = open(input.as_bytes(), &Options::default()).map(|_| ()).unwrap_err();
    let expected = rows_above as u64 + 2;
    assert!(matches!(error, SheetError::UnclosedQuote { line, .. } if line == expected), "{error}");
}

#[test]
fn text_in_another_encoding_is_read_and_said() {
    let sheet = open(b"linkedin,Name\nlinkedin.com/in/a,Zo\xeb\n", &Options::default()).unwrap();
    assert_eq!(rows(&sheet).unwrap()[0][1], "Zoë");
    assert!(sheet.warnings()[0].to_string().contains("(line 2); it is read as Windows-1252"));
    assert!(sheet.mapping().to_string().contains("Windows-1252"));
    assert!(!write(&sheet, &NONE).starts_with("\u{feff}".as_bytes()));
}

#[test]
fn a_header_that_ends_in_an_accent_is_read_in_any_encoding() {
    // The decoder was once asked for exactly the bytes of the header, and never read more.
    let text = "first name;last name;company;é\r\nAda;Lovelace;Acme;x\r\n";
    let wide = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    };
    let narrow = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    for bytes in [wide(u16::to_le_bytes), wide(u16::to_be_bytes), narrow, text.into()] {
        let sheet = open(&bytes, &Options::default()).unwrap();
        assert_eq!(rows(&sheet).unwrap(), [["Ada", "Lovelace", "Acme", "x"]]);
    }
}

#[test]
fn a_damaged_place_far_below_is_named_with_its_line_and_byte() {
    let above = "linkedin.com/in/ada-example,Zoë\n".repeat(30_000);
    let bytes = [b"linkedin,Name\n", above.as_bytes(), b"x,Zo\xeb\n"].concat();
    let error = open(&bytes, &Options::default()).map(|_| ()).unwrap_err();
    let expected = bytes.len() as u64 - 2;
    assert!(
        matches!(error, SheetError::Undecodable { line: 30_002, offset, .. } if offset == expected),
        "{error:?}"
    );
}

#[test]
fn what_is_certainly_no_windows_1252_is_refused_with_line_and_byte() {
    let mostly = "linkedin,Name\na,Zoë\nb,Zoë\nc,Zo".as_bytes();
    let error = open(&[mostly, b"\xeb\n"].concat(), &Options::default()).map(|_| ()).unwrap_err();
    assert!(
        matches!(error, SheetError::Undecodable { line: 4, offset: 32, byte: Some(0xeb), .. }),
        "{error:?}"
    );
    let error = open(b"linkedin,Name\nb,\x81\x82\n", &Options::default()).map(|_| ()).unwrap_err();
    assert!(
        matches!(error, SheetError::Undecodable { line: 2, offset: 16, byte: Some(0x81), .. }),
        "{error:?}"
    );
    let wide: Vec<u8> = "\u{feff}linkedin\nx\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let error =
        open(&[&wide[..], b"\x00\xd8a\0"].concat(), &Options::default()).map(|_| ()).unwrap_err();
    assert!(matches!(error, SheetError::Undecodable { line: 3, offset: 24, .. }), "{error:?}");
}

#[test]
fn a_sheet_without_people_is_refused_with_its_columns() {
    let error = open(b"Firm,Street\nAcme,Main St\n", &Options::default()).map(|_| ()).unwrap_err();
    let SheetError::NothingToSearch { columns, .. } = error else { panic!("{error}") };
    assert_eq!(columns, ["Firm", "Street"]);
    for nothing in ["", "\n\n", "\u{feff}"] {
        let error = open(nothing.as_bytes(), &Options::default()).map(|_| ()).unwrap_err();
        assert!(matches!(error, SheetError::Empty { .. }), "{error}");
    }
}

#[test]
fn a_sheet_and_its_passes_may_be_used_from_any_thread() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Sheet>();
    sent::<RowReader>();
    sent::<Writer<Vec<u8>>>();
}

#[test]
fn a_closed_pipe_is_told_from_a_full_disk() {
    struct Broken(io::ErrorKind);
    impl io::Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let sheet = open(b"linkedin\nlinkedin.com/in/a\n", &Options::default()).unwrap();
    for (kind, broken) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
        let error = sheet
            .writer(Broken(kind), OutputFormat::AsRead)
            .unwrap()
            .finish()
            .map(|_| ())
            .unwrap_err();
        assert_eq!((error.is_broken_pipe(), error.is_io()), (broken, true));
    }
}

#[test]
fn a_file_of_our_own_has_our_columns_and_the_results() {
    let mut writer =
        Writer::new_file(Vec::new(), &["a", "b"], OutputFormat::AsRead, Excel::Safe).unwrap();
    let note = RowAnswer::without(RowStatus::Invalid, "=HYPERLINK(\"x\")");
    writer.write(&Record::of(["1", "2,3"]), &note).unwrap();
    writer.write(&Record::of(["", ""]), &FOUND).unwrap();
    assert_eq!(
        String::from_utf8(writer.finish().unwrap()).unwrap(),
        "\u{feff}a,b,phone_number,phone_country,phone_status,phone_note\n\
         1,\"2,3\",,,invalid,\"'=HYPERLINK(\"\"x\"\")\"\n\
         ,,\"=\"\"+12025550123\"\"\",US,found,\n"
    );
}
