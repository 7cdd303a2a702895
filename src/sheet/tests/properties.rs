//! Properties of every sheet.

use super::*;
use crate::people::{Employer, Identity, Row};
use proptest::prelude::*;

/// Text as cells have it, with the characters that are difficult in CSV.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[ -~]{0,12}",
        "[a-z,;|\t\"\r\n ]{0,8}",
        "[A-Za-zÀ-ÿ ’€]{0,10}",
    ]
}

#[derive(Debug, Clone)]
struct Written {
    delimiter: u8,
    line_end: &'static str,
    always_quoted: bool,
    encoding: &'static str,
    mark: bool,
    rows: Vec<Vec<String>>,
}

fn table() -> impl Strategy<Value = Written> {
    let row = prop::collection::vec(cell(), 1..6);
    (
        prop::sample::select(vec![b',', b';', b'\t', b'|']),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        any::<bool>(),
        prop::sample::select(vec!["utf-8", "utf-16le", "utf-16be", "windows-1252"]),
        any::<bool>(),
        prop::collection::vec(row, 0..8),
    )
        .prop_map(|(delimiter, line_end, always_quoted, encoding, mark, rows)| Written {
            delimiter,
            line_end,
            always_quoted,
            encoding,
            mark,
            rows,
        })
}

/// Two known names: a random row may have one by chance, and would be taken for the header if this had only one as well.
const HEADER: [&str; 3] = ["LinkedIn URL", "Last Name", "Zusatz"];

impl Written {
    fn text(&self) -> String {
        let mut text = String::new();
        let header = HEADER.map(str::to_owned).to_vec();
        for row in std::iter::once(&header).chain(&self.rows) {
            for (index, cell) in row.iter().enumerate() {
                if index > 0 {
                    text.push(char::from(self.delimiter));
                }
                let special = cell.contains(['"', '\r', '\n', char::from(self.delimiter)]);
                if self.always_quoted || special || (row.len() == 1 && cell.is_empty()) {
                    text.push('"');
                    text.push_str(&cell.replace('"', "\"\""));
                    text.push('"');
                } else {
                    text.push_str(cell);
                }
            }
            text.push_str(self.line_end);
        }
        text
    }

