//! What the cells say: whether a column holds what its name promises, and which columns hold profiles unannounced.

use super::by_name::{Candidate, What};
use super::{Columns, Form};
use crate::people::{Domain, NotAProfile, Profile, filled};
use crate::sheet::Field;
use crate::sheet::layout::Layout;
use crate::sheet::vocabulary::{self, ProfileSense};

/// Keeps the candidates that hold what they promise, and adds columns that hold profiles under another name.
pub(super) fn check(layout: &Layout, candidates: &[Candidate]) -> Columns {
    let mut columns = Columns::default();
    for Candidate { index, what, .. } in candidates.iter().copied() {
        match what {
            What::Company => columns.company.push(index),
            What::Domain if is_promise_broken(layout, index) => {}
            What::Domain => columns.domain.push(index),
            What::First => columns.first.push(index),
            What::Full(order) => columns.full.push((index, order)),
            What::Infix => columns.infix.push(index),
            What::Last => columns.last.push(index),
            What::Profile(ProfileSense::Address) => columns.profile.push((index, Form::Address)),
            What::Profile(ProfileSense::Handle) => columns.profile.push((index, Form::Handle)),
            What::Profile(ProfileSense::Anywhere) => {
                if layout.rows.is_empty() || profiles(layout, index) > 0 {
                    columns.profile.push((index, Form::Anything));
                }
            }
        }
    }
    let holds_profiles = |(index, form): &(usize, Form)| {
        let mut cells = cells(layout, *index);
        cells.any(|cell| form.read(cell).is_ok())
    };
    if !columns.profile.iter().any(holds_profiles) {
        let known = columns.of(Field::LinkedinUrl);
        let others = unannounced(layout).filter(|index| !known.contains(index));
        columns.profile.extend(others.map(|index| (index, Form::Anything)));
    }
    columns
}

/// How many profiles stand in a column of the sample.
pub(super) fn profiles(layout: &Layout, index: usize) -> usize {
    cells(layout, index).filter(|cell| is_profile(cell)).count()
}

/// The cells of a column that hold anything.
pub(super) fn cells(layout: &Layout, index: usize) -> impl Iterator<Item = &str> {
    let cells = layout.rows.iter().filter_map(move |row| row.get(index));
    cells.filter_map(|cell| filled(cell))
}

/// Columns most of whose cells are addresses of people on LinkedIn and whose name does not say that they are somebody
/// else's. Addresses that are no public profiles count: it is worth saying what they are.
fn unannounced(layout: &Layout) -> impl Iterator<Item = usize> {
    let widest = layout.rows.iter().map(Vec::len).max().unwrap_or_default();
    (0..widest.max(layout.width)).filter(|index| {
        let name = layout.header.as_ref().and_then(|header| header.get(*index));
        let others = name.is_some_and(|name| vocabulary::is_about_others(name));
        let people = cells(layout, *index).filter(|cell| is_a_persons(cell)).count();
        !others && people > 0 && people * 2 >= cells(layout, *index).count()
    })
}

/// Whether a column for domains has cells, and not one of them is a company's domain.
fn is_promise_broken(layout: &Layout, index: usize) -> bool {
    let mut cells = cells(layout, index).peekable();
    cells.peek().is_some() && !cells.any(|cell| Domain::parse(cell).is_some())
}

fn is_profile(cell: &str) -> bool {
    Profile::parse(cell).is_ok()
}

/// Whether a cell holds a person's address on LinkedIn, of whatever use.
fn is_a_persons(cell: &str) -> bool {
    match Profile::parse(cell) {
        Ok(_)
        | Err(
            NotAProfile::Damaged
            | NotAProfile::MemberId
            | NotAProfile::NoSlug
            | NotAProfile::OldForm
            | NotAProfile::Recruiter
            | NotAProfile::SalesNavigator
            | NotAProfile::ShortLink,
        ) => true,
        Err(
            NotAProfile::Company
            | NotAProfile::Empty
            | NotAProfile::Group
            | NotAProfile::Job
            | NotAProfile::NotLinkedin
            | NotAProfile::OtherPage
            | NotAProfile::Post
            | NotAProfile::Search,
        ) => false,
    }
}
