use crate::lookup::RowError;
use crate::people::Row;
use crate::sheet::{KeepSearches, Record, RowReader, Sheet};

/// One pass over a sheet, as [`Plan::make`](crate::lookup::Plan::make) takes it.
pub(super) struct SheetRows<'a> {
    sheet: &'a Sheet,
    reader: RowReader,
    record: Record,
    kept: Option<&'a mut KeepSearches>,
}

impl<'a> SheetRows<'a> {
    pub(super) fn read(sheet: &'a Sheet) -> Self {
        Self { sheet, reader: sheet.rows(), record: Record::default(), kept: None }
    }

    /// Reads it and keeps the search of each row.
    pub(super) fn keep(sheet: &'a Sheet, kept: &'a mut KeepSearches) -> Self {
        Self { kept: Some(kept), ..Self::read(sheet) }
    }
}

impl Iterator for SheetRows<'_> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                let row = self.sheet.identify(&self.record);
                let kept = self.kept.as_mut().map_or(Ok(()), |kept| kept.add(&row));
                Some(kept.map(|()| row).map_err(Into::into))
            }
            Err(error) => Some(Err(error.into())),
        }
    }
}
