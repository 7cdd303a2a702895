//! The strings that the cells of a workbook share.

use super::WorkbookError;
use super::xml::{Xml, next, push_text_of};
use quick_xml::events::Event;
use std::io::Read;

/// All shared strings are held in memory.
const MOST_TEXT: usize = 512 << 20;
const MOST_STRINGS: usize = 20_000_000;

const TOO_MUCH_TEXT: WorkbookError =
    WorkbookError::TooLarge("it has more text than fits into memory");

/// All shared strings, in one allocation.
#[derive(Debug, Default)]
pub(super) struct SharedStrings {
    text: String,
    /// Where each one ends.
    ends: Vec<usize>,
}

impl SharedStrings {
    pub(super) fn read<R: Read>(mut reader: Xml<R>) -> Result<Self, WorkbookError> {
        let mut strings = Self::default();
        let mut buffer = Vec::new();
        loop {
            match next(&mut reader, &mut buffer)? {
                Event::Start(e) if e.local_name().as_ref() == "si" => {
                    read_rich_text(&mut reader, "si", &mut strings.text)?;
                    strings.end()?;
                }
                Event::Empty(e) if e.local_name().as_ref() == "si" => strings.end()?,
                Event::Eof => return Ok(strings),
                _ => {}
            }
        }
    }

    fn end(&mut self) -> Result<(), WorkbookError> {
        self.ends.push(self.text.len());
        if self.ends.len() > MOST_STRINGS { Err(TOO_MUCH_TEXT) } else { Ok(()) }
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = if index == 0 { 0 } else { self.ends[index - 1] };
        Some(&self.text[start..end])
    }
}

/// Reads up to the end of `element` and adds its text: all runs of rich text, without the phonetic guides of Japanese.
pub(super) fn read_rich_text<R: Read>(
    reader: &mut Xml<R>,
    element: &str,
    into: &mut String,
) -> Result<(), WorkbookError> {
    let mut buffer = Vec::new();
    let (mut in_text, mut phonetic) = (false, 0_u32);
    let start = into.len();
    loop {
        match next(reader, &mut buffer)? {
            Event::Start(e) => match e.local_name().as_ref() {
                "t" => in_text = phonetic == 0,
                "rPh" => phonetic += 1,
                _ => {}
            },
            Event::End(e) => match e.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => phonetic = phonetic.saturating_sub(1),
                name if name == element => {
                    unescape_controls(into, start);
                    return Ok(());
                }
                _ => {}
            },
            Event::Eof => return Err(WorkbookError::Damaged("a part of it ends in the middle")),
            event if in_text => push_text_of(&event, into),
            _ => {}
        }
        if into.len() > MOST_TEXT {
            return Err(TOO_MUCH_TEXT);
        }
    }
}

/// Undoes `_x000D_`, by which Excel writes characters that XML cannot hold (ECMA-376, part 1, 22.9.2.19, `ST_Xstring`).
pub(super) fn unescape_controls(text: &mut String, start: usize) {
    let Some(first) = text[start..].find("_x") else { return };
    let mut clean = String::new();
    let mut rest = &text[start + first..];
    while let Some(at) = rest.find("_x") {
        clean.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest[at + 6..].starts_with('_'));
        let c = code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        clean.push_str(&c.map_or_else(|| "_x".to_owned(), String::from));
        rest = &rest[at + if c.is_some() { 7 } else { 2 }..];
    }
    clean.push_str(rest);
    text.truncate(start + first);
    text.push_str(&clean);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rich_text_is_joined_and_phonetic_guides_are_left_out() {
        let xml = "<sst><si><t xml:space=\"preserve\"> Ann &amp; Bob </t></si><si/><si><r><rPr><b/></rPr><t>An</t></r><r><t>n</t></r>\
                   <rPh sb=\"0\" eb=\"2\"><t>an</t></rPh></si><si><t>a_x000D_&#10;b_x005F_x000D_c_x12</t></si></sst>";
        let strings =
            SharedStrings::read(crate::sheet::workbook::xml::xml(xml.as_bytes())).unwrap();
        let all: Vec<_> = (0..5).map(|n| strings.get(n)).collect();
        assert_eq!(
            all,
            [Some(" Ann & Bob "), Some(""), Some("Ann"), Some("a\r\nb_x000D_c_x12"), None]
        );
    }
}
