//! Which format an output has, by its name and by the format of the input.

use super::file_format::Format;
use super::{Delimiter, Input, Output, SheetError};
use std::path::Path;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OutputFormat {
    /// The format and dialect of the input, with everything around the rows.
    #[default]
    AsRead,
    /// A new CSV, with this between the fields.
    Csv(Delimiter),
    /// A new file of JSON lines.
    JsonLines,
    /// A new workbook.
    Workbook,
}

impl OutputFormat {
    /// For the rows of an input of the format `read`.
    pub(super) fn choose(input: &Input, read: Format, output: &Output) -> Result<Self, SheetError> {
        let refused = |why| SheetError::OutputName {
            input: Some(input.clone()),
            output: output.to_string(),
            why,
        };
        let Some(named) = output.named_file().and_then(|path| named(&path)) else {
            return match (read, output) {
                (Format::Csv | Format::JsonLines, _)
                | (Format::Xlsm | Format::Xlsx, Output::File(_)) => Ok(Self::AsRead),
                (Format::ReadOnly, Output::File(_)) => Err(refused(OutputRefusal::ReadOnly)),
                (_, Output::Device(_) | Output::Stdout) => Ok(Self::Csv(Delimiter::COMMA)),
            };
        };
        match (named, read) {
            (Format::Csv, Format::Csv)
            | (Format::JsonLines, Format::JsonLines)
            | (Format::Xlsm, Format::Xlsm)
            | (Format::Xlsx, Format::Xlsx) => Ok(Self::AsRead),
            (Format::Csv, _) => Ok(Self::Csv(delimiter(output))),
            (Format::JsonLines, _) => Ok(Self::JsonLines),
            (Format::Xlsx, Format::Csv | Format::JsonLines | Format::ReadOnly) => {
                Ok(Self::Workbook)
            }
            (Format::Xlsx, Format::Xlsm) => Err(refused(OutputRefusal::LosesMacros)),
            (Format::Xlsm, _) => Err(refused(OutputRefusal::NoMacros)),
            (Format::ReadOnly, _) => Err(refused(OutputRefusal::ReadOnly)),
        }
    }

    /// For rows that were not read.
    pub(crate) fn of(output: &Output) -> Result<Self, SheetError> {
        let refused =
            |why| Err(SheetError::OutputName { input: None, output: output.to_string(), why });
        match output.named_file().and_then(|path| named(&path)) {
            None | Some(Format::Csv) => Ok(Self::Csv(delimiter(output))),
            Some(Format::JsonLines) => Ok(Self::JsonLines),
            Some(Format::Xlsx) => Ok(Self::Workbook),
            Some(Format::Xlsm) => refused(OutputRefusal::NoMacros),
            Some(Format::ReadOnly) => refused(OutputRefusal::ReadOnly),
        }
    }
}

/// Why an output cannot have its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputRefusal {
    /// The name is for workbooks without macros.
    LosesMacros,
    /// The name is for workbooks with macros.
    NoMacros,
    /// Files of this kind are not written.
    ReadOnly,
}

/// What separates the fields of a new CSV. Programs that open a `.tsv` do not look for commas.
fn delimiter(output: &Output) -> Delimiter {
    match output.named_file().as_deref().and_then(extension).as_deref() {
        Some("tab" | "tsv") => Delimiter::TAB,
        Some(_) | None => Delimiter::COMMA,
    }
}

/// The format that the extension of a name stands for, if any.
pub(super) fn named(path: &Path) -> Option<Format> {
    Some(match extension(path)?.as_str() {
        "csv" | "tab" | "tsv" | "txt" => Format::Csv,
        "xlsm" => Format::Xlsm,
        "xlsx" => Format::Xlsx,
        "jsonl" | "ndjson" => Format::JsonLines,
        // Under the names of archives and documents no program looks for rows of text.
        "7z" | "bz2" | "doc" | "docx" | "gz" | "json" | "numbers" | "ods" | "parquet" | "pdf"
        | "xla" | "xlam" | "xls" | "xlsb" | "xlt" | "xltm" | "xltx" | "xz" | "zip" | "zst" => {
            Format::ReadOnly
        }
        _ => return None,
    })
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
