//! Workbooks as they are packed, read without the code under test.

use crate::support::TestEnv;
use calamine::{Data, Reader, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

pub(super) fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/workbooks");
    std::fs::read(folder.join(name)).unwrap()
}

/// The parts of a workbook in their order, unpacked.
pub(super) fn parts(workbook: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(workbook)).unwrap();
    let part = |index| {
        let mut part = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap().into_owned(), bytes)
    };
    (0..ZipArchive::new(Cursor::new(workbook)).unwrap().len()).map(part).collect()
}

/// A workbook with other parts, or with parts that are changed.
pub(super) fn with_parts(
    workbook: &[u8],
    change: impl Fn(&str, String) -> Option<String>,
) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts(workbook) {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) => change(&name, text).map(String::into_bytes),
            Err(binary) => Some(binary.into_bytes()),
        };
        if let Some(bytes) = bytes {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Every part that changed and how: tags and texts that were taken out and put in.
pub(super) fn changes(before: &[u8], after: &[u8]) -> String {
    let (before, after) = (parts(before), parts(after));
    let names = |parts: &[(String, Vec<u8>)]| -> Vec<String> {
        parts.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&before), names(&after), "parts come and go, or change their places");
    let mut told = String::new();
    for ((name, before), (_, after)) in before.iter().zip(&after) {
        if before != after {
            told.push_str(&format!("{name}\n"));
            let (before, after) = (std::str::from_utf8(before), std::str::from_utf8(after));
            told.push_str(&differences(before.unwrap(), after.unwrap()));
        }
    }
    told
}

/// What stands in only one of two texts, piece by piece.
fn differences(before: &str, after: &str) -> String {
    let cut =
        |text: &str| -> Vec<String> { text.split_inclusive('>').map(str::to_owned).collect() };
    let (before, after) = (cut(before), cut(after));
    let (mut told, mut b, mut a) = (String::new(), 0, 0);
    while b < before.len() || a < after.len() {
        if b < before.len() && a < after.len() && before[b] == after[a] {
            (b, a) = (b + 1, a + 1);
            continue;
        }
        // The nearest place from which both go on alike.
        let meets = |db: usize, da: usize| {
            let alike = |n: usize| before.get(b + db + n) == after.get(a + da + n);
            (0..3).all(alike)
        };
        let (db, da) = (1..200)
            .flat_map(|total| (0..=total).map(move |db| (db, total - db)))
            .find(|(db, da)| meets(*db, *da))
            .unwrap_or((before.len() - b, after.len() - a));
        let shown = |pieces: &[String]| pieces.concat();
        if db > 0 {
            told.push_str(&format!("  - {}\n", shown(&before[b..b + db])));
        }
        if da > 0 {
            told.push_str(&format!("  + {}\n", shown(&after[a..a + da])));
        }
        (b, a) = (b + db, a + da);
    }
    told
}

/// The cells of a sheet from A1 on, as another library reads them.
pub(super) fn cells(workbook: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut workbook = Xlsx::new(Cursor::new(workbook.to_vec())).unwrap();
    let range = workbook.worksheet_range(sheet).unwrap();
    let (rows, columns) = range.end().unwrap();
    let cell = |row, column| match range.get_value((row, column)) {
        None | Some(Data::Empty) => String::new(),
        Some(Data::String(text)) => text.clone(),
        Some(other) => format!("{other:?}"),
    };
    (0..=rows).map(|row| (0..=columns).map(|column| cell(row, column)).collect()).collect()
}

/// The rows of a sheet by the names of their columns, which stand in the row `header`, from 1.
pub(super) fn rows(workbook: &[u8], sheet: &str, header: usize) -> Vec<BTreeMap<String, String>> {
    let mut cells = cells(workbook, sheet).into_iter().skip(header - 1);
    let names = cells.next().unwrap();
    cells.map(|row| names.iter().cloned().zip(row).collect()).collect()
}

pub(super) fn read(env: &TestEnv, name: &str) -> Vec<u8> {
    std::fs::read(env.path(name)).unwrap()
}
