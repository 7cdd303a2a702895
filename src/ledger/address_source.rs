//! Where the address of a server was written.

/// Who can read the address of a server where it was written. A password may stand where others cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressSource {
    /// Others may read the file it stands in.
    InAnOpenFile,
    /// The list of processes shows it.
    ToEverybody,
    ToUs,
}
