//! A new workbook: one sheet of text, its header frozen and filtered.

use super::cells::push_cell;
use super::place::{Area, LAST_COLUMN, LAST_ROW, Place};
use crate::sheet::Record;
use crate::sheet::format::{EncodeRows, Heading, RowOut};
use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::ops::Range;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The longest text of a cell (Excel specifications and limits).
const LONGEST_TEXT: usize = 32_767;

/// Indexes of the cell styles in [`STYLES`].
const TEXT: usize = 1;
const HEADER: usize = 2;

const CONTENT_TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#;

const RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;

const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#;

const WORKBOOK_RELATIONSHIPS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;

/// Number format 49 is text: a number that somebody types in again stays text.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;

const PARTS: [(&str, &str); 5] = [
    ("[Content_Types].xml", CONTENT_TYPES),
    ("_rels/.rels", RELATIONSHIPS),
    ("xl/workbook.xml", WORKBOOK),
    ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONSHIPS),
    ("xl/styles.xml", STYLES),
];

/// Checks whether rows fit into a workbook.
#[derive(Default)]
pub(in crate::sheet) struct SizeLimit {
    rows: u64,
    /// The size of the unpacked sheet, estimated high.
    bytes: u64,
}

impl SizeLimit {
    /// Why the next row does not fit, if it does not.
    pub(in crate::sheet) fn misfit(
        &mut self,
        record: &Record,
        width: usize,
    ) -> Option<&'static str> {
        self.rows += 1;
        let cells = record.len().max(width) + 4;
        let text: usize = record.fields().map(str::len).sum();
        self.bytes += 2 * text as u64 + 80 * cells as u64;
        if self.rows >= LAST_ROW.into() {
            Some("a sheet has no more than 1,048,576 rows")
        } else if cells > LAST_COLUMN as usize {
            Some("a sheet has no more than 16,384 columns")
        } else if record.fields().any(|field| field.encode_utf16().count() > LONGEST_TEXT) {
            Some("a cell holds no more than 32,767 characters")
        } else if self.bytes > u32::MAX.into() {
            Some("a sheet of it would have more than 4 GB")
        } else {
            None
        }
    }
}

/// Writes the workbook into a private file, and copies it to the output at the end: a zip file needs to seek.
#[derive(Default)]
pub(super) struct NewWorkbook {
    target: Option<ZipWriter<BufWriter<File>>>,
    xml: String,
    rows: u32,
    width: u32,
    header: Option<u32>,
    /// Columns that hold numbers.
    numbers: Range<u32>,
}

impl NewWorkbook {
    fn row<'c>(
        &mut self,
        cells: impl Iterator<Item = &'c str>,
        style: usize,
        numbers: Range<u32>,
    ) -> io::Result<()> {
        self.rows += 1;
        self.xml.push_str(&format!("<row r=\"{}\">", self.rows));
        for (column, text) in (0..).zip(cells) {
            self.width = self.width.max(column + 1);
            let place = Place { column, row: self.rows };
            if text.is_empty() {
                continue;
            }
            if numbers.contains(&column) {
                self.xml.push_str(&format!("<c r=\"{place}\"><v>{text}</v></c>"));
            } else {
                push_cell(&mut self.xml, "", place, Some(style), text);
            }
        }
        self.xml.push_str("</row>");
        if self.xml.len() > 64 * 1024 { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> io::Result<()> {
        if let Some(target) = &mut self.target {
            target.write_all(self.xml.as_bytes())?;
        }
        self.xml.clear();
        Ok(())
    }
}

impl EncodeRows for NewWorkbook {
    fn begin(&mut self, heading: &Heading<'_>, _: &mut dyn Write) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let mut target = ZipWriter::new(BufWriter::new(tempfile::tempfile()?));
        for (name, text) in PARTS {
            target.start_file(name, options)?;
            target.write_all(text.as_bytes())?;
        }
        target.start_file("xl/worksheets/sheet1.xml", options)?;
        self.target = Some(target);
        let header = u32::try_from(heading.preamble.len() + 1).map_err(io::Error::other)?;
        self.header = heading.header.map(|_| header);
        let [from, to] = [heading.numbers.start, heading.numbers.end].map(u32::try_from);
        self.numbers = from.map_err(io::Error::other)?..to.map_err(io::Error::other)?;
        self.xml.push_str(concat!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">"
        ));
        if let Some(header) = self.header {
            self.xml.push_str(&format!(
                "<sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane ySplit=\"{header}\" \
                 topLeftCell=\"A{}\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>",
                header + 1
            ));
        }
        let columns = heading.header.map_or(heading.places.added().end, |row| row.cells().count());
        let columns = columns.max(1);
        self.xml.push_str(&format!(
            "<sheetFormatPr defaultRowHeight=\"15\"/><cols><col min=\"1\" max=\"{columns}\" width=\"20\" \
             style=\"{TEXT}\" customWidth=\"1\"/></cols><sheetData>"
        ));
        for row in heading.preamble {
            self.row(row.iter().map(String::as_str), TEXT, 0..0)?;
        }
        if let Some(header) = heading.header {
            self.row(header.cells(), HEADER, 0..0)?;
        }
        Ok(())
    }

    fn row(&mut self, row: RowOut<'_>, _: &mut dyn Write) -> io::Result<()> {
        self.row(row.cells(), TEXT, self.numbers.clone())
    }

    fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.xml.push_str("</sheetData>");
        if let Some(header) = self.header {
            let first = Place { column: 0, row: header };
            let last = Place { column: self.width.max(1) - 1, row: self.rows.max(header) };
            self.xml.push_str(&format!("<autoFilter ref=\"{}\"/>", Area { first, last }));
        }
        self.xml.push_str("</worksheet>");
        self.write()?;
        let Some(target) = self.target.take() else { return Ok(()) };
        let mut file = target.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        io::copy(&mut file, out).map(drop)
    }
}
