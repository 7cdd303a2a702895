//! How a sheet is read, said in one line.

use super::columns::Columns;
use super::format::RowSource;
use super::options::Field;
use super::table::Table;
use std::fmt;

/// Says which column is read as which field, and what is unusual about the self.
pub struct MappingSummary<'a> {
    pub(super) columns: &'a Columns,
    pub(super) source: &'a dyn RowSource,
    pub(super) table: &'a Table,
}

impl fmt::Display for MappingSummary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reading ")?;
        let mut separator = "";
        for field in Field::ALL {
            let columns = self.columns.of(field);
            if columns.is_empty() {
                continue;
            }
            let names: Vec<String> =
                columns.into_iter().map(|index| self.table.name(index)).collect();
            let names = match (field, self.columns.infix.as_slice()) {
                // What stands between the names is put before the last one.
                (Field::Lastname, [_, ..]) => names.join(" and "),
                _ => names.join(" or "),
            };
            write!(f, "{separator}{names} as {field}")?;
            separator = ", ";
        }
        let mut unusual = self.source.peculiarities(self.table);
        match &self.table.header {
            None => unusual.push("no header".to_owned()),
            Some(_) if self.table.header_line > 1 => {
                unusual.push(format!("header on line {}", self.table.header_line));
            }
            Some(_) => {}
        }
        if !unusual.is_empty() {
            write!(f, " ({})", unusual.join(", "))?;
        }
        Ok(())
    }
}
