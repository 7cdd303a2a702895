//! The first bytes of a database file. They show whose file it is before SQLite opens it: SQLite may change a file by
//! opening it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Marks a SQLite file as an enrow-phone ledger, so that another program's database is never written to.
pub(super) const APPLICATION_ID: i32 = 0x656e_7068;

/// The header of a database has 100 bytes (SQLite file format, 1.3); the mark is in the last third.
const MAGIC: &[u8] = b"SQLite format 3\0";
const ID_AT: usize = 68;

/// Why a file is not a ledger.
pub(super) enum NotALedger {
    Io(io::Error),
    NoDatabase,
    OfAnotherProgram,
}

/// Looks at a file. An empty one may become a ledger.
pub(super) fn check(path: &Path) -> Result<(), NotALedger> {
    let mut header = Vec::with_capacity(100);
    let opened = File::open(path).and_then(|file| file.take(100).read_to_end(&mut header));
    opened.map_err(NotALedger::Io)?;
    let id = header.get(ID_AT..ID_AT + 4);
    match id {
        _ if header.is_empty() => Ok(()),
        _ if !header.starts_with(MAGIC) => Err(NotALedger::NoDatabase),
        Some(id) if id == APPLICATION_ID.to_be_bytes() => Ok(()),
        Some(_) | None => Err(NotALedger::OfAnotherProgram),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_a_file_is_is_told_by_its_first_bytes() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let header = |magic: &[u8], id: i32| [magic, &[0; 52], &id.to_be_bytes()].concat();
        for (bytes, is_ours, is_database) in [
            (Vec::new(), true, true),
            (header(MAGIC, APPLICATION_ID), true, true),
            (header(MAGIC, 1), false, true),
            (MAGIC.to_vec(), false, true),
            (header(b"SQLite format 2\0", APPLICATION_ID), false, false),
        ] {
            std::fs::write(file.path(), &bytes).unwrap();
            let told = check(file.path());
            assert_eq!(told.is_ok(), is_ours, "{bytes:?}");
            assert_eq!(!matches!(told, Err(NotALedger::NoDatabase)), is_database, "{bytes:?}");
        }
    }
}
