//! JSON read leniently: a field that cannot be read costs that field alone. Values stay text until they are used, so
//! unused ones cost no memory.

use crate::batch::BatchId;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// The longest text that is taken out of a field, in bytes of JSON. The user's own ids are the longest there are.
const LONGEST: usize = 8 << 10;

/// A body as JSON text: without a byte order mark, and with U+FFFD where it is not UTF-8.
pub(super) fn text_of(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // Nearly every body is UTF-8, which this proves in a fraction of the time.
    std::str::from_utf8(body).map_or_else(|_| String::from_utf8_lossy(body), Cow::Borrowed)
}

/// The values of an object's fields as JSON, each empty where it is absent or null. `None` where `json` is no object.
pub(super) fn fields<'a, const N: usize>(json: &'a str, names: [&str; N]) -> Option<[&'a str; N]> {
    read(json, Fields(names))
}

/// The elements of a list, or of an object whose keys are their indexes. No more than `limit` are kept; the others are
/// skipped. `None` where `json` is neither.
pub(super) fn elements(json: &str, limit: usize) -> Option<Vec<(Option<usize>, &str)>> {
    read(json, Elements(limit))
}

/// A text; of another kind of value its JSON, so that what was paid for is not lost. A list of one value is that value.
pub(super) fn text(json: &str) -> Option<String> {
    let json = only_element(json);
    match json {
        "" | "null" | "[]" | "{}" => None,
        _ if json.len() > LONGEST => None,
        _ if json.starts_with('"') => read(json, Text),
        _ => Some(json.to_owned()),
    }
}

/// A whole number of at least zero, also where it is written as text or with decimals, which are dropped. `None` where
/// it is too large to be told from its neighbours.
pub(super) fn whole(json: &str) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let text = text(json)?;
    let text = text.trim();
    text.parse().ok().or_else(|| {
        let number: f64 = text.parse().ok()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be in range; decimals are dropped on purpose"
        )]
        (0.0..EXACT).contains(&number).then_some(number as u64)
    })
}

/// As [`whole`]; a larger number becomes the largest that the ledger can hold.
pub(super) fn clamped(json: &str) -> Option<u64> {
    const LARGEST: u64 = i64::MAX.unsigned_abs();
    let is_huge = || text(json)?.trim().parse().ok().filter(|number: &f64| *number > 1e15);
    whole(json).or_else(|| is_huge().map(|_| LARGEST)).map(|number| number.min(LARGEST))
}

pub(super) fn index(json: &str) -> Option<usize> {
    whole(json).and_then(|number| usize::try_from(number).ok())
}

fn only_element(json: &str) -> &str {
    if !json.starts_with('[') {
        return json;
    }
    match elements(json, 2).as_deref() {
        Some([(_, only)]) if !only.starts_with(['[', '{']) => only,
        Some(_) | None => json,
    }
}

fn read<'a, T>(json: &'a str, what: impl DeserializeSeed<'a, Value = T>) -> Option<T> {
    let mut json = serde_json::Deserializer::from_str(json);
    let value = what.deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(value)
}

struct Fields<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> DeserializeSeed<'de> for Fields<'_, N> {
    type Value = [&'de str; N];

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de, const N: usize> Visitor<'de> for Fields<'_, N> {
    type Value = [&'de str; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [""; N];
        while let Some(name) = map.next_key_seed(FieldPosition(&self.0))? {
            match name {
                // Of a field that is there twice, the first that says something.
                Some(at) if matches!(found[at], "" | "null") => {
                    found[at] = map.next_value::<&RawValue>()?.get();
                }
                Some(_) | None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found.map(|json| if json == "null" { "" } else { json }))
    }
}

/// The place of a field's name among these.
struct FieldPosition<'n>(&'n [&'n str]);

impl<'de> DeserializeSeed<'de> for FieldPosition<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_bytes(self)
    }
}

impl Visitor<'_> for FieldPosition<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|wanted| wanted.as_bytes() == name))
    }
}

struct Elements(usize);

