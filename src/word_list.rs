//! Lists of words that every cell of a list of people is compared with.

/// Words in lower case and sorted, and for each first byte the lengths of those that begin with it. Nearly no text has
/// both, so most texts are told by two look-ups.
#[derive(Debug)]
pub(crate) struct WordList {
    words: &'static [&'static str],
    lengths: [u64; 256],
}

impl WordList {
    pub(crate) const fn of(words: &'static [&'static str]) -> Self {
        let mut lengths = [0; 256];
        let mut i = 0;
        while i < words.len() {
            let word = words[i].as_bytes();
            assert!(word.len() < 64, "a length is a bit of 64");
            lengths[word[0] as usize] |= 1 << word.len();
            i += 1;
        }
        Self { words, lengths }
    }

    /// Whether a text is one of the words, whatever its capitals.
    pub(crate) fn has(&self, text: &str) -> bool {
        if !text.is_ascii() {
            return self.words.binary_search(&text.to_lowercase().as_str()).is_ok();
        }
        if !text.bytes().next().is_some_and(|first| self.may_have(first, text.len())) {
            return false;
        }
        let mut buffer = [0; 64];
        let lower = &mut buffer[..text.len()];
        lower.copy_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        self.words.binary_search_by_key(&&*lower, |known| known.as_bytes()).is_ok()
    }

    /// Whether a word begins with this letter of ASCII and has this length.
    pub(crate) fn may_have(&self, first: u8, length: usize) -> bool {
        length < 64 && self.lengths[usize::from(first.to_ascii_lowercase())] & (1 << length) != 0
    }

    #[cfg(test)]
    pub(crate) fn is_sorted(&self) -> bool {
        self.words.is_sorted_by(|one, other| one < other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_in_any_capitals_and_nothing_else_is() {
        static LIST: WordList = WordList::of(&["ada", "ada example", "zoë"]);
        assert!(LIST.is_sorted());
        for word in ["ada", "ADA", "Ada Example", "Zoë", "ZOË"] {
            assert!(LIST.has(word), "{word}");
        }
        for word in ["", "a", "adb", "ada  example", "zoe", &"ada".repeat(50)] {
            assert!(!LIST.has(word), "{word}");
        }
    }
}
