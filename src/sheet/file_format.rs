//! Which formats there are.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    JsonLines,
    /// Not written: no program of this kind would know its file again.
    ReadOnly,
    /// A workbook with macros.
    Xlsm,
    Xlsx,
}