impl<'de> DeserializeSeed<'de> for Elements {
    type Value = Vec<(Option<usize>, &'de str)>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Elements {
    type Value = Vec<(Option<usize>, &'de str)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or an object")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < self.0 {
            match seq.next_element::<&RawValue>()? {
                Some(element) => elements.push((None, element.get())),
                None => return Ok(elements),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(elements)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while elements.len() < self.0 {
            match map.next_key_seed(Text)? {
                Some(key) => {
                    elements.push((key.trim().parse().ok(), map.next_value::<&RawValue>()?.get()));
                }
                None => return Ok(elements),
            }
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(elements)
    }
}

/// A JSON string. A lone surrogate in it becomes U+FFFD: it is taken as bytes, since `serde_json` refuses it as text.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<String, D::Error> {
        json.deserialize_bytes(self)
    }
}

impl Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<String, E> {
        Ok(String::from_utf8_lossy(bytes).into_owned())
    }
}

/// The id in a body that is not valid JSON, for instance because its end is missing.
pub(super) fn id_in(text: &str) -> Option<BatchId> {
    let rest = text.split_once("\"id\"")?.1.trim_start().strip_prefix(':')?.trim_start();
    BatchId::parse(rest.strip_prefix('"')?.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_is_found_whatever_stands_beside_it() {
        for json in [
            r#"{"a":1,"b":"x"}"#,
            r#"{"b":"x","b":"y","a":[{"b":2}]}"#,
            r#"{"\ud800":{"deep":[[[[]]]]},"b":null,"b":"x"}"#,
            " { \"b\" : \"x\" , \"c\" : \"\\ud800\" } ",
        ] {
            assert_eq!(fields(json, ["b"]), Some([r#""x""#]), "{json}");
        }
        assert_eq!(fields(r#"{"a":null}"#, ["a", "b"]), Some(["", ""]));
        for json in ["", "[]", "7", "null", r#"{"a":1"#, r#"{"a":1} x"#, "<html>"] {
            assert_eq!(fields(json, ["a"]), None, "{json}");
        }
    }

    #[test]
    fn elements_are_counted_and_the_rest_is_skipped() {
        assert_eq!(
            elements("[1, {}, null]", 9),
            Some(vec![(None, "1"), (None, "{}"), (None, "null")])
        );
        assert_eq!(elements("[1,2,3,4]", 2).unwrap().len(), 2);
        assert_eq!(
            elements(r#"{"1":{"a":2},"x":3}"#, 9),
            Some(vec![(Some(1), r#"{"a":2}"#), (None, "3")])
        );
        assert_eq!(elements(r#"{"1":1,"2":2}"#, 1).unwrap().len(), 1);
        assert_eq!(elements("", 9), None);
        assert_eq!(elements("7", 9), None);
    }

    #[test]
    fn a_text_is_read_in_every_form() {
        for (json, expected) in [
            (r#""+1570""#, Some("+1570")),
            ("1570", Some("1570")),
            (r#"["+1570"]"#, Some("+1570")),
            (r#"["+1", "+2"]"#, Some(r#"["+1", "+2"]"#)),
            (r#"[{"a":1}]"#, Some(r#"[{"a":1}]"#)),
            (r#""a\ud800b""#, Some("a\u{fffd}\u{fffd}\u{fffd}b")),
            (r#""\u00e9""#, Some("é")),
            ("", None),
            ("null", None),
            ("[]", None),
            ("{}", None),
        ] {
            assert_eq!(text(json).as_deref(), expected, "{json}");
        }
        let long = |length| text(&format!("\"{}\"", "x".repeat(length - 2)));
        assert_eq!(long(LONGEST).unwrap().len(), LONGEST - 2);
        assert_eq!(long(LONGEST + 1), None);
    }

    #[test]
    fn a_number_is_read_in_every_form() {
        for (json, expected) in [
            ("80", Some(80)),
            ("\" 80 \"", Some(80)),
            ("80.0", Some(80)),
            ("36000.5", Some(36000)),
            ("[7]", Some(7)),
            ("-40", None),
            ("-0.5", None),
            ("true", None),
            ("{\"a\":1}", None),
            ("1e300", None),
            ("", None),
        ] {
            assert_eq!(whole(json), expected, "{json}");
        }
        for (json, expected) in [
            ("9223372036854775808", Some(i64::MAX as u64)),
            ("18446744073709551616", Some(i64::MAX as u64)),
            ("1e300", Some(i64::MAX as u64)),
            ("80", Some(80)),
            ("-1e300", None),
        ] {
            assert_eq!(clamped(json), expected, "{json}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(json in "[\\[\\]{}\",:a1\\\\ud80 ]{0,40}") {
            let _fields = fields(&json, ["a"]);
            let _elements = elements(&json, 3);
            let _text = text(&json);
            let _number = clamped(&json);
        }
    }
}
