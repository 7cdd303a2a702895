//! Lists of words that are compared with every cell of a list.

use unicode_normalization::UnicodeNormalization;

/// Sorted words in lower case. Most texts are excluded by one look-up: no word has their first byte, last byte and length.
#[derive(Debug)]
pub(crate) struct WordList {
    words: &'static [&'static str],
    /// Where the words with each first byte begin; the last is their number.
    begins: [usize; 257],
    /// The lengths of the words as bits, by a hash of the first and the last byte.
    lengths: [u64; 256],
    /// The same for words that are not ASCII: their lengths in characters, by the first byte.
    others: [u64; 256],
}

impl WordList {
    pub(crate) const fn of(words: &'static [&'static str]) -> Self {
        let (mut lengths, mut others) = ([0; 256], [0; 256]);
        let mut begins = [words.len(); 257];
        let (mut i, mut reached) = (0, 0);
        while i < words.len() {
            let word = words[i].as_bytes();
            assert!(word.len() < 64, "a length is a bit of 64");
            while reached <= word[0] as usize {
                begins[reached] = i;
                reached += 1;
            }
            lengths[place(word[0], word[word.len() - 1])] |= 1 << word.len();
            let mut letter = 0;
            while letter < word.len() {
                assert!(word[letter] != b'\n', "a word stands on one line");
                letter += 1;
            }
            if !words[i].is_ascii() {
                others[word[0] as usize] |= 1 << characters(word);
            }
            i += 1;
        }
        Self { words, begins, lengths, others }
    }

    /// Whether a text is one of the words; case does not matter.
    pub(crate) fn has(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return self.has_other(text);
        }
        let (Some(&first), Some(&last)) = (text.as_bytes().first(), text.as_bytes().last()) else {
            return false;
        };
        if !self.may_have(first, last, text.len()) {
            return false;
        }
        let first = usize::from(first.to_ascii_lowercase());
        let [begin, end] = [self.begins[first], self.begins[first + 1]];
        // `eq_ignore_ascii_case` compares the lengths first.
        self.words[begin..end].iter().any(|word| word.eq_ignore_ascii_case(text))
    }

    fn has_other(&self, text: &str) -> bool {
        let composed: String;
        // Accents that are characters of their own, U+0300 to U+036F, as macOS writes them.
        let text = if text.bytes().any(|byte| matches!(byte, 0xcc | 0xcd)) {
            composed = text.nfc().collect();
            &composed
        } else {
            text
        };
        let first = text.as_bytes()[0];
        // In lower case, `İ` becomes two characters and the Kelvin sign becomes ASCII. All others keep their number.
        let is_usual = first.is_ascii() && !text.contains(['\u{130}', '\u{212a}']);
        if is_usual {
            let length = characters(text.as_bytes());
            if length >= 64
                || self.others[usize::from(first.to_ascii_lowercase())] & (1 << length) == 0
            {
                return false;
            }
        }
        self.words.binary_search(&text.to_lowercase().as_str()).is_ok()
    }

    /// Whether there may be a word with this first and last ASCII letter and this length.
    pub(crate) fn may_have(&self, first: u8, last: u8, length: usize) -> bool {
        let place = place(first.to_ascii_lowercase(), last.to_ascii_lowercase());
        length < 64 && self.lengths[place] & (1 << length) != 0
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> &'static [&'static str] {
        self.words
    }

    #[cfg(test)]
    pub(crate) fn is_sorted(&self) -> bool {
        self.words.is_sorted_by(|one, other| one < other)
    }
}

/// Pieces of texts in lower case, of three bytes or more. Most places in a text are excluded quickly, by hashes of the
/// first three bytes of the pieces.
#[derive(Debug)]
pub(crate) struct Pieces {
    pieces: &'static [&'static str],
    beginnings: [u64; 64],
}

impl Pieces {
    pub(crate) const fn of(pieces: &'static [&'static str]) -> Self {
        let mut beginnings = [0; 64];
        let mut i = 0;
        while i < pieces.len() {
            let hash = hash(pieces[i].as_bytes());
            beginnings[hash / 64] |= 1 << (hash % 64);
            i += 1;
        }
        Self { pieces, beginnings }
    }

    /// Whether a text contains one of the pieces; the case of ASCII letters does not matter.
    pub(crate) fn has_part_of(&self, text: &str) -> bool {
        let text = text.as_bytes();
        (0..text.len()).any(|at| self.is_at(&text[at..]))
    }

    /// Whether a text begins with one of the pieces; the case of ASCII letters does not matter.
    pub(crate) fn has_beginning_of(&self, text: &str) -> bool {
        self.is_at(text.as_bytes())
    }

    fn is_at(&self, text: &[u8]) -> bool {
        if text.len() < 3 {
            return false;
        }
        let hash = hash(text);
        self.beginnings[hash / 64] & (1 << (hash % 64)) != 0
            && self.pieces.iter().any(|piece| {
                let part = text.get(..piece.len());
                part.is_some_and(|part| part.eq_ignore_ascii_case(piece.as_bytes()))
            })
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> &'static [&'static str] {
        self.pieces
    }
}

/// Equal for texts that differ in case only.
const fn hash(letters: &[u8]) -> usize {
    const CASE: usize = 0x20;
    let [first, second, third] =
        [letters[0] as usize | CASE, letters[1] as usize | CASE, letters[2] as usize | CASE];
    (first ^ second << 3 ^ third << 6) % 4096
}

const fn place(first: u8, last: u8) -> usize {
    (first ^ last.rotate_left(4)) as usize
}

const fn characters(text: &[u8]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < text.len() {
        // Counts all bytes but those that continue a character.
        count += (text[i] & 0xc0 != 0x80) as usize;
        i += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_capitals_and_nothing_else_is() {
        static LIST: WordList = WordList::of(&["ada", "ada example", "zoë"]);
        static KELVIN: WordList = WordList::of(&["ink", "zoë ink"]);
        assert!(LIST.is_sorted());
        for word in ["ada", "ADA", "Ada Example", "Zoë", "ZOË", "Zoe\u{308}"] {
            assert!(LIST.has(word), "{word}");
        }
        // A letter that becomes one of ASCII, and a text with as many letters as a word.
        assert!(KELVIN.has("IN\u{212a}") && KELVIN.has("ZOË IN\u{212a}") && !KELVIN.has("zoè ink"));
        for word in [
            "",
            "a",
            "adb",
            "ada  example",
            "zoe",
            &"a".repeat(64),
            &format!("z{}", "ö".repeat(64)),
        ] {
            assert!(!LIST.has(word), "{word}");
        }
    }
}
