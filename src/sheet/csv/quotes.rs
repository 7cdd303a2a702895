//! The quotes in raw text: checks where they are, and removes them from a usual line. `csv_core` removes quotes too, but
//! does not tell where they were.

use super::dialect::Marks;

/// How the quotes of a record end.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum QuoteEnd {
    /// Every quote that was opened is closed.
    Closed,
    /// The quote at this offset is open when the text ends.
    Open(usize),
    /// The quote at this offset is closed on a later line by a quote that was meant to open a field: text follows it.
    Stray(usize),
}

/// Looks for a quote that was left open and swallowed the lines below.
pub(super) fn check(raw: &[u8], marks: Marks) -> QuoteEnd {
    let mut at = 0;
    while at < raw.len() {
        let start = at;
        if raw[at] == marks.quote {
            let Some(end) = closing_quote(raw, at + 1, marks.quote) else {
                return QuoteEnd::Open(start);
            };
            at = end + 1;
            let goes_on = raw.get(at).is_some_and(|byte| !marks.ends_field(*byte));
            if goes_on && raw[start..end].contains(&b'\n') {
                return QuoteEnd::Stray(start);
            }
        }
        at = field_end(raw, at, marks) + 1;
    }
    QuoteEnd::Closed
}

/// Whether there are fields and all of them are in quotes.
pub(super) fn all_quoted(raw: &[u8], marks: Marks) -> bool {
    let mut at = 0;
    let mut any = false;
    while at < raw.len() {
        if matches!(raw[at], b'\r' | b'\n') {
            at += 1;
            continue;
        }
        if raw[at] != marks.quote {
            return false;
        }
        let closed = closing_quote(raw, at + 1, marks.quote).map_or(raw.len(), |end| end + 1);
        any = true;
        at = field_end(raw, closed, marks);
        if raw.get(at) == Some(&marks.delimiter) {
            at += 1;
            // A delimiter at the end of a line, or of the text, has an unquoted empty field behind it.
            if raw.get(at).is_none_or(|byte| matches!(byte, b'\r' | b'\n')) {
                return false;
            }
        }
    }
    any
}

/// Appends the fields of a line to `text`, without the quotes around them, and appends to `ends` where each field ends.
/// `None` if a quoted field has a quote inside, or text after its closing quote, or no closing quote.
pub(super) fn take_off(
    line: &[u8],
    marks: Marks,
    text: &mut Vec<u8>,
    ends: &mut Vec<usize>,
) -> Option<()> {
    let mut at = 0;
    loop {
        let (field, end) = if line.get(at) == Some(&marks.quote) {
            let inside = &line[at + 1..];
            let length = memchr::memchr(marks.quote, inside)?;
            (&inside[..length], at + length + 2)
        } else {
            let rest = &line[at..];
            let length = memchr::memchr(marks.delimiter, rest).unwrap_or(rest.len());
            (&rest[..length], at + length)
        };
        text.extend_from_slice(field);
        ends.push(text.len());
        match line.get(end) {
            None => return Some(()),
            Some(byte) if *byte == marks.delimiter => at = end + 1,
            Some(_) => return None,
        }
    }
}

/// Where the quote that was opened before `at` is closed; doubled quotes are text.
fn closing_quote(raw: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += raw[at..].iter().position(|byte| *byte == quote)?;
        if raw.get(at + 1) != Some(&quote) {
            return Some(at);
        }
        at += 2;
    }
}

/// Where the field that is not in quotes here ends.
fn field_end(raw: &[u8], at: usize, marks: Marks) -> usize {
    let length = raw[at..].iter().position(|byte| marks.ends_field(*byte));
    length.map_or(raw.len(), |length| at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_closed_by_a_later_line_is_stray() {
        assert_eq!(check(b"a,\"b,c\nd,\"e\",f\n", Marks::separated_by(b',')), QuoteEnd::Stray(2));
        assert_eq!(check(b"a,\"b,c\nd,e\n", Marks::separated_by(b',')), QuoteEnd::Open(2));
    }

    #[test]
    fn line_breaks_inside_proper_quotes_are_nothing_to_say() {
        for raw in [
            &b"a,\"b\nc\",d\n"[..],
            b"\"a \"\"x\"\" \n b\"\r\n",
            b"a\"b,c\n",
            b"\"a\"b,c\n",
            b"\"\"",
            b"",
        ] {
            assert_eq!(check(raw, Marks::separated_by(b',')), QuoteEnd::Closed, "{raw:?}");
        }
    }

    #[test]
    fn a_file_is_quoted_throughout_or_not() {
        for (raw, all) in [
            (&b"\"a\",\"b\"\r\n\r\n\"\",\"x\"\"y,\"\n"[..], true),
            (b"\"a\",\"b\"\n\"c\",\n", false),
            (b"\"a\",b\n", false),
            (b"\"a\",,\"b\"\n", false),
            (b"a\n", false),
            (b"", false),
        ] {
            assert_eq!(
                all_quoted(raw, Marks::separated_by(b',')),
                all,
                "{:?}",
                String::from_utf8_lossy(raw)
            );
        }
    }
}
