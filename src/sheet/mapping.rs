//! How a sheet is read, said in one line.

use super::{Field, Sheet};
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
                columns.into_iter().map(|index| sheet.table.name(index)).collect();
            let names = match (field, sheet.columns.infix.as_slice()) {
                // What stands between the names is put before the last one.
                (Field::Lastname, [_, ..]) => names.join(" and "),
                _ => names.join(" or "),
            };
            write!(f, "{separator}{names} as {field}")?;
            separator = ", ";
        }
        let mut unusual = sheet.source.peculiarities(&sheet.table);
        match &sheet.table.header {
            None => unusual.push("no header".to_owned()),
            Some(_) if sheet.table.header_line > 1 => {
                unusual.push(format!("header on line {}", sheet.table.header_line));
            }
            Some(_) => {}
        }
        if !unusual.is_empty() {
            write!(f, " ({})", unusual.join(", "))?;
        }
        Ok(())
    }
}
