//! Copies a part with changes. Every other byte stays as it is.

use super::WorkbookError;
use super::xml::{Xml, next, xml};
use quick_xml::events::{BytesStart, Event};
use std::io::{self, Read, Write};
use std::ops::Range;

const MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a part twice at the same time: as XML, to find the places, and as bytes, to copy them.
pub(super) struct Splice<R, W> {
    reader: Xml<R>,
    buffer: Vec<u8>,
    bytes: R,
    /// How many bytes are copied or left out.
    copied: u64,
    /// The length of a byte order mark, which the positions of the reader do not count.
    mark: u64,
    out: W,
}

impl<R: Read + Clone, W: Write> Splice<R, W> {
    pub(super) fn new(part: R, out: W) -> io::Result<Self> {
        let mut head = Vec::new();
        part.clone().take(MARK.len() as u64).read_to_end(&mut head)?;
        let mark = if head == MARK { MARK.len() as u64 } else { 0 };
        Ok(Self {
            reader: xml(part.clone()),
            buffer: Vec::new(),
            bytes: part,
            copied: 0,
            mark,
            out,
        })
    }

    /// The next event, and where its bytes are.
    pub(super) fn next(&mut self) -> Result<(Event<'_>, Range<u64>), WorkbookError> {
        let from = self.reader.buffer_position() + self.mark;
        let event = next(&mut self.reader, &mut self.buffer)?;
        Ok((event, from..self.reader.buffer_position() + self.mark))
    }

    /// Copies up to a range and writes `with` in its place.
    pub(super) fn replace(&mut self, range: Range<u64>, with: &str) -> io::Result<()> {
        let keep = range.start.saturating_sub(self.copied);
        io::copy(&mut self.bytes.by_ref().take(keep), &mut self.out)?;
        io::copy(&mut self.bytes.by_ref().take(range.end - range.start), &mut io::sink())?;
        self.copied = range.end;
        self.out.write_all(with.as_bytes())
    }

    pub(super) fn change(&mut self, change: Option<(Range<u64>, String)>) -> io::Result<()> {
        change.map_or(Ok(()), |(range, with)| self.replace(range, &with))
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        io::copy(&mut self.bytes, &mut self.out)?;
        Ok(self.out)
    }
}

/// The change that gives an attribute another value. The tag begins at `from`.
pub(super) fn change_of(
    tag: &BytesStart<'_>,
    from: u64,
    name: &str,
    value: Option<impl ToString>,
) -> Option<(Range<u64>, String)> {
    let Range { start, end } = value_range(tag, name)?;
    let place = |at: usize| from + 1 + at as u64;
    value.map(|value| (place(start)..place(end), value.to_string()))
}

/// Where the value of an attribute is in a tag without its brackets.
fn value_range(tag: &str, name: &str) -> Option<Range<usize>> {
    let mut at = tag.find(char::is_whitespace)?;
    loop {
        let rest = &tag[at..];
        let key = rest.trim_start();
        let (key, behind) = key.split_once('=')?;
        let quote = behind.trim_start().chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let from = tag.len() - behind.trim_start().len() + 1;
        let to = from + tag[from..].find(quote)?;
        if key.trim_end() == name {
            return Some(from..to);
        }
        at = to + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_replaced_comes_back_byte_for_byte() {
        let xml = "\u{feff}<?xml version='1.0'?>\r\n<a  b = 'c' ><!-- x --><d/>é &amp;&#10;<![CDATA[x<y]]></a >\r\n<?pi x?>";
        let mut splice = Splice::new(xml.as_bytes(), Vec::new()).unwrap();
        loop {
            let (event, range) = splice.next().unwrap();
            let is_empty = matches!(&event, Event::Empty(_));
            if let Event::Eof = event {
                break;
            }
            if is_empty {
                splice.replace(range, "<new/>").unwrap();
            }
        }
        let copy = String::from_utf8(splice.finish().unwrap()).unwrap();
        assert_eq!(copy, xml.replace("<d/>", "<new/>"));
    }

    #[test]
    fn a_value_is_found_whatever_stands_before_it() {
        for (tag, value) in [
            ("row r=\"1\" spans=\"1:2\"", Some("1:2")),
            ("row spans = '1:2' ", Some("1:2")),
            ("row x:spans=\"9\" a='spans=\"7\"' spans=\"1:2\"/", Some("1:2")),
            ("row spans2=\"1\"", None),
            ("row", None),
        ] {
            assert_eq!(value_range(tag, "spans").map(|range| &tag[range]), value, "{tag}");
        }
    }
}
