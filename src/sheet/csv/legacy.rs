//! What a file is that is not UTF-8: the evidence, weighed byte by byte.

use super::lines::LineCounter;

/// What a file that is not UTF-8 is.
#[derive(Debug)]
pub(super) enum Verdict {
    /// UTF-8 with a damaged place: reading it as anything else would spoil every accented name.
    MostlyUtf8,
    /// Some other encoding: this byte means nothing in Windows-1252.
    Other {
        offset: u64,
        line: u64,
        byte: u8,
    },
    Windows1252,
}

/// The evidence. Accented letters of a legacy code page form valid UTF-8 sequences by accident only.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// Sequences of several bytes that are UTF-8.
    valid: u64,
    /// Places that are not.
    invalid: u64,
    undefined: Option<(u64, u64, u8)>,
    offset: u64,
    lines: LineCounter,
    /// The beginning of a character that goes on in the next piece.
    pending: Vec<u8>,
}

impl Evidence {
    /// Takes the next piece of the file; an empty piece is the end.
    pub(super) fn weigh(&mut self, piece: &[u8]) {
        if self.undefined.is_none() {
            let at = piece.iter().position(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d));
            self.lines.count(&piece[..at.unwrap_or(piece.len())]);
            self.undefined = at.map(|at| (self.offset + at as u64, self.lines.line(), piece[at]));
        }
        self.offset += piece.len() as u64;
        self.pending.extend_from_slice(piece);
        let mut taken = 0;
        for chunk in self.pending.utf8_chunks() {
            self.valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count() as u64;
            taken += chunk.valid().len();
            let rest = chunk.invalid().len();
            let may_go_on = taken + rest == self.pending.len() && (1..4).contains(&rest);
            if may_go_on && !piece.is_empty() {
                break;
            }
            self.invalid += u64::from(rest > 0);
            taken += rest;
        }
        self.pending.drain(..taken);
    }

    pub(super) fn verdict(&self) -> Verdict {
        match self.undefined {
            _ if self.valid > self.invalid => Verdict::MostlyUtf8,
            Some((offset, line, byte)) => Verdict::Other { offset, line, byte },
            None => Verdict::Windows1252,
        }
    }
}
