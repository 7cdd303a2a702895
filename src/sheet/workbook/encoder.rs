//! Writes a workbook back: the same parts, with the results in one sheet.

use super::WorkbookError;
use super::edit::{NewCells, SheetCopy};
use super::new_columns::NewColumns;
use super::package::Package;
use super::table_part::{TablePart, grown};
use crate::sheet::format::{EncodeRows, Heading, RowOut};
use crate::sheet::spool::{Spool, SpoolReader};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

type Zip = ZipWriter<BufWriter<File>>;

/// What is needed to write a workbook again.
#[derive(Debug, Clone)]
pub(super) struct Original {
    pub(super) file: Spool,
    /// The unpacked part of the sheet.
    pub(super) sheet: Spool,
    /// The name of that part.
    pub(super) part: String,
    pub(super) header_row: Option<u32>,
    pub(super) tables: Vec<TablePart>,
}

/// Writes the workbook into a private file, and copies it to the output at the end: a zip file needs to seek.
pub(super) struct WorkbookEditor {
    original: Original,
    package: Option<Package>,
    /// How many parts are in the target.
    copied: usize,
    /// The parts that get another content, by name.
    changed: HashMap<String, Vec<u8>>,
    sheet: Option<SheetCopy<SpoolReader, BufWriter<Zip>>>,
}

impl WorkbookEditor {
    pub(super) fn new(original: Original) -> Self {
        Self { original, package: None, copied: 0, changed: HashMap::new(), sheet: None }
    }

    fn start(&mut self, heading: &Heading<'_>) -> Result<(), WorkbookError> {
        let column = |column: usize| u32::try_from(column).unwrap_or(u32::MAX);
        let added = heading.places.added();
        let columns = NewColumns {
            added: column(added.start)..column(added.end),
            header_row: self.original.header_row,
        };
        let cells = |row: RowOut<'_>| -> Vec<(u32, String)> {
            let added_cells = row.result_cells().filter(|(at, _)| added.contains(at));
            added_cells.map(|(at, text)| (column(at), text.to_owned())).collect()
        };
        let names = heading.header.map(cells).unwrap_or_default();
        let mut package = Package::open(&self.original.file)?;
        let titles: Vec<String> = names.iter().map(|(_, name)| name.clone()).collect();
        for table in self.original.tables.iter().filter(|table| table.grows(&columns, &titles)) {
            let mut part = Vec::new();
            package.part(&table.part)?.read_to_end(&mut part)?;
            self.changed.insert(table.part.clone(), grown(&part, &columns, &titles)?);
        }
        let mut target = ZipWriter::new(BufWriter::new(tempfile::tempfile()?));
        self.package = Some(package);
        self.copy_parts(&mut target)?;
        let part = BufWriter::with_capacity(64 * 1024, target);
        let mut sheet = SheetCopy::new(self.original.sheet.reader(0), part, columns)?;
        if let Some(row) = self.original.header_row {
            sheet.row(row, names.into_iter().collect())?;
        }
        self.sheet = Some(sheet);
        Ok(())
    }

    /// Copies parts as they are packed, or writes their new content. At the part of the sheet it begins that part and
    /// stops.
    fn copy_parts(&mut self, target: &mut Zip) -> Result<(), WorkbookError> {
        let Some(package) = &mut self.package else { return Ok(()) };
        while self.copied < package.len() {
            let part = package.raw(self.copied)?;
            self.copied += 1;
            let name = part.name()?.into_owned();
            let changed = self.changed.get(&name);
            if name != self.original.part && changed.is_none() {
                target.raw_copy_file(part)?;
                continue;
            }
            let mut options =
                SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
            if let Some(time) = part.last_modified() {
                options = options.last_modified_time(time);
            }
            // The results make a sheet less than twice as large.
            options = options.large_file(part.size() > u64::from(u32::MAX) / 2);
            drop(part);
            target.start_file(name, options)?;
            match changed {
                Some(changed) => target.write_all(changed)?,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut dyn Write) -> Result<(), WorkbookError> {
        let Some(sheet) = self.sheet.take() else { return Ok(()) };
        let mut target = sheet.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        self.copy_parts(&mut target)?;
        let mut file = target.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        io::copy(&mut file, out)?;
        Ok(())
    }
}

impl EncodeRows for WorkbookEditor {
    fn begin(&mut self, heading: &Heading<'_>, _: &mut dyn Write) -> io::Result<()> {
        self.start(heading).map_err(WorkbookError::into_io)
    }

    fn row(&mut self, row: RowOut<'_>, _: &mut dyn Write) -> io::Result<()> {
        let Some(sheet) = &mut self.sheet else { return Ok(()) };
        // A cell that has the text already keeps its bytes.
        let is_new = |(at, text): &(usize, &str)| row.record.get(*at).unwrap_or_default() != *text;
        let cells: Result<NewCells, _> = row
            .result_cells()
            .filter(is_new)
            .map(|(at, text)| u32::try_from(at).map(|at| (at, text.to_owned())))
            .collect();
        let number = u32::try_from(row.record.number()).map_err(io::Error::other)?;
        sheet.row(number, cells.map_err(io::Error::other)?).map_err(WorkbookError::into_io)
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.finish(out).map_err(WorkbookError::into_io)
    }
}
