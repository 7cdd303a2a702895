//! Rows of a format whose cells need no parser, such as a workbook's. They are read once, into a private file.

use super::format::ReadRows;
use super::header::{self, FoundHeader};
use super::options::{ColumnName, Field, Header, Options};
use super::spool::{Spool, SpoolReader, SpoolWriter};
use super::table::Table;
use super::vocabulary::{self, HeaderMeaning};
use super::{Input, Record, SheetError};
use crate::people::Profile;
use std::collections::{BTreeSet, HashSet};
use std::io::{self, BufRead, BufReader, Read};

/// How many rows are looked at to find the header and the columns.
pub(super) const SAMPLE: usize = 2000;

const CHUNK: usize = 64 * 1024;

/// A small file can repeat one long text in all its cells.
const MOST_BYTES: u64 = 8 << 30;

/// More than a list of people has. Each row takes room for all columns.
pub(super) const MOST_COLUMNS: usize = 4096;

/// A row that is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GridRow {
    /// Its number in the input, from 1.
    pub(super) number: u64,
    /// The cells that are not empty, from left to right.
    pub(super) cells: Vec<GridCell>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct GridCell {
    pub(super) column: usize,
    pub(super) text: String,
    /// The address of a LinkedIn page that the cell links to.
    pub(super) link: Option<String>,
    pub(super) has_formula: bool,
}

impl GridRow {
    fn width(&self) -> usize {
        self.cells.last().map_or(0, |cell| cell.column + 1)
    }

    fn fields(&self, width: usize) -> Vec<String> {
        let mut fields = vec![String::new(); width];
        for cell in &self.cells {
            fields[cell.column].clone_from(&cell.text);
        }
        fields
    }

    fn encode(&self, bytes: &mut Vec<u8>) {
        let mut number = |number: u64| bytes.extend_from_slice(&number.to_le_bytes());
        number(self.number);
        number(self.cells.len() as u64);
        for cell in &self.cells {
            number(cell.column as u64);
            number(cell.text.len() as u64);
        }
        for cell in &self.cells {
            bytes.extend_from_slice(cell.text.as_bytes());
        }
    }
}

/// The data rows of an input, in a private file. All have the same width: here no separator can move a cell out of its
/// column.
#[derive(Debug)]
pub(super) struct Grid {
    /// The columns with formulas.
    calculated: BTreeSet<usize>,
    input: Input,
    rows: Spool,
    width: usize,
}

impl Grid {
    /// Reads all rows, and finds the header among the first.
    pub(super) fn gather(
        input: &Input,
        rows: impl Iterator<Item = Result<GridRow, SheetError>>,
        options: &Options,
    ) -> Result<(Self, Table), SheetError> {
        let mut rows = rows.fuse().map(|row| {
            let row = row?;
            if row.width() > MOST_COLUMNS {
                return Err(SheetError::TooManyColumns { input: input.clone(), row: row.number });
            }
            Ok(row)
        });
        let first: Vec<GridRow> = rows.by_ref().take(SAMPLE).collect::<Result<_, _>>()?;
        if first.is_empty() {
            return Err(SheetError::Empty { input: input.clone() });
        }
        let beginning = Beginning::of(first, options);
        let failed = |error| SheetError::uncopied(input, error);
        let mut spool = SpoolWriter::create().map_err(failed)?;
        let (mut calculated, mut bytes) = (BTreeSet::new(), 0);
        let mut buffer = Vec::new();
        let mut width = beginning.header().map_or(0, GridRow::width);
        let later = rows.map(|row| row.map(|row| beginning.links.resolve(row)));
        for row in beginning.data().iter().cloned().map(Ok).chain(later) {
            let row = row?;
            width = width.max(row.width());
            let formulas = row.cells.iter().filter(|cell| cell.has_formula);
            calculated.extend(formulas.map(|cell| cell.column));
            row.encode(&mut buffer);
            if buffer.len() >= CHUNK {
                bytes += buffer.len() as u64;
                if bytes > MOST_BYTES {
                    let input = input.clone();
                    return Err(SheetError::WorkbookTooLarge {
                        input,
                        why: "its cells hold too much text",
                    });
                }
                spool.write(&buffer).map_err(failed)?;
                buffer.clear();
            }
        }
        spool.write(&buffer).map_err(failed)?;
        let table = beginning.table(width);
        Ok((Self { calculated, input: input.clone(), rows: spool.finish(), width }, table))
    }

    pub(super) fn calculated_columns(&self) -> Vec<usize> {
        self.calculated.iter().copied().collect()
    }

    pub(super) fn rows(&self) -> Box<dyn ReadRows + Send> {
        Box::new(GridReader {
            reader: BufReader::with_capacity(CHUNK, self.rows.reader(0)),
            width: self.width,
            bytes: Vec::new(),
            ends: Vec::new(),
            input: self.input.clone(),
            number: 0,
        })
    }
}

/// The first rows, and which of them is the header.
struct Beginning {
    rows: Vec<GridRow>,
    found: FoundHeader,
    links: Links,
}

