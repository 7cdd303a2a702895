//! A table that fits the terminal.

use console::Term;

/// On which side a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// What becomes of a column where there is no room for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Priority {
    /// It is left out, the last of them first.
    Optional,
    /// It stays; the widest column is cut.
    Needed,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) align: Align,
    pub(crate) priority: Priority,
}

/// What stands between two columns.
const GAP: usize = 2;

/// The least that is left of a column that is cut.
const STUB: usize = 8;

/// How wide standard output is; `None` where it is no terminal, and nothing has to be fitted.
pub(crate) fn width() -> Option<usize> {
    let out = Term::stdout();
    let (_, width) = out.is_term().then(|| out.size_checked())??;
    Some(width.into())
}

/// Lays rows out below their titles, within `width` characters where that is said. Every row has a cell for each
/// column.
pub(crate) fn render_table(
    columns: &[Column],
    rows: &[Vec<String>],
    width: Option<usize>,
) -> String {
    let length = |text: &str| text.chars().count();
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let cells = rows.iter().map(|row| length(&row[i]));
            cells.chain([length(column.title)]).max().unwrap_or(0)
        })
        .collect();
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    if let Some(width) = width {
        let total = |shown: &[usize], widths: &[usize]| {
            shown.iter().map(|&i| widths[i] + GAP).sum::<usize>() - GAP
        };
        while total(&shown, &widths) > width
            && let Some(last) =
                shown.iter().rposition(|&i| columns[i].priority == Priority::Optional)
        {
            shown.remove(last);
        }
        let over = total(&shown, &widths).saturating_sub(width);
        if let Some(&widest) = shown.iter().max_by_key(|&&i| widths[i]) {
            widths[widest] = widths[widest].saturating_sub(over).max(STUB);
        }
    }
    let titles = columns.iter().map(|column| column.title.to_owned());
    let titles: Vec<String> = titles.collect();
    let mut text = String::new();
    for row in std::iter::once(&titles).chain(rows) {
        let mut line = String::new();
        for (nth, &i) in shown.iter().enumerate() {
            if nth > 0 {
                line.push_str("  ");
            }
            let cell = cut(&row[i], widths[i]);
            let blank = " ".repeat(widths[i] - length(&cell));
            match columns[i].align {
                Align::Left => line.extend([&*cell, &blank]),
                Align::Right => line.extend([&*blank, &cell]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(width: Option<usize>) -> String {
        let column = |title, align, priority| Column { title, align, priority };
        let columns = [
            column("BATCH", Align::Left, Priority::Needed),
            column("FOUND", Align::Right, Priority::Optional),
            column("AGE", Align::Right, Priority::Needed),
        ];
        let rows = [["e3b61122-d6a6-4ea7", "1,204", "5m"], ["short", "-", "12d"]]
            .map(|row| row.map(str::to_owned).to_vec());
        render_table(&columns, &rows, width)
    }

    #[test]
    fn columns_stand_below_their_titles() {
        let whole = "BATCH               FOUND  AGE\n\
                     e3b61122-d6a6-4ea7  1,204   5m\n\
                     short                   -  12d\n";
        assert_eq!(example(None), whole);
        assert_eq!(example(Some(30)), whole);
    }

    #[test]
    fn a_narrow_terminal_loses_what_matters_least() {
        assert_eq!(
            example(Some(29)),
            "BATCH               AGE\n\
             e3b61122-d6a6-4ea7   5m\n\
             short               12d\n"
        );
        assert_eq!(
            example(Some(16)),
            "BATCH        AGE\n\
             e3b61122-d…   5m\n\
             short        12d\n"
        );
    }
}
