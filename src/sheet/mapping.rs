//! How a sheet is read, said in one line.

use super::{Delimiter, Encoding, Field, Sheet};
use std::fmt;

/// Says which column is read as which field, and what is unusual about the sheet.
pub struct MappingSummary<'a>(pub(super) &'a Sheet);

impl fmt::Display for MappingSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(sheet) = self;
        f.write_str("reading ")?;
        let mut separator = "";
        for field in Field::ALL {
            let columns = sheet.columns.of(field);
            if columns.is_empty() {
                continue;
            }
            let names: Vec<String> =
                columns.into_iter().map(|index| sheet.layout.name(index)).collect();
            let names = match (field, sheet.columns.infix.as_slice()) {
                // What stands between the names is put before the last one.
                (Field::Lastname, [_, ..]) => names.join(" and "),
                _ => names.join(" or "),
            };
            write!(f, "{separator}{names} as {field}")?;
            separator = ", ";
        }
        let mut unusual = Vec::new();
        if sheet.source.encoding != Encoding::UTF_8 {
            unusual.push(sheet.source.encoding.to_string());
        }
        if sheet.layout.delimiter != Delimiter::USUAL[0] && sheet.layout.width > 1 {
            unusual.push(format!("separated by {}", sheet.layout.delimiter));
        }
        match &sheet.layout.header {
            None => unusual.push("no header".to_owned()),
            Some(_) if sheet.layout.header_line > 1 => {
                unusual.push(format!("header on line {}", sheet.layout.header_line));
            }
            Some(_) => {}
        }
        if !unusual.is_empty() {
            write!(f, " ({})", unusual.join(", "))?;
        }
        Ok(())
    }
}