impl Beginning {
    fn of(rows: Vec<GridRow>, options: &Options) -> Self {
        let all = Links::default();
        let linked: Vec<GridRow> = rows.iter().map(|row| all.resolve(row.clone())).collect();
        let fields: Vec<Vec<String>> = linked.iter().map(|row| row.fields(row.width())).collect();
        let fields: Vec<&[String]> = fields.iter().map(Vec::as_slice).collect();
        let found = match options.header {
            Header::Absent => FoundHeader::ABSENT,
            Header::Detect => header::find(&fields, &options.map),
        };
        let links = Links::below(found.row.map(|row| fields[row]), options);
        let rows = rows.into_iter().map(|row| links.resolve(row)).collect();
        Self { rows, found, links }
    }

    fn header(&self) -> Option<&GridRow> {
        self.found.row.map(|row| &self.rows[row])
    }

    fn data(&self) -> &[GridRow] {
        &self.rows[self.found.row.map_or(0, |row| row + 1)..]
    }

    fn table(&self, width: usize) -> Table {
        let above = &self.rows[..self.found.row.unwrap_or(0)];
        Table {
            header: self.header().map(|row| row.fields(width)),
            header_line: self.header().map_or(1, |row| row.number),
            header_score: self.found.score,
            preamble: above.iter().map(|row| row.fields(row.width())).collect(),
            sample: self.data().iter().map(|row| row.fields(width)).collect(),
            width,
        }
    }
}

/// Decides for each cell with a link what counts: the address, or the text that is shown.
#[derive(Debug, Default)]
struct Links {
    /// Columns of names and companies: there the text counts.
    shown: HashSet<usize>,
}

impl Links {
    fn below(header: Option<&[String]>, options: &Options) -> Self {
        let is_mapped = |column: usize, name: &String| {
            options.map.iter().any(|mapping| {
                let is_it = match &mapping.column {
                    ColumnName::Named(named) => vocabulary::same(named, name),
                    ColumnName::Nothing => false,
                };
                let number = mapping.column.number().map(|number| number.get() - 1);
                mapping.field == Field::LinkedinUrl && (is_it || number == Some(column))
            })
        };
        let shows_text = |name: &String| {
            vocabulary::meaning(name).is_some_and(|meaning| match meaning {
                HeaderMeaning::Profile(_) | HeaderMeaning::Website => false,
                other => other.is_field(),
            })
        };
        let columns = header.unwrap_or_default().iter().enumerate();
        let shown = columns.filter(|(column, name)| shows_text(name) && !is_mapped(*column, name));
        Self { shown: shown.map(|(column, _)| column).collect() }
    }

    fn resolve(&self, mut row: GridRow) -> GridRow {
        for cell in &mut row.cells {
            if let Some(link) = cell.link.take()
                && !self.shown.contains(&cell.column)
            {
                cell.text = match (Profile::parse(&cell.text), Profile::parse(&link)) {
                    // A cell whose text was replaced keeps its old link: only the user knows who is meant.
                    (Ok(shown), Ok(linked)) if shown != linked => format!("{} {link}", cell.text),
                    (Ok(_) | Err(_), _) => link,
                };
            }
        }
        row
    }
}

struct GridReader {
    reader: BufReader<SpoolReader>,
    width: usize,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    input: Input,
    number: u64,
}

impl GridReader {
    fn next(&mut self, record: &mut Record) -> io::Result<bool> {
        if self.reader.fill_buf()?.is_empty() {
            record.end(0);
            return Ok(false);
        }
        self.number = self.read_number()?;
        let cells = self.read_number()?;
        self.ends.clear();
        let mut end = 0;
        for _ in 0..cells {
            let column = usize::try_from(self.read_number()?).map_err(io::Error::other)?;
            // The columns between the last cell and this one are empty.
            self.ends.resize(column, end);
            end += usize::try_from(self.read_number()?).map_err(io::Error::other)?;
            self.ends.push(end);
        }
        self.ends.resize(self.width, end);
        self.bytes.resize(end, 0);
        self.reader.read_exact(&mut self.bytes)?;
        let is_text = record.fill(&self.bytes, &self.ends, 0);
        record.set_number(self.number);
        if is_text { Ok(true) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    fn read_number(&mut self) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.reader.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

impl ReadRows for GridReader {
    fn read(&mut self, record: &mut Record) -> Result<bool, SheetError> {
        self.next(record).map_err(|source| SheetError::Read { input: self.input.clone(), source })
    }

    fn place(&self) -> u64 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::ProfileError;

    #[test]
    fn a_cell_whose_link_leads_to_somebody_else_is_nobody() {
        let at = "https://www.linkedin.com/in/";
        for (text, link, is_one) in [
            ("Profile", "ada", true),
            ("linkedin.com/in/ADA/", "ada", true),
            ("https://www.linkedin.com/in/ada-lov…", "ada-lovelace", true),
            ("https://www.linkedin.com/in/bob", "ada", false),
        ] {
            let link = format!("{at}{link}");
            let cell =
                GridCell { text: text.to_owned(), link: Some(link.clone()), ..GridCell::default() };
            let row = Links::default().resolve(GridRow { number: 1, cells: vec![cell] });
            let read = Profile::parse(&row.cells[0].text);
            assert_eq!(read == Profile::parse(&link), is_one, "{text}: {read:?}");
            assert_eq!(read == Err(ProfileError::Several), !is_one, "{text}: {read:?}");
        }
    }
}
