//! The rows of a sheet, as the lookup wants them.

use crate::lookup::{InputRow, Rows};
use crate::sheet::{Record, RowReader, Sheet};

/// A sheet that is read as often as the lookup asks for it.
pub(super) struct SheetRows<'a>(pub(super) &'a Sheet);

impl Rows for SheetRows<'_> {
    fn pass(&self) -> anyhow::Result<Box<dyn Iterator<Item = anyhow::Result<InputRow>> + '_>> {
        Ok(Box::new(Entries { sheet: self.0, pass: self.0.rows()?, record: Record::default() }))
    }
}

struct Entries<'a> {
    sheet: &'a Sheet,
    pass: RowReader,
    record: Record,
}

impl Iterator for Entries<'_> {
    type Item = anyhow::Result<InputRow>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.pass.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(InputRow {
                row: self.sheet.identify(&self.record),
                fingerprint: self.record.fingerprint(),
            })),
            Err(error) => Some(Err(error.into())),
        }
    }
}
