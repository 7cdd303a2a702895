//! Writes cells. Each holds its own text, so that shared strings and number formats do not matter.

use super::place::Place;
use std::fmt::Write;

/// Adds a cell. `prefix` is that of the namespace with its colon: `x:` for `x:c`.
pub(super) fn push_cell(
    xml: &mut String,
    prefix: &str,
    place: Place,
    style: Option<usize>,
    text: &str,
) {
    xml.push_str(&format!("<{prefix}c r=\"{place}\""));
    if let Some(style) = style.filter(|style| *style > 0) {
        xml.push_str(&format!(" s=\"{style}\""));
    }
    if text.is_empty() {
        xml.push_str("/>");
        return;
    }
    let space = if text.trim() == text { "" } else { " xml:space=\"preserve\"" };
    xml.push_str(&format!(" t=\"inlineStr\"><{prefix}is><{prefix}t{space}>"));
    push_text(xml, text);
    xml.push_str(&format!("</{prefix}t></{prefix}is></{prefix}c>"));
}

/// Adds a text. A character that XML cannot hold is written as `_x000D_` (ECMA-376, part 1, 22.9.2.19). The `_` of a text
/// that looks like this is escaped in the same way.
pub(super) fn push_text(xml: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        let looks_escaped = || {
            text.get(at + 1..at + 7).is_some_and(|code| {
                code.starts_with('x')
                    && code.ends_with('_')
                    && code[1..5].bytes().all(|byte| byte.is_ascii_hexdigit())
            })
        };
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' => xml.push(c),
            '_' if !looks_escaped() => xml.push(c),
            '_' | '\u{fffe}' | '\u{ffff}' => push_escaped(xml, c),
            c if c.is_control() => push_escaped(xml, c),
            c => xml.push(c),
        }
    }
}

fn push_escaped(xml: &mut String, c: char) {
    write!(xml, "_x{:04X}_", u32::from(c)).expect("a string takes everything");
}

#[cfg(test)]
mod tests {
    use super::super::strings::unescape_controls;
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_escaped_and_read_back() {
        for text in ["a\rb", "\u{1}", "_x000D_", "plain_x", "ünï_xxxxx_"] {
            let mut back = String::new();
            push_text(&mut back, text);
            unescape_controls(&mut back, 0);
            assert_eq!(back, text);
        }
    }

    #[test]
    fn a_cell_says_its_place_its_style_and_its_text() {
        let mut xml = String::new();
        let place = Place { column: 2, row: 7 };
        push_cell(&mut xml, "", place, Some(3), " a<b ");
        push_cell(&mut xml, "x:", place, Some(0), "+12025550123");
        push_cell(&mut xml, "", place, None, "");
        assert_eq!(
            xml,
            "<c r=\"C7\" s=\"3\" t=\"inlineStr\"><is><t xml:space=\"preserve\"> a&lt;b </t></is></c>\
             <x:c r=\"C7\" t=\"inlineStr\"><x:is><x:t>+12025550123</x:t></x:is></x:c><c r=\"C7\"/>"
        );
    }
}
