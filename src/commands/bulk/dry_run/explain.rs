//! What a plan shows about rows: the first people as they would be sent, and which rows cannot be searched.

use crate::enrow::search_json;
use crate::lookup::{Plan, RowRole};
use crate::people::Unsearchable;
use crate::sheet::{LineWord, Record, Sheet, SheetError};
use crate::text::sanitize;
use crate::ui::message::{Message, counted, message};
use crate::units::grouped;
use std::cmp::Reverse;
use std::collections::HashMap;

/// How many people are shown.
const SHOWN: usize = 3;

/// How many lines are named for each reason.
const LINES: usize = 10;

/// Rows that cannot be searched for the same reason.
#[derive(Default)]
struct ReasonRows {
    number: usize,
    first_lines: Vec<u64>,
}

/// Reads all rows once more.
pub(super) fn lines(sheet: &Sheet, plan: &Plan) -> Result<Vec<Message>, SheetError> {
    let (mut people, mut shown) = (Vec::new(), Vec::new());
    let mut reasons: HashMap<Unsearchable, ReasonRows> = HashMap::new();
    let (mut reader, mut record) = (sheet.rows(), Record::default());
    let mut row = 0;
    while reader.read(&mut record)? {
        match plan.role(row) {
            RowRole::Person(person, _) | RowRole::Filled(person)
                if people.len() < SHOWN && plan.is_open(person) && !people.contains(&person) =>
            {
                if let Some(search) = sheet.identify(&record).search() {
                    people.push(person);
                    shown.push(message!(
                        "  {} {}: {}",
                        sheet.line_word().one,
                        sheet.line_of(&reader),
                        sanitize(&search_json(search))
                    ));
                }
            }
            RowRole::Unsearchable(reason) => {
                let rows = reasons.entry(reason).or_default();
                rows.number += 1;
                if rows.first_lines.len() < LINES {
                    rows.first_lines.push(sheet.line_of(&reader));
                }
            }
            RowRole::Person(..) | RowRole::Filled(_) | RowRole::Kept | RowRole::Skipped => {}
        }
        row += 1;
    }
    if !shown.is_empty() {
        let first = if shown.len() == 1 { "the first person" } else { "the first people" };
        shown.insert(0, message!("{}, as they would be sent:", first));
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, rows)| (Reverse(rows.number), *reason));
    if !reasons.is_empty() {
        shown.push("not searchable:".into());
    }
    shown.extend(reasons.iter().map(|(reason, rows)| rows.describe(*reason, sheet.line_word())));
    Ok(shown)
}

impl ReasonRows {
    /// `  2 rows: no company (lines 4, 7)`.
    fn describe(&self, reason: Unsearchable, word: LineWord) -> Message {
        let lines: Vec<String> = self.first_lines.iter().map(u64::to_string).collect();
        let more = match self.number - lines.len() {
            0 => String::new(),
            more => format!(" and {} more", grouped(more as u64)),
        };
        let word = if self.number == 1 { word.one } else { word.many };
        message!(
            "  {}: {} ({} {})",
            counted(self.number, "row", "rows"),
            sanitize(&reason.to_string()),
            word,
            sanitize(&format!("{}{more}", lines.join(", ")))
        )
    }
}
