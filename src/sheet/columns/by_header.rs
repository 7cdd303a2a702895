//! What the headers say. A header can mean different things beside different headers.

use super::cells;
use crate::people::non_blank;
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, HeaderMeaning, ProfileFormat, RankedMeaning};

/// A column that may hold a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) index: usize,
    /// A field's columns with equal ranks claim it with equal right; a lower rank is better.
    pub(super) rank: u8,
    /// Never one that depends on the other columns.
    pub(super) meaning: HeaderMeaning,
}

/// The columns that may hold a field by their headers, the best first.
pub(super) fn find(table: &Table) -> Vec<Candidate> {
    let header = table.header.as_deref().unwrap_or_default();
    let read: Vec<(usize, RankedMeaning)> = header
        .iter()
        .enumerate()
        .filter_map(|(index, name)| Some((index, vocabulary::read(name)?)))
        .collect();
    let context = Context::of(table, &read);
    let candidate = |(index, ranked): &(usize, RankedMeaning)| {
        let meaning = context.resolve(table, *index, ranked.meaning)?;
        Some(Candidate { index: *index, rank: ranked.rank, meaning })
    };
    let mut candidates: Vec<Candidate> = read.iter().filter_map(candidate).collect();
    candidates.sort_by_key(|candidate| candidate.rank);
    candidates
}

/// What the other columns tell about headers that can mean different things.
#[derive(Debug, Default)]
struct Context {
    first: Option<usize>,
    last: Option<usize>,
    has_full: bool,
    /// There is a column that only lists of people have.
    has_people: bool,
    /// The list is an address book or a list of applicants: a website is the person's own.
    is_private: bool,
}

impl Context {
    fn of(table: &Table, read: &[(usize, RankedMeaning)]) -> Self {
        let mut context = Self::default();
        for (index, ranked) in read {
            match ranked.meaning {
                HeaderMeaning::Company
                | HeaderMeaning::Job
                | HeaderMeaning::Profile(ProfileFormat::Handle) => context.has_people = true,
                HeaderMeaning::First => context.first = context.first.or(Some(*index)),
                HeaderMeaning::Full | HeaderMeaning::FullReversed => context.has_full = true,
                HeaderMeaning::Last => context.last = context.last.or(Some(*index)),
                HeaderMeaning::Private => context.is_private = true,
                HeaderMeaning::Profile(ProfileFormat::Address | ProfileFormat::AnyAddress) => {
                    context.has_people |= cells::has_profile(table, *index);
                }
                HeaderMeaning::Domain
                | HeaderMeaning::Infix
                | HeaderMeaning::Name
                | HeaderMeaning::Nom
                | HeaderMeaning::Nome
                | HeaderMeaning::Other
                | HeaderMeaning::Website => {}
            }
        }
        context
    }

    /// The meaning of a header among its neighbours; `None` for a column that holds no field.
    fn resolve(
        &self,
        table: &Table,
        index: usize,
        meaning: HeaderMeaning,
    ) -> Option<HeaderMeaning> {
        match meaning {
            HeaderMeaning::Company
            | HeaderMeaning::Domain
            | HeaderMeaning::First
            | HeaderMeaning::Full
            | HeaderMeaning::FullReversed
            | HeaderMeaning::Infix
            | HeaderMeaning::Last
            | HeaderMeaning::Profile(_) => Some(meaning),
            HeaderMeaning::Website => (!self.is_private).then_some(HeaderMeaning::Domain),
            HeaderMeaning::Name | HeaderMeaning::Nom | HeaderMeaning::Nome => {
                self.resolve_name(table, index, meaning)
            }
            HeaderMeaning::Job | HeaderMeaning::Other | HeaderMeaning::Private => None,
        }
    }

    fn resolve_name(
        &self,
        table: &Table,
        index: usize,
        meaning: HeaderMeaning,
    ) -> Option<HeaderMeaning> {
        match (meaning, self.first, self.last) {
            (HeaderMeaning::Name | HeaderMeaning::Nom, Some(_), None) => Some(HeaderMeaning::Last),
            (HeaderMeaning::Name | HeaderMeaning::Nome, None, Some(_)) => {
                Some(HeaderMeaning::First)
            }
            (_, Some(first), Some(last)) if !holds_both(table, index, first, last) => None,
            // `Name, Domain` alone is a list of companies.
            _ => (!self.has_full && self.has_people).then_some(HeaderMeaning::Full),
        }
    }
}

/// Whether the cells of a column hold the names of two other columns, and not some other name.
fn holds_both(table: &Table, index: usize, first: usize, last: usize) -> bool {
    let (mut both, mut all) = (0, 0);
    for row in &table.sample {
        let cell =
            |index: usize| row.get(index).and_then(|cell| non_blank(cell)).map(str::to_lowercase);
        if let (Some(name), Some(first), Some(last)) = (cell(index), cell(first), cell(last)) {
            all += 1;
            both += u32::from(name.contains(&first) && name.contains(&last));
        }
    }
    both * 10 >= all * 9
}
