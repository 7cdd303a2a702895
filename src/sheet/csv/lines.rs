/// Counts line ends: `\n`, `\r\n` and a lone `\r`.
#[derive(Debug, Clone, Default)]
pub(super) struct LineCounter {
    ends: u64,
    after_cr: bool,
}

impl LineCounter {
    /// Takes the next piece of text.
    pub(super) fn count(&mut self, piece: &[u8]) {
        for &byte in piece {
            if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
                self.ends += 1;
            }
            self.after_cr = byte == b'\r';
        }
    }

    /// The line on which the next character stands, from 1.
    pub(super) fn line(&self) -> u64 {
        self.ends + 1
    }
}

/// Counts the blank lines at the end of a text.
#[derive(Debug, Default)]
pub(super) struct TrailingBlankLines(LineCounter);

impl TrailingBlankLines {
    /// Takes the next piece of text.
    pub(super) fn count(&mut self, piece: &[u8]) {
        let last = piece.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
        if last.is_some() {
            self.0 = LineCounter::default();
        }
        self.0.count(&piece[last.map_or(0, |at| at + 1)..]);
    }

    /// The first of the line ends belongs to the last line that is not blank.
    pub(super) fn total(&self) -> u64 {
        self.0.ends.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_counts_once() {
        let mut lines = LineCounter::default();
        lines.count(b"a\r\nb\nc\rd\r");
        lines.count(b"\ne");
        assert_eq!(lines.line(), 5);
    }

    #[test]
    fn blank_lines_count_at_the_end_only_and_across_pieces() {
        for (pieces, total) in [
            (&["a\n\nb"][..], 0),
            (&["a\n", "\n", "\r\n"], 2),
            (&["a\r", "\n\r", "\n"], 1),
            (&["a\n\n", "b\n"], 0),
            (&["a"], 0),
        ] {
            let mut blank = TrailingBlankLines::default();
            for piece in pieces {
                blank.count(piece.as_bytes());
            }
            assert_eq!(blank.total(), total, "{pieces:?}");
        }
    }
}
