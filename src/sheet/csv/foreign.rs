//! Files that people take for CSV, known by their first bytes.

/// A kind of file that is no CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForeignKind {
    /// What it is, as the middle of a sentence.
    pub what: &'static str,
    pub remedy: Remedy,
}

/// How a list is got out of such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// It shows a list, and no program reads it from there reliably.
    AskForTheList,
    ExportTheTable,
    SaveAsCsv,
    Unpack,
}

/// Each kind with its first bytes. Those of a text are followed by bytes that no header has.
const KINDS: [(&[u8], &str, Remedy); 17] = [
    (b"%PDF", "a PDF document", Remedy::AskForTheList),
    (b"<", "an HTML or XML document", Remedy::SaveAsCsv),
    (b"[{", "JSON", Remedy::SaveAsCsv),
    (b"SQLite format 3\0", "an SQLite database", Remedy::ExportTheTable),
    (b"\x1f\x8b", "compressed with gzip", Remedy::Unpack),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd", Remedy::Unpack),
    (b"\xfd7zXZ\0", "compressed with xz", Remedy::Unpack),
    (b"\x04\x22\x4d\x18", "compressed with lz4", Remedy::Unpack),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", Remedy::Unpack),
    (b"Rar!\x1a\x07", "a RAR archive", Remedy::Unpack),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", Remedy::AskForTheList),
    (b"\xff\xd8\xff", "a JPEG image", Remedy::AskForTheList),
    (b"GIF87a", "a GIF image", Remedy::AskForTheList),
    (b"GIF89a", "a GIF image", Remedy::AskForTheList),
    (b"II\x2a\0", "a TIFF image", Remedy::AskForTheList),
    (b"MM\0\x2a", "a TIFF image", Remedy::AskForTheList),
    (b"PAR1\x15", "a Parquet file", Remedy::ExportTheTable),
];

impl ForeignKind {
    /// What a file is that begins like this; `None` if it may be CSV.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        let text = head.trim_ascii_start();
        let named = KINDS.iter().find(|(magic, ..)| text.starts_with(magic));
        let kind = |&(_, what, remedy): &(&[u8], &'static str, Remedy)| Self { what, remedy };
        let bzip2 = Self { what: "compressed with bzip2", remedy: Remedy::Unpack };
        let webp = Self { what: "a WebP image", remedy: Remedy::AskForTheList };
        named
            .map(kind)
            .or_else(|| is_bzip2(head).then_some(bzip2))
            .or_else(|| is_webp(head).then_some(webp))
    }
}

/// Behind its name stand the size of its blocks and the mark of a block, or of the end.
fn is_bzip2(head: &[u8]) -> bool {
    let marks: [&[u8]; 2] = [b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"];
    head.starts_with(b"BZh")
        && head.get(4..).is_some_and(|rest| marks.iter().any(|mark| rest.starts_with(mark)))
}

/// Its size stands between the two words.
fn is_webp(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..).is_some_and(|rest| rest.starts_with(b"WEBP"))
}