    fn bytes(&self) -> Vec<u8> {
        let text = self.text();
        let marked = format!("\u{feff}{text}");
        match self.encoding {
            "utf-16le" => marked.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "utf-16be" => marked.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "windows-1252" => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
            _ if self.mark => marked.into_bytes(),
            _ => text.into_bytes(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_table_in_any_dialect_and_encoding_comes_back_unchanged(table in table()) {
        let options = Options {
            encoding: (table.encoding == "windows-1252").then(|| "windows-1252".parse().unwrap()),
            ..Options::default()
        };
        let sheet = open(&table.bytes(), &options).unwrap();
        prop_assert_eq!(&rows(&sheet).unwrap(), &table.rows);
        let output = write(&sheet, &NONE);

        // Read back: every field is in its place, the results come after the columns of the header. If all rows begin with
        // their number, there is one column more.
        let width = sheet.table.width;
        let again = open(&output, &Options::default()).unwrap();
        let padded: Vec<Vec<String>> = table.rows.iter().map(|row| {
            let cell = |index: usize| row.get(index).cloned().unwrap_or_default();
            let mut padded: Vec<String> = (0..width).map(cell).collect();
            padded.extend(["", "", "not_found", ""].map(str::to_owned));
            padded.extend(row.iter().skip(width).cloned());
            padded
        }).collect();
        prop_assert_eq!(rows(&again).unwrap(), padded);
        let quote = if table.always_quoted { "\"" } else { "" };
        let header = format!(
            "{}{quote}phone_note{quote}{}", char::from(table.delimiter), table.line_end
        );
        prop_assert!(String::from_utf8(output.clone()).unwrap().contains(&header));
        prop_assert_eq!(write(&again, &NONE), output);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _outcome = open(&bytes, &Options::default()).and_then(|sheet| rows(&sheet));
        let options = Options {
            map: vec!["linkedin_url=1".parse().unwrap()],
            header: Header::Absent,
            ..Options::default()
        };
        if let Ok(sheet) = open(&bytes, &options) {
            let _rows = rows(&sheet);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-c,;|\t\"\r\n=\u{feff}é]{0,60}") {
        let text = format!("linkedin,name\n{text}");
        if let Ok(sheet) = open(text.as_bytes(), &Options::default()) {
            let mut pass = sheet.rows();
            let mut record = Record::new();
            while let Ok(true) = pass.read(&mut record) {
                sheet.identify(&record);
            }
        }
    }

    #[test]
    fn no_cells_make_identifying_panic(row in prop::collection::vec("\\PC{0,24}", 9)) {
        let quoted: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let header = "LinkedIn,Profile URL,First Name,Tussenvoegsel,Last Name,Full Name,Domain,Company,Id";
        let options = Options {
            map: vec!["custom=Id".parse().unwrap()],
            ..Options::default()
        };
        let sheet = open(format!("{header}\n{}\n", quoted.join(",")).as_bytes(), &options).unwrap();
        let mut record = Record::new();
        prop_assert!(sheet.rows().read(&mut record).unwrap());
        match sheet.identify(&record) {
            Row::Person(search) => {
                // A person has the same key when the search comes back from Enrow.
                let key = search.identity.key();
                if let crate::people::Identity::Profile(profile) = search.identity {
                    let echo = crate::people::Echo { linkedin_url: Some(&profile.url()), ..Default::default() };
                    prop_assert_eq!(echo.keys(), vec![key]);
                }
            }
            Row::Filled(_) | Row::Skipped => prop_assert!(false, "there is no answer in it"),
            Row::Unsearchable(reason) => prop_assert!(!reason.to_string().is_empty()),
        }
    }
}

/// A line of a list: a person, a row about nobody, or a part of a broken row.
fn line() -> impl Strategy<Value = String> {
    let word = || "[A-Z][a-z]{2,6}";
    prop_oneof![
        4 => (word(), word(), word()).prop_map(|(a, b, c)| format!("{a},{b},{c} Ltd,note,Oslo")),
        1 => (word(), word(), word()).prop_map(|(a, b, c)| format!("{a},{b},{c} Ltd,half a")),
        1 => (word(), word()).prop_map(|(a, b)| format!("{a} note,{b}")),
        1 => (word(), word()).prop_map(|(a, b)| format!("{a},{b},Inc,x,y,z,one too many")),
        1 => prop::sample::select(vec![
            "First Name,Last Name,Company,Notes,City",
            "Last Name,First Name,Company,Notes,City",
            "Total,12,,,",
            "Cold leads,,,,",
            "LinkedIn,Member,Acme Ltd,,",
            "Pia,Keller,#ERROR!,,",
            "Pia,Keller,Loading...,,",
            "Pia,Keller,recA1b2C3d4E5f6G7,,",
            "Pia & Teo,Keller,Acme Ltd,,",
            "Pia,K?ller,Acme Ltd,,",
            "Pia,Chlo├⌐,Acme Ltd,,",
            "Exported by Pia Keller,Keller,Acme Ltd,,",
            ",,,,",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever is between people, all fields of a search come from one record of the file.
    #[test]
    fn a_search_never_mixes_records(lines in prop::collection::vec(line(), 1..12)) {
        let text = format!("First Name,Last Name,Company,Notes,City\n{}\n", lines.join("\n"));
        let Ok(sheet) = open(text.as_bytes(), &Options::default()) else {
            return Ok(());
        };
        let mut reader = sheet.rows();
        let mut record = Record::new();
        let mut row = 0;
        while reader.read(&mut record).unwrap() {
            let Row::Person(search) = sheet.identify(&record) else {
                row += 1;
                continue;
            };
            let Identity::Named(named) = search.identity else {
                panic!("there is no profile");
            };
            let Employer::Name(company) = named.employer else {
                panic!("there is no domain");
            };
            let cells: Vec<&str> = lines[row].split(',').collect();
            for part in [named.first.as_str(), named.last.as_str(), company.as_str()] {
                prop_assert!(cells.contains(&part), "{part} of {text}");
            }
            let junk = ["Company", "Member", "#ERROR!", "Loading...", "Total", "Pia & Teo", "K?ller", "Chlo├⌐"];
            let junk = junk.into_iter().chain(["recA1b2C3d4E5f6G7", "Exported by Pia Keller"]);
            let junk: Vec<&str> = junk.collect();
            prop_assert!(!cells.iter().any(|cell| junk.contains(cell)), "{text}");
            prop_assert!(cells.len() <= 5, "{text}");
            row += 1;
        }
    }
}
