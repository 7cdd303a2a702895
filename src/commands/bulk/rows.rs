//! The rows of a sheet, as the lookup wants them.

use crate::lookup::{InputRow, RowError};
use crate::sheet::{Record, RowReader, Sheet};

/// One pass over a sheet.
pub(super) struct SheetRows<'a> {
    sheet: &'a Sheet,
    reader: RowReader,
    record: Record,
}

impl<'a> SheetRows<'a> {
    pub(super) fn read(sheet: &'a Sheet) -> Self {
        Self { sheet, reader: sheet.rows(), record: Record::default() }
    }
}

impl Iterator for SheetRows<'_> {
    type Item = Result<InputRow, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(InputRow {
                row: self.sheet.identify(&self.record),
                // The copy that is read does not change.
                fingerprint: 0,
            })),
            Err(error) => Some(Err(error.into())),
        }
    }
}
