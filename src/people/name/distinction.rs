//! What distinguishes namesakes and is not sent: `Jr.`, a middle initial, the name at birth.

use super::words;
use crate::people::identity::fold;
use sha2::{Digest, Sha256};

/// What a row says about a person beside the name that is searched. Rows with the same name and employer that contradict
/// each other here are about different people, whom a search by name cannot distinguish.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Distinction {
    /// As [`words::generation`] numbers them.
    generation: Option<u8>,
    /// The first middle initial, folded.
    middle: Option<char>,
    /// A digest of the name at birth.
    maiden: Option<u32>,
}

impl Distinction {
    /// Whether two rows contradict each other. What only one of them says is no contradiction.
    pub(crate) fn contradicts(self, other: Self) -> bool {
        fn differ<T: Copy + PartialEq>(one: Option<T>, other: Option<T>) -> bool {
            one.is_some() && other.is_some() && one != other
        }
        differ(self.generation, other.generation)
            || differ(self.middle, other.middle)
            || differ(self.maiden, other.maiden)
    }

    /// What two rows of one person say together.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            generation: self.generation.or(other.generation),
            middle: self.middle.or(other.middle),
            maiden: self.maiden.or(other.maiden),
        }
    }

    pub(super) fn note_generation(&mut self, word: &str) {
        self.generation = self.generation.or_else(|| words::generation(word));
    }

    /// Notes the first initial behind the first word that is not an initial.
    pub(super) fn note_initials(&mut self, words: &[&str]) {
        let mut rest = words.iter().skip_while(|word| words::is_initial(word));
        let initial = rest.find(|word| words::is_initial(word));
        let letter = initial.and_then(|word| fold(word).chars().find(|c| c.is_alphabetic()));
        self.middle = self.middle.or(letter);
    }

    /// Notes the words behind `née`.
    pub(super) fn note_maiden_name(&mut self, words: &[&str]) {
        let letters: String = fold(&words.concat()).chars().filter(|c| c.is_alphabetic()).collect();
        if !letters.is_empty() && self.maiden.is_none() {
            let digest = Sha256::digest(letters.as_bytes());
            let bytes = digest[..4].try_into().expect("a digest has four bytes");
            self.maiden = Some(u32::from_be_bytes(bytes));
        }
    }

    /// Notes a maiden name in brackets, which [`super::clean`] removes: `Ada Example (née Wolf)`.
    pub(super) fn note_brackets(&mut self, cell: &str) {
        let Some((_, inside)) = cell.split_once('(') else { return };
        let mut words = inside.split(')').next().unwrap_or_default().split_whitespace();
        if words.next().is_some_and(words::announces_maiden_name) {
            self.note_maiden_name(&words.collect::<Vec<_>>());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_at_birth_counts_and_two_rows_tell_more_than_one() {
        let born = |names: &[&str]| {
            let mut distinction = Distinction::default();
            for name in names {
                distinction.note_maiden_name(&[name]);
            }
            distinction
        };
        assert_eq!(born(&["Fox", "Wolf"]), born(&["fox"]));
        assert!(born(&["Fox"]).contradicts(born(&["Wolf"])));
        assert_eq!(born(&["–"]), Distinction::default());
        let mut junior = Distinction::default();
        junior.note_generation("Jr.");
        let both = junior.or(born(&["Fox"]));
        assert!(!both.contradicts(junior) && !both.contradicts(born(&["Fox"])));
        assert!(both.contradicts(born(&["Wolf"])) && both != junior);
        assert_eq!(both.or(born(&["Wolf"])), both);
    }
}
