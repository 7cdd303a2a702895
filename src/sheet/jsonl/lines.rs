//! Reads lines, each of which is an object.

use crate::people::ResultColumn;
use crate::sheet::spool::{Spool, SpoolReader};
use crate::sheet::{Input, SheetError};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

/// The byte order mark, which some programs write although it is not needed.
pub(super) const MARK: &str = "\u{feff}";

/// A longer line is not a person.
const LONGEST: u64 = 1 << 20;

/// Objects that are nested more deeply are one value, as they are written.
const DEEPEST: usize = 8;

pub(super) struct Lines {
    input: Input,
    line: Vec<u8>,
    number: u64,
    reader: BufReader<SpoolReader>,
}

/// A field of an object. The name of a field in a nested object is `company.name`.
pub(super) struct JsonField<'t> {
    pub(super) name: String,
    /// Where its value is in the line.
    pub(super) place: Range<usize>,
    /// The value as a cell: a text without quotes and escapes, anything else as it is written, `null` as an empty text.
    pub(super) text: Cow<'t, str>,
}

impl Lines {
    pub(super) fn new(input: &Input, text: &Spool) -> Self {
        let reader = BufReader::with_capacity(64 * 1024, text.reader(0));
        Self { input: input.clone(), line: Vec::new(), number: 0, reader }
    }

    /// Reads the next line; `false` when there is none.
    pub(super) fn read(&mut self) -> Result<bool, SheetError> {
        self.line.clear();
        let mut line = self.reader.by_ref().take(LONGEST + 1);
        let read = line.read_until(b'\n', &mut self.line);
        if read.map_err(|source| SheetError::Read { input: self.input.clone(), source })? == 0 {
            return Ok(false);
        }
        self.number += 1;
        if self.line.len() as u64 > LONGEST {
            return Err(self.damaged("this line has no end within 1 MiB"));
        }
        Ok(true)
    }

    /// Its number, from 1.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The line as it is, with its line end.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.line
    }

    /// The line's object; `None` for a blank line.
    pub(super) fn object(&self) -> Result<Option<Vec<JsonField<'_>>>, SheetError> {
        let text =
            str::from_utf8(&self.line).map_err(|_| self.damaged("this line is not UTF-8"))?;
        let marked = if self.number == 1 { text.strip_prefix(MARK) } else { None };
        let text = marked.unwrap_or(text);
        if text.trim_ascii().is_empty() {
            return Ok(None);
        }
        let mut fields = Vec::new();
        self.flatten(text, "", DEEPEST, &mut fields)
            .map_err(|_| self.damaged("this line is not one whole object"))?;
        Ok(Some(fields))
    }

    pub(super) fn damaged(&self, why: &'static str) -> SheetError {
        SheetError::DamagedLine { input: self.input.clone(), line: self.number, why }
    }

    fn flatten<'t>(
        &self,
        json: &'t str,
        prefix: &str,
        depth: usize,
        fields: &mut Vec<JsonField<'t>>,
    ) -> serde_json::Result<()> {
        for (key, value) in serde_json::from_str::<Members<'t>>(json)?.0 {
            let (name, json) = (format!("{prefix}{key}"), value.get());
            // An object with the name of a result stays one value, so that the result replaces it.
            let is_result = ResultColumn::ALL.iter().any(|column| name.ends_with(column.name()));
            if json.starts_with('{') && depth > 0 && !is_result {
                self.flatten(json, &format!("{name}."), depth - 1, fields)?;
                continue;
            }
            let from = json.as_ptr().addr() - self.line.as_ptr().addr();
            let place = from..from + json.len();
            let text = match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
                Some(text) if !text.contains('\\') => text.into(),
                Some(_) => serde_json::from_str::<String>(json)?.into(),
                None if json == "null" => "".into(),
                None => json.into(),
            };
            fields.push(JsonField { name, place, text });
        }
        Ok(())
    }
}

/// The fields of an object in their order, with their values as they are written.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
