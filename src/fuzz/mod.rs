//! What holds for any bytes, one function for each way in. The tests give them fixtures that are changed at random,
//! `fuzz/` what a fuzzer finds.

#[cfg(test)]
mod tests;

use crate::enrow::{AccountInfo, BatchReport, HttpResponse, Stage, Submission};
use crate::ledger::{Ledger, LedgerLocation, Which};
use crate::people::{Identity, Order, PersonFields, Profile};
use crate::sheet::{Input, Options, Output, OutputFormat, Record, Sheet};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Write};

/// A list is refused, or all of its rows can be read, and the output is a list with the same columns in front.
pub fn reader(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("list.csv");
    fs::write(&path, bytes).expect("a temporary file can be written");
    let sheet = match Sheet::open(&Input::Path(path), &Options::default()) {
        Ok(sheet) => sheet,
        Err(error) => return assert_printable(&error.to_string()),
    };
    assert_printable(&sheet.mapping().to_string());
    let mut writer =
        sheet.writer(Vec::new(), OutputFormat::AsRead).expect("a vector can be written");
    let mut rows = sheet.rows();
    let mut record = Record::new();
    let mut count = 0;
    while let Ok(true) = rows.read(&mut record) {
        assert!(record.number() > count);
        count = record.number();
        sheet.identify(&record);
        writer.write_kept(&record, "kept").expect("a vector can be written");
    }
    let output = writer.finish().expect("a vector can be written");
    assert!(count == 0 || !output.is_empty());
}

/// A workbook, or the part of its sheet, is refused, or every cell of it is where it was after it is written.
pub fn workbook(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("list.xlsx");
    let bytes = if bytes.starts_with(b"PK") { bytes.to_vec() } else { packed(bytes) };
    fs::write(&path, bytes).expect("a temporary file can be written");
    let input = Input::Path(path.clone());
    let Ok(sheet) = Sheet::open(&input, &Options::default())
        .map_err(|error| assert_printable(&error.to_string()))
    else {
        return;
    };
    if let Err(error) = sheet.output_format(&Output::of(Some(&path))) {
        return assert_printable(&error.to_string());
    }
    let before = cells(&sheet);
    let written = sheet
        .writer(Vec::new(), OutputFormat::AsRead)
        .and_then(|mut writer| {
            let (mut rows, mut record) = (sheet.rows(), Record::new());
            while rows.read(&mut record)? {
                writer.write_kept(&record, "kept")?;
            }
            writer.finish()
        })
        .expect("what was tried can be written");
    // Of what is only read, the rows go out as CSV.
    if !written.starts_with(b"PK") {
        return;
    }
    fs::write(&path, written).expect("a temporary file can be written");
    let again = Sheet::open(&input, &Options::default()).expect("an output is an input");
    let after = cells(&again);
    for (number, cells) in &before {
        // Its first row may be taken for a header now.
        let Some(after) = after.get(number) else { continue };
        assert_eq!(after[..cells.len()], cells[..], "row {number}");
    }
}

/// The rows of a sheet by their numbers.
fn cells(sheet: &Sheet) -> BTreeMap<u64, Vec<String>> {
    let (mut rows, mut record) = (sheet.rows(), Record::new());
    let mut cells = BTreeMap::new();
    while rows.read(&mut record).expect("a row that was read once is read again") {
        let row = record.fields().map(str::to_owned).collect();
        assert!(cells.insert(record.number(), row).is_none(), "two rows of one number");
    }
    cells
}

/// A workbook with this part as its only sheet.
fn packed(sheet: &[u8]) -> Vec<u8> {
    const KINDS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relation = |kind: &str, target: &str| {
        format!("<a><Relationship Id=\"r\" Type=\"{KINDS}/{kind}\" Target=\"{target}\"/></a>")
    };
    let (root, main) = (relation("officeDocument", "w.xml"), relation("worksheet", "s.xml"));
    let parts: [(&str, &[u8]); 5] = [
        (
            "[Content_Types].xml",
            b"<a><Override PartName=\"/w.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></a>",
        ),
        ("_rels/.rels", root.as_bytes()),
        ("w.xml", b"<a><sheet name=\"A\" r:id=\"r\"/></a>"),
        ("_rels/w.xml.rels", main.as_bytes()),
        ("s.xml", sheet),
    ];
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .and_then(|()| Ok(archive.write_all(bytes)?))
            .expect("memory can be written");
    }
    archive.finish().expect("memory can be written").into_inner()
}

