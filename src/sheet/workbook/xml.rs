//! Reads XML with a limit: no tag and no text may be longer than spreadsheet programs write them.

use super::WorkbookError;
use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::QName;
use std::borrow::Cow;
use std::io::{self, BufReader, Read};

/// More than any tag, and any text of a cell, has.
const LONGEST_EVENT: u64 = 16 << 20;

pub(super) type Xml<R> = Reader<BufReader<Limited<R>>>;

pub(super) fn xml<R: Read>(part: R) -> Xml<R> {
    let limited = Limited { inner: part, left: LONGEST_EVENT };
    Reader::from_reader(BufReader::with_capacity(64 * 1024, limited))
}

/// The next event. `buffer` holds it until the next call.
pub(super) fn next<'b, R: Read>(
    reader: &mut Xml<R>,
    buffer: &'b mut Vec<u8>,
) -> Result<Event<'b>, WorkbookError> {
    reader.get_mut().get_mut().left = LONGEST_EVENT;
    buffer.clear();
    Ok(reader.read_event_into(buffer)?)
}

/// Calls `look` for every start tag of the part.
pub(super) fn tags<R: Read>(
    mut reader: Xml<R>,
    mut look: impl FnMut(&BytesStart<'_>) -> Result<(), WorkbookError>,
) -> Result<(), WorkbookError> {
    let mut buffer = Vec::new();
    loop {
        match next(&mut reader, &mut buffer)? {
            Event::Start(tag) | Event::Empty(tag) => look(&tag)?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// A reader that fails if one event is too long.
pub(super) struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(read)
    }
}

/// An attribute by its name without a prefix. Of `id` and `r:id` it is the prefixed one.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, WorkbookError> {
    let mut found = None;
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(quick_xml::Error::from)?;
        if attribute.key.local_name().as_ref() == name {
            let prefixed = attribute.key.prefix().is_some();
            if found.is_none() || prefixed {
                found = Some(unescaped(&attribute.value));
            }
        }
    }
    Ok(found)
}

/// [`attribute`] as a number.
pub(super) fn number_attribute<N: std::str::FromStr>(
    tag: &BytesStart<'_>,
    name: &str,
) -> Result<Option<N>, WorkbookError> {
    Ok(attribute(tag, name)?.and_then(|text| text.trim().parse().ok()))
}

/// Whether an attribute is `1` or `true`.
pub(super) fn is_set(tag: &BytesStart<'_>, name: &str) -> Result<bool, WorkbookError> {
    Ok(attribute(tag, name)?.is_some_and(|text| text == "1" || text == "true"))
}

fn unescaped(text: &str) -> String {
    unescape(text).map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// Adds the text of an event, if it has some.
pub(super) fn push_text_of(event: &Event<'_>, into: &mut String) {
    match event {
        Event::Text(text) => into.push_str(text),
        Event::CData(text) => into.push_str(text),
        Event::GeneralRef(entity) => push_entity(entity, into),
        _ => {}
    }
}

/// Adds what `&name;` or `&#number;` stands for.
fn push_entity(entity: &BytesRef<'_>, into: &mut String) {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        into.push(c);
    } else if let Some(text) = resolve_predefined_entity(entity) {
        into.push_str(text);
    }
}

/// The prefix of the namespace with its colon: `x:` of `x:row`.
pub(super) fn prefix(name: QName<'_>) -> String {
    name.prefix().map_or_else(String::new, |prefix| format!("{}:", prefix.as_ref()))
}
