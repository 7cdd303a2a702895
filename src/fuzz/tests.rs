//! Fixtures, changed at random with fixed seeds. `FUZZ_SECONDS=600 cargo test --lib fuzz::` goes on for so long.

use super::*;
use fastrand::Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// What lists, addresses, names, JSON and databases trip over.
const TOKENS: [&[u8]; 40] = [
    b"\0",
    b"\"",
    b"\"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b"|",
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"=",
    b"sep=;\n",
    b"\\",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xff",
    b"\xc3",
    b"\x1b[31m",
    b"%",
    b"%00",
    b"%2F",
    b"/in/",
    b"linkedin.com/in/",
    b"https://",
    b"?",
    b"#",
    b"@",
    b"{",
    b"}",
    b"[",
    b"null",
    b"-1",
    b"18446744073709551616",
    b"1e400",
    "\u{202e}".as_bytes(),
    "\u{200b}".as_bytes(),
    "\u{fe0f}".as_bytes(),
    "\u{130}".as_bytes(),
];

/// The longest that a case may become.
const LONGEST: usize = 512 << 10;

/// Changes bytes in one to four ways.
fn changed(mut bytes: Vec<u8>, other: &[u8], random: &mut Rng) -> Vec<u8> {
    for _ in 0..random.usize(1..=4) {
        let at = random.usize(0..=bytes.len());
        let end = random.usize(at..=bytes.len().min(at + 64));
        match random.u8(0..8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(0..8),
            1 if at < bytes.len() => bytes[at] = random.u8(..),
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => {
                let copy = bytes[at..end].repeat(random.usize(1..20));
                drop(bytes.splice(at..at, copy));
            }
            5 if !other.is_empty() => {
                let from = random.usize(0..other.len());
                let to = random.usize(from..=other.len().min(from + 200));
                drop(bytes.splice(at..end, other[from..to].iter().copied()));
            }
            _ => drop(bytes.splice(at..at, TOKENS[random.usize(0..TOKENS.len())].iter().copied())),
        }
    }
    bytes.truncate(LONGEST);
    bytes
}

/// Tries the corpus as it is, then changed: `cases` times, or as long as `FUZZ_SECONDS` says.
#[track_caller]
fn fuzz(corpus: &[Vec<u8>], cases: u64, target: fn(&[u8])) {
    for bytes in corpus {
        target(bytes);
    }
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let until = seconds.map(|seconds| {
        Instant::now() + Duration::from_secs(seconds.parse().expect("a number of seconds"))
    });
    for seed in 0.. {
        if until.map_or(seed >= cases, |until| Instant::now() >= until) {
            return;
        }
        let random = &mut Rng::with_seed(seed);
        let bytes = random.choice(corpus).expect("there is a corpus").clone();
        let bytes = changed(bytes, random.choice(corpus).expect("there is a corpus"), random);
        let is_right = catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_ok();
        assert!(is_right, "seed {seed}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

fn fixtures(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// The cells of `EXPECTED.csv`: file, row, address, first name, last name, domain, company, reason.
fn expected() -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports/EXPECTED.csv");
    let mut reader = csv::Reader::from_path(path).unwrap();
    let cells = |row: csv::StringRecord| row.iter().map(str::to_owned).collect();
    reader.records().map(|row| cells(row.unwrap())).collect()
}

#[test]
fn no_list_breaks_the_reader() {
    let mut corpus = [fixtures(""), fixtures("exports")].concat();
    let utf_16 = |bytes: &Vec<u8>| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
    };
    let wide: Vec<Vec<u8>> = corpus.iter().map(utf_16).collect();
    let latin: Vec<Vec<u8>> = corpus
        .iter()
        .map(|bytes| {
            encoding_rs::WINDOWS_1252.encode(&String::from_utf8_lossy(bytes)).0.into_owned()
        })
        .collect();
    corpus.extend([wide, latin].concat());
    fuzz(&corpus, 150, reader);
}

#[test]
fn no_workbook_breaks_its_reader() {
    let sheet = |rows: &str| {
        format!(
            "<worksheet><dimension ref=\"A1:C3\"/><sheetData>{rows}</sheetData><autoFilter ref=\"A1:C3\"/></worksheet>"
        )
    };
    let cell = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
    let header: String = ["Name", "LinkedIn", "Company"].map(cell).concat();
    let sheets = [
        format!(
            "<row r=\"1\" spans=\"1:3\">{header}</row><row r=\"2\"><c r=\"A2\"><v>1.5</v></c><c r=\"B2\" t=\"str\"><f>HYPERLINK(\"https://linkedin.com/in/ada\",\"x\")</f><v>x</v></c></row><row r=\"4\"/>"
        ),
        format!(
            "<row>{header}</row><row>{}{}</row>",
            cell("Ada &amp; Bo"),
            cell("linkedin.com/in/ada")
        ),
        format!(
            "<x:row><x:c t=\"b\"><x:v>1</x:v></x:c></x:row><row>{header}</row><row><c r=\"B3\" s=\"4\"/><c r=\"D3\"><v>7</v></c></row>"
        ),
    ];
    let parts = sheets.map(|rows| sheet(&rows).into_bytes());
    fuzz(&[fixtures("workbooks"), parts.to_vec(), parts.to_vec()].concat(), 300, workbook);
}

#[test]
fn no_address_breaks_the_profile() {
    let odd = [
        "/in/ada", "linkedin.com/in/ada%2Fexample", "de.linkedin.com/pub/ada/1/2/3", "@ada-example",
    ];
    let corpus: Vec<_> =
        expected().iter().map(|row| row[2].clone()).filter(|url| !url.is_empty()).collect();
    let corpus: Vec<_> =
        corpus.into_iter().chain(odd.map(str::to_owned)).map(String::into_bytes).collect();
    fuzz(&corpus, 20_000, url);
}

#[test]
fn no_cell_breaks_the_name() {
    let odd =
        ["Dr. Ada\tExample, PhD\tvan der", "EXAMPLE Ada (she/her)\t\t", "Example, Ada M.\tA.\t🎉"];
    let corpus = expected().into_iter().map(|row| format!("{}\t{}\t{0} {1}", row[3], row[4]));
    let corpus: Vec<_> = corpus.chain(odd.map(str::to_owned)).map(String::into_bytes).collect();
    fuzz(&corpus, 8_000, name);
}

#[test]
fn no_answer_breaks_its_reader() {
    let odd: [&[u8]; 3] = [
        b"{\"message\": \"Insufficient credits\"}",
        b"{\"credits\": 36000, \"webhooks\": [\"https://hook.example\"]}",
        b"<html><title>502 Bad Gateway</title></html>",
    ];
    let corpus = [fixtures("api"), odd.map(<[u8]>::to_vec).to_vec()].concat();
    fuzz(&corpus, 5_000, answer);
}

#[test]
fn no_file_breaks_the_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let location = LedgerLocation::at(path.clone(), "https://api.example".to_owned());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(crate::ledger::tests::fill(&Ledger::open(location).unwrap()));
    let filled = fs::read(&path).unwrap();
    assert!(filled.len() < LONGEST);
    fuzz(&[filled, b"SQLite format 3\0".to_vec()], 100, ledger);
}