/// A profile that is read from an address is read from its own address again.
pub fn url(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for profile in [Profile::parse(&text), Profile::parse_handle(&text)].into_iter().flatten() {
        let url = profile.url();
        assert!(url.bytes().all(|byte| byte.is_ascii_graphic()), "{url}");
        assert_eq!(Profile::parse(&url).as_ref(), Ok(&profile), "{url}");
    }
}

/// A name has both parts, of which nothing is invisible.
pub fn name(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut cells = text.splitn(3, '\t');
    let mut cell = || cells.next().unwrap_or_default();
    let (first, last, full) = (cell(), cell(), cell());
    let people = [
        PersonFields { first, last, ..PersonFields::default() },
        PersonFields { first, infix: full, last, ..PersonFields::default() },
        PersonFields { full: &text, ..PersonFields::default() },
        PersonFields { full: &text, full_order: Order::LastFirst, ..PersonFields::default() },
    ];
    for fields in people {
        let company = crate::people::Employer::by_name("Quarry Lane");
        let Ok(person) = (PersonFields { company, ..fields }).person() else { continue };
        let Identity::Named(named) = person.identity else { continue };
        for part in [&named.first, &named.last] {
            assert_eq!(part.trim(), part);
            assert!(!part.is_empty());
            // The joiners are letters of some scripts.
            assert_printable(&part.replace(['\u{200c}', '\u{200d}'], ""));
        }
    }
}

/// An answer of Enrow is read as far as it makes sense, without an error that cannot be printed, and what the ledger
/// keeps of an accepted batch is read as the same batch.
pub fn answer(bytes: &[u8]) {
    for status in [200, 201, 202, 302, 400, 401, 402, 422, 429, 500] {
        let response = HttpResponse { body: bytes.to_vec(), status, ..HttpResponse::default() };
        let submission = Submission::read(&response);
        match &submission {
            Submission::Taken(taken) => {
                assert_printable(taken.id.as_str());
                let body = response.kept();
                assert!(body.len() < 8 << 10, "{} bytes are kept", body.len());
                let kept = HttpResponse { body, ..response.clone() };
                assert_eq!(Submission::read(&kept), submission);
            }
            Submission::Refused(_) => {}
            Submission::Unknown(lost) => assert_printable(&lost.0),
        }
        for report in [BatchReport::read(&response, 2), BatchReport::read_single(&response, 1)] {
            if let Some(BatchReport { stage: Stage::Completed(results), .. }) = report {
                assert!(results.len() <= 2 * 2 + 16, "{} results", results.len());
            }
        }
        let info = AccountInfo::read(&response, 0);
        drop(info.map(|info| info.balance()));
    }
}

/// A file is no ledger, or every operation ends.
pub fn ledger(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("ledger.db");
    fs::write(&path, bytes).expect("a temporary file can be written");
    let location = LedgerLocation::at(path, "https://api.example".to_owned());
    let ledger = match Ledger::open(location) {
        Ok(ledger) => ledger,
        Err(error) => return assert_printable(&error.to_string()),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime can be built").block_on(async {
        drop(ledger.totals().await);
        drop(ledger.found_rate().await);
        for which in [Which::Unsettled, Which::RecentlyEnded(9)] {
            for batch in ledger.batches(which).await.unwrap_or_default() {
                drop(ledger.members(batch.batch).await);
                drop(ledger.unproven(batch.batch).await);
            }
        }
    });
}

/// Nothing in a text can steer a terminal.
#[track_caller]
fn assert_printable(text: &str) {
    let steers = |c: char| (c.is_control() && c != '\n') || crate::text::is_format(c);
    assert!(!text.chars().any(steers), "{text:?}");
}
