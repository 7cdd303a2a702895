//! What the cells say: whether a column holds what its header promises, and which columns hold profiles although
//! their headers do not say so.

use super::by_header::Candidate;
use super::cells::{cells, has_profile};
use super::chosen::Columns;
use crate::people::{Domain, Order, Profile, ProfileError};
use crate::sheet::Field;
use crate::sheet::table::Table;
use crate::sheet::vocabulary::{self, HeaderMeaning, ProfileFormat};

/// Keeps the candidates that hold what they promise, and adds columns that hold profiles under another header.
pub(super) fn check(table: &Table, candidates: &[Candidate]) -> Columns {
    let mut columns = Columns::default();
    for Candidate { index, meaning, .. } in candidates.iter().copied() {
        match meaning {
            HeaderMeaning::Company => columns.company.push(index),
            HeaderMeaning::Domain | HeaderMeaning::Website if has_no_domain(table, index) => {}
            HeaderMeaning::Domain | HeaderMeaning::Website => columns.domain.push(index),
            HeaderMeaning::First => columns.first.push(index),
            HeaderMeaning::Full => columns.full.push((index, Order::FirstLast)),
            HeaderMeaning::FullReversed => columns.full.push((index, Order::LastFirst)),
            HeaderMeaning::Infix => columns.infix.push(index),
            HeaderMeaning::Last => columns.last.push(index),
            HeaderMeaning::Profile(format @ (ProfileFormat::Address | ProfileFormat::Handle)) => {
                columns.profile.push((index, format));
            }
            HeaderMeaning::Profile(ProfileFormat::AnyAddress) => {
                if table.sample.is_empty() || has_profile(table, index) {
                    columns.profile.push((index, ProfileFormat::AnyAddress));
                }
            }
            HeaderMeaning::Job
            | HeaderMeaning::Name
            | HeaderMeaning::Nom
            | HeaderMeaning::Nome
            | HeaderMeaning::Other
            | HeaderMeaning::Private => {}
        }
    }
    let holds_profiles = |(index, format): &(usize, ProfileFormat)| {
        cells(table, *index).any(|cell| format.parse(cell).is_ok())
    };
    if !columns.profile.iter().any(holds_profiles) {
        let known = columns.of(Field::LinkedinUrl);
        let others = unannounced(table).filter(|index| !known.contains(index));
        columns.profile.extend(others.map(|index| (index, ProfileFormat::AnyAddress)));
    }
    columns
}

/// Columns most of whose cells are addresses of people on LinkedIn, and whose header does not give them to somebody
/// else. Addresses that are not public profiles count: the notes then say what they are.
fn unannounced(table: &Table) -> impl Iterator<Item = usize> {
    let widest = table.sample.iter().map(Vec::len).max().unwrap_or_default();
    (0..widest.max(table.width)).filter(|index| {
        let name = table.header.as_ref().and_then(|header| header.get(*index));
        let others = name.is_some_and(|name| vocabulary::is_about_others(name));
        let people = cells(table, *index).filter(|cell| is_a_persons(cell)).count();
        !others && people > 0 && people * 2 >= cells(table, *index).count()
    })
}

/// Whether a column has cells, and none of them is a company's domain.
fn has_no_domain(table: &Table, index: usize) -> bool {
    let mut cells = cells(table, index).peekable();
    cells.peek().is_some() && !cells.any(|cell| Domain::parse(cell).is_some())
}

/// Whether a cell holds a person's address on LinkedIn, usable or not.
fn is_a_persons(cell: &str) -> bool {
    match Profile::parse(cell) {
        Ok(_)
        | Err(
            ProfileError::Damaged
            | ProfileError::MemberId
            | ProfileError::NoSlug
            | ProfileError::OldForm
            | ProfileError::Recruiter
            | ProfileError::SalesNavigator
            | ProfileError::ShortLink,
        ) => true,
        Err(
            ProfileError::Company
            | ProfileError::Empty
            | ProfileError::Group
            | ProfileError::Job
            | ProfileError::NotLinkedin
            | ProfileError::OtherPage
            | ProfileError::Post
            | ProfileError::Search,
        ) => false,
    }
}
