//! Chooses the sheet that is the list of people.

use crate::sheet::table::Table;
use crate::sheet::{Input, Options, SheetError, columns};

/// What is known about a sheet before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tab {
    pub(super) name: String,
    pub(super) is_visible: bool,
}

/// The sheet that the user names, else the only visible one, else the only visible one that names people. `read` reads the
/// beginning of a sheet.
pub(super) fn choose(
    input: &Input,
    tabs: &[Tab],
    options: &Options,
    mut read: impl FnMut(usize) -> Result<Table, SheetError>,
) -> Result<usize, SheetError> {
    let names = |tabs: &[usize], all: &[Tab]| -> Vec<String> {
        tabs.iter().map(|index| all[*index].name.clone()).collect()
    };
    let all: Vec<usize> = (0..tabs.len()).collect();
    if let Some(name) = &options.sheet {
        return named(tabs, name).ok_or_else(|| SheetError::NoSheet {
            input: input.clone(),
            name: name.clone(),
            sheets: names(&all, tabs),
        });
    }
    let visible: Vec<usize> = all.iter().copied().filter(|index| tabs[*index].is_visible).collect();
    if let [only] = visible.as_slice() {
        return Ok(*only);
    }
    let (mut of_people, mut not_empty) = (Vec::new(), Vec::new());
    for index in visible {
        match read(index) {
            Ok(table) => {
                if columns::choose(input, &table, &options.map).is_ok() {
                    of_people.push(index);
                }
                not_empty.push(index);
            }
            Err(SheetError::Empty { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    match (of_people.as_slice(), not_empty.as_slice()) {
        ([only], _) | ([], [only]) => Ok(*only),
        ([], _) => {
            Err(SheetError::NoSheetOfPeople { input: input.clone(), sheets: names(&all, tabs) })
        }
        _ => {
            Err(SheetError::SeveralSheets { input: input.clone(), sheets: names(&of_people, tabs) })
        }
    }
}

/// The sheet with this name, else the one with this number.
fn named(tabs: &[Tab], name: &str) -> Option<usize> {
    let same = |tab: &Tab| tab.name.trim().to_lowercase() == name.trim().to_lowercase();
    let number = || name.trim().parse::<usize>().ok()?.checked_sub(1);
    let exact = tabs.iter().position(|tab| tab.name == name);
    exact
        .or_else(|| tabs.iter().position(same))
        .or_else(|| number().filter(|index| *index < tabs.len()))
}
