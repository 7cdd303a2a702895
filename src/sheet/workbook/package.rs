//! The zip file of a workbook: its parts by name, with limits on their size.

use super::WorkbookError;
use super::xml::{Xml, attribute, tags, xml};
use crate::sheet::spool::{Spool, SpoolReader, SpoolWriter};
use std::io::{self, BufReader, Read};
use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::{ZipError, ZipResult};

/// More parts than any real workbook has.
const MOST_PARTS: usize = 20_000;

/// A sheet with a million rows, the limit of Excel, is smaller.
const LARGEST_PART: u64 = 4 << 30;

const MOST_IN_MEMORY: u64 = 512 << 20;

/// A part may unpack to so many times its packed size. Sheets unpack to about twenty times theirs.
const DENSEST: u64 = 200;

/// Every part may unpack to this much.
const HARMLESS: u64 = 64 << 20;

type Archive = ZipArchive<BufReader<SpoolReader>>;

/// The parts of a workbook.
pub(super) struct Package {
    archive: Archive,
}

/// A reference from one part to another, or to the outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relationship {
    pub(super) id: String,
    /// The last word of its type: `worksheet`, `hyperlink`, `table`.
    pub(super) kind: String,
    /// The name of a part, or an address.
    pub(super) target: String,
}

impl Package {
    pub(super) fn open(file: &Spool) -> Result<Self, WorkbookError> {
        let archive =
            ZipArchive::new(BufReader::new(file.reader(0))).map_err(|error| match error {
                ZipError::Io(error) => error.into(),
                _ => WorkbookError::Damaged("its end is missing, or it is not a workbook"),
            })?;
        if archive.len() > MOST_PARTS {
            return Err(WorkbookError::TooLarge("it has too many parts"));
        }
        Ok(Self { archive })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// A part, which is unpacked while it is read.
    pub(super) fn part(&mut self, name: &str) -> Result<impl Read + use<'_>, WorkbookError> {
        let file = self.archive.by_name(name)?;
        let dense = file.compressed_size().saturating_mul(DENSEST).max(HARMLESS);
        Ok(Bounded { inner: file, left: LARGEST_PART.min(dense) })
    }

    /// Fails where a part would take too much memory.
    pub(super) fn check_size(&mut self, name: &str) -> Result<(), WorkbookError> {
        let mut part = self.part(name)?.take(MOST_IN_MEMORY + 1);
        match io::copy(&mut part, &mut io::sink())? {
            0..=MOST_IN_MEMORY => Ok(()),
            _ => Err(WorkbookError::TooLarge("it has more text than fits into memory")),
        }
    }

    /// A part as XML.
    pub(super) fn xml(&mut self, name: &str) -> Result<Xml<impl Read + use<'_>>, WorkbookError> {
        self.part(name).map(xml)
    }

    /// Unpacks a part into a private file, which can be read more than once.
    pub(super) fn unpack(&mut self, name: &str) -> Result<Spool, WorkbookError> {
        let mut part = self.part(name)?;
        let mut spool = SpoolWriter::create()?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match part.read(&mut buffer)? {
                0 => return Ok(spool.finish()),
                read => spool.write(&buffer[..read])?,
            }
        }
    }

    /// The references of a part.
    pub(super) fn relationships(&mut self, part: &str) -> Result<Vec<Relationship>, WorkbookError> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let rels = if folder.is_empty() {
            format!("_rels/{name}.rels")
        } else {
            format!("{folder}/_rels/{name}.rels")
        };
        if !self.has(&rels) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        tags(self.xml(&rels)?, |tag| {
            if tag.local_name().as_ref() == "Relationship" {
                let of = |name| attribute(tag, name).map(Option::unwrap_or_default);
                let (target, kind) = (of("Target")?, of("Type")?);
                let is_external = of("TargetMode")? == "External";
                found.push(Relationship {
                    id: of("Id")?,
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    target: if is_external { target } else { resolve(folder, &target) },
                });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// An entry as it is packed, to be copied unchanged.
    pub(super) fn raw(&mut self, index: usize) -> ZipResult<ZipFile<'_, BufReader<SpoolReader>>> {
        self.archive.by_index_raw(index)
    }

    pub(super) fn len(&self) -> usize {
        self.archive.len()
    }
}

/// The name of the part that a part in `folder` refers to.
fn resolve(folder: &str, target: &str) -> String {
    let from = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<&str> = from.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(path.pop()),
            step => path.push(step),
        }
    }
    path.join("/")
}

/// A reader that fails if the part is larger than it may be.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn targets_are_relative_to_the_part_that_names_them() {
        for (folder, target, part) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl/worksheets", "../tables/table1.xml", "xl/tables/table1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            ("", "xl/workbook.xml", "xl/workbook.xml"),
            ("xl", "../../../etc/passwd", "etc/passwd"),
        ] {
            assert_eq!(resolve(folder, target), part);
        }
    }
}
