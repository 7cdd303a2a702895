//! Finds columns by their headers. What a header means can depend on the other headers.

use super::cells;
use crate::people::{Order, non_blank};
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, FieldMeaning, HeaderMeaning, ProfileFormat, RankedMeaning};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) index: usize,
    /// Lower is better. Columns of a field with the same rank fit it equally well.
    pub(super) rank: u8,
    pub(super) meaning: FieldMeaning,
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
        Some(Candidate { index: *index, rank: context.rank(*ranked), meaning })
    };
    let mut candidates: Vec<Candidate> = read.iter().filter_map(candidate).collect();
    candidates.sort_by_key(|candidate| candidate.rank);
    candidates
}

/// What the other columns say about a header that can mean different things.
#[derive(Debug, Default)]
struct Context {
    first: Option<usize>,
    last: Option<usize>,
    /// Whether there is a column that only lists of people have.
    has_people: bool,
    /// Every meaning in the header, once.
    meanings: Vec<HeaderMeaning>,
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
                HeaderMeaning::Last => context.last = context.last.or(Some(*index)),
                HeaderMeaning::Profile(ProfileFormat::Address | ProfileFormat::AnyAddress) => {
                    context.has_people |= cells::has_profile(table, *index);
                }
                HeaderMeaning::Assignee
                | HeaderMeaning::Contact
                | HeaderMeaning::Domain
                | HeaderMeaning::Full
                | HeaderMeaning::FullReversed
                | HeaderMeaning::Infix
                | HeaderMeaning::Item
                | HeaderMeaning::Name
                | HeaderMeaning::Nom
                | HeaderMeaning::Nome
                | HeaderMeaning::Other
                | HeaderMeaning::Private
                | HeaderMeaning::Website => {}
            }
            if !context.meanings.contains(&ranked.meaning) {
                context.meanings.push(ranked.meaning);
            }
        }
        context
    }

    fn has(&self, meanings: &[HeaderMeaning]) -> bool {
        self.meanings.iter().any(|meaning| meanings.contains(meaning))
    }

    fn has_full(&self) -> bool {
        self.has(&[HeaderMeaning::Full, HeaderMeaning::FullReversed])
    }

    fn has_name(&self) -> bool {
        self.has(&[HeaderMeaning::Name, HeaderMeaning::Nom, HeaderMeaning::Nome])
    }

    /// What a header means beside the others; `None` for a column that holds no field.
    fn resolve(&self, table: &Table, index: usize, meaning: HeaderMeaning) -> Option<FieldMeaning> {
        let full = FieldMeaning::Full(Order::FirstLast);
        Some(match meaning {
            HeaderMeaning::Company => FieldMeaning::Company,
            HeaderMeaning::First => FieldMeaning::First,
            HeaderMeaning::Full => full,
            HeaderMeaning::FullReversed => FieldMeaning::Full(Order::LastFirst),
            HeaderMeaning::Infix => FieldMeaning::Infix,
            HeaderMeaning::Last => FieldMeaning::Last,
            HeaderMeaning::Profile(format) => FieldMeaning::Profile(format),
            // In address books and lists of applicants a website is the person's, not the company's.
            HeaderMeaning::Website if self.has(&[HeaderMeaning::Private]) => return None,
            HeaderMeaning::Domain | HeaderMeaning::Website => FieldMeaning::Domain,
            HeaderMeaning::Name | HeaderMeaning::Nom | HeaderMeaning::Nome => {
                return self.resolve_name(table, index, meaning);
            }
            HeaderMeaning::Assignee => {
                let is_colleague = self.has_name()
                    || self.has(&[HeaderMeaning::Contact, HeaderMeaning::Item])
                    || self.is_named_in_full();
                return (!is_colleague).then_some(full);
            }
            HeaderMeaning::Contact => return (!self.is_named_in_full()).then_some(full),
            HeaderMeaning::Item
            | HeaderMeaning::Job
            | HeaderMeaning::Other
            | HeaderMeaning::Private => return None,
        })
    }

    fn is_named_in_full(&self) -> bool {
        self.has_full() || self.first.is_some() || self.last.is_some()
    }

    /// `Name` and `Contact` in one list get the same rank: either may be the name of a deal or of a place.
    fn rank(&self, ranked: RankedMeaning) -> u8 {
        let name = matches!(
            ranked.meaning,
            HeaderMeaning::Name | HeaderMeaning::Nom | HeaderMeaning::Nome | HeaderMeaning::Contact
        );
        if name && self.has_name() && self.has(&[HeaderMeaning::Contact]) {
            CONTACT_RANK
        } else {
            ranked.rank
        }
    }

    fn resolve_name(
        &self,
        table: &Table,
        index: usize,
        meaning: HeaderMeaning,
    ) -> Option<FieldMeaning> {
        match (meaning, self.first, self.last) {
            (HeaderMeaning::Name | HeaderMeaning::Nom, Some(_), None) => Some(FieldMeaning::Last),
            (HeaderMeaning::Name | HeaderMeaning::Nome, None, Some(_)) => Some(FieldMeaning::First),
            (_, Some(first), Some(last)) if !holds_both(table, index, first, last) => None,
            // `Name, Contact, Domain` is a list of companies. So is `Name, Domain`, which has no column of people.
            _ if self.has(&[HeaderMeaning::Contact]) && !self.has(&[HeaderMeaning::Company]) => {
                None
            }
            _ => (!self.has_full() && self.has_people)
                .then_some(FieldMeaning::Full(Order::FirstLast)),
        }
    }
}

const CONTACT_RANK: u8 = 6;

/// Whether the cells of a column contain the first and the last name of their row, and not some other name.
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
