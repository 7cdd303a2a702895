//! What the header says, each word in the company of the others.

use crate::people::{Order, filled};
use crate::sheet::layout::Layout;
use crate::sheet::vocabulary::{self, ProfileSense, Sense};

/// A column that may hold a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) index: usize,
    /// Less is better; equal ranks have equal right.
    pub(super) rank: u8,
    pub(super) what: What,
}

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Company,
    Domain,
    First,
    Full(Order),
    Infix,
    Last,
    Profile(ProfileSense),
}

/// The columns that may hold something by their names, the best first.
pub(super) fn find(layout: &Layout) -> Vec<Candidate> {
    let header = layout.header.as_deref().unwrap_or_default();
    let meanings: Vec<_> = header
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some((index, vocabulary::read(name)?)))
        .collect();
    let context =
        Context::of(layout, meanings.iter().map(|(index, meaning)| (*index, meaning.sense)));
    let candidate = |(index, meaning): &(usize, vocabulary::Meaning)| {
        let what = context.what(layout, *index, meaning.sense)?;
        Some(Candidate { index: *index, rank: meaning.rank, what })
    };
    let mut candidates: Vec<Candidate> = meanings.iter().filter_map(candidate).collect();
    candidates.sort_by_key(|candidate| candidate.rank);
    candidates
}

/// What the other columns tell about words that mean different things.
struct Context {
    first: Option<usize>,
    last: Option<usize>,
    full: bool,
    /// Something that only lists of people have.
    people: bool,
    /// An address book or a list of applicants: a website is the person's own.
    private: bool,
}

impl Context {
    fn of(layout: &Layout, senses: impl Iterator<Item = (usize, Sense)>) -> Self {
        let mut context =
            Self { first: None, last: None, full: false, people: false, private: false };
        for (index, sense) in senses {
            match sense {
                Sense::Company | Sense::Job | Sense::Profile(ProfileSense::Handle) => {
                    context.people = true;
                }
                Sense::First => context.first = context.first.or(Some(index)),
                Sense::Full | Sense::FullReversed => context.full = true,
                Sense::Last => context.last = context.last.or(Some(index)),
                Sense::Private => context.private = true,
                Sense::Profile(_) => {
                    context.people |= super::by_value::profiles(layout, index) > 0;
                }
                Sense::Domain
                | Sense::Infix
                | Sense::Name
                | Sense::Nom
                | Sense::Nome
                | Sense::Other
                | Sense::Website => {}
            }
        }
        context
    }

    fn what(&self, layout: &Layout, index: usize, sense: Sense) -> Option<What> {
        // `Name, Domain` alone is a list of companies.
        let whole = || {
            let alone = !self.full && self.people;
            alone.then_some(What::Full(Order::FirstLast))
        };
        let what = match sense {
            Sense::Company => What::Company,
            Sense::Website if self.private => return None,
            Sense::Domain | Sense::Website => What::Domain,
            Sense::First => What::First,
            Sense::Full => What::Full(Order::FirstLast),
            Sense::FullReversed => What::Full(Order::LastFirst),
            Sense::Infix => What::Infix,
            Sense::Last => What::Last,
            Sense::Profile(sense) => What::Profile(sense),
            Sense::Name | Sense::Nom | Sense::Nome => match (sense, self.first, self.last) {
                (Sense::Name | Sense::Nom, Some(_), None) => What::Last,
                (Sense::Name | Sense::Nome, None, Some(_)) => What::First,
                (_, Some(first), Some(last)) if !is_whole(layout, index, first, last) => {
                    return None;
                }
                _ => return whole(),
            },
            Sense::Job | Sense::Other | Sense::Private => return None,
        };
        Some(what)
    }
}

/// Whether a column holds both of two others, and not some other name.
fn is_whole(layout: &Layout, index: usize, first: usize, last: usize) -> bool {
    let (mut both, mut all) = (0, 0);
    for row in &layout.rows {
        let cell =
            |index: usize| row.get(index).and_then(|cell| filled(cell)).map(str::to_lowercase);
        if let (Some(name), Some(first), Some(last)) = (cell(index), cell(first), cell(last)) {
            all += 1;
            both += u32::from(name.contains(&first) && name.contains(&last));
        }
    }
    both * 10 >= all * 9
}
