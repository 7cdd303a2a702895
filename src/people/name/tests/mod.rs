mod noise;
mod order;

use super::*;
use proptest::prelude::*;

fn whole(cell: &str) -> Result<(String, String), Unsearchable> {
    split(cell, Order::FirstLast).map(|name| (name.first, name.last))
}

#[test]
fn a_whole_name_is_split() {
    all_split(&[
        ("Ada Example", "Ada", "Example"),
        ("  Ada   Example ", "Ada", "Example"),
        ("Ada\u{a0}Example", "Ada", "Example"),
        ("ADA EXAMPLE", "ADA", "EXAMPLE"),
        ("ada example", "ada", "example"),
        ("Anna-Lena Groß", "Anna-Lena", "Groß"),
        ("Seán O'Neill", "Seán", "O'Neill"),
        ("Seán O’Neill", "Seán", "O’Neill"),
        ("Ana García López", "Ana", "García López"),
        ("John M. Smith", "John", "Smith"),
        ("John M Smith", "John", "Smith"),
        ("J. Michael Smith", "Michael", "Smith"),
    ]);
}

fn all_split(cells: &[(&str, &str, &str)]) {
    for (cell, first, last) in cells {
        assert_eq!(whole(cell), Ok(((*first).into(), (*last).into())), "{cell}");
    }
}

#[test]
fn what_does_not_name_a_person_says_so() {
    for (cell, why) in [
        ("", Unsearchable::NoName),
        ("n/a", Unsearchable::NoName),
        ("🚀", Unsearchable::NoName),
        ("Ada", Unsearchable::OneWord),
        ("Dr. Ada", Unsearchable::OneWord),
        ("Ada, PhD", Unsearchable::OneWord),
        ("Dr., Ada", Unsearchable::OneWord),
        ("Ada & Bob Example", Unsearchable::SeveralPeople),
        ("Smith, John & Jane", Unsearchable::SeveralPeople),
        ("Ada Example; Bob Other", Unsearchable::SeveralPeople),
        ("Ada Example, Bob Other", Unsearchable::SeveralPeople),
        ("Ada Example\nBob Other", Unsearchable::SeveralPeople),
        ("Ada Example und Bob Other", Unsearchable::SeveralPeople),
        ("Ada Example y Bob Other", Unsearchable::SeveralPeople),
        ("Ada / Bob Example", Unsearchable::SeveralPeople),
        ("Ada/Bob Example", Unsearchable::SeveralPeople),
        ("ada and bob example", Unsearchable::SeveralPeople),
        ("Ada Example, Bob Other, Cleo Third", Unsearchable::SeveralPeople),
        ("Smith, John, Quarry Lane", Unsearchable::SeveralPeople),
        ("マイケル スコット", Unsearchable::UnclearOrder),
        ("山田 太郎 Yamada Taro", Unsearchable::UnclearOrder),
        ("王小雨", Unsearchable::OneWord),
        ("王小雨 先生", Unsearchable::OneWord),
        ("Szabó Jánosné", Unsearchable::UnclearOrder),
        ("LE Yann", Unsearchable::UnclearOrder),
        ("Paul Henri PETIT", Unsearchable::UnclearOrder),
        ("Chlo? Lind", Unsearchable::Damaged),
        ("Printed on 1/2/2026", Unsearchable::NotAName),
        ("3 connections", Unsearchable::NotAName),
        ("Quarry Lane Ltd", Unsearchable::NotAName),
        ("van Gogh", Unsearchable::OneWord),
        ("Ada E.", Unsearchable::LastInitial),
        ("Ada E", Unsearchable::LastInitial),
        ("Ada Maria E.", Unsearchable::LastInitial),
        ("A. Example", Unsearchable::FirstInitial),
        ("LinkedIn Member", Unsearchable::NotAName),
        ("ada@acme.example Example", Unsearchable::NotAName),
        ("Ada www.acme.example", Unsearchable::NotAName),
        ("Ada https://acme.example", Unsearchable::NotAName),
        ("山田 太郎 花子", Unsearchable::UnclearOrder),
        ("山田 Taro", Unsearchable::UnclearOrder),
    ] {
        assert_eq!(whole(cell), Err(why), "{cell}");
    }
}

#[test]
fn half_a_name_is_none() {
    for (first, last, why) in [
        ("", "", Unsearchable::NoName),
        ("-", "n/a", Unsearchable::NoName),
        ("Ada", "", Unsearchable::NoLastName),
        ("", "Example", Unsearchable::NoFirstName),
        ("Dr.", "Example", Unsearchable::NoFirstName),
        ("Dr", "Example", Unsearchable::NoFirstName),
        ("Ada", "Ltd", Unsearchable::NotAName),
        ("Ada", "ada@acme.example", Unsearchable::NotAName),
        ("Ada", "E.", Unsearchable::LastInitial),
        ("A.", "Example", Unsearchable::FirstInitial),
        ("A", "Example", Unsearchable::FirstInitial),
        ("ada@acme.example", "Example", Unsearchable::NotAName),
        ("Ada & Bob", "Example", Unsearchable::SeveralPeople),
        ("Ada, Bob", "Example", Unsearchable::SeveralPeople),
        ("Ada", "M?ller", Unsearchable::Damaged),
        ("Ada", "Example / Other", Unsearchable::SeveralPeople),
    ] {
        assert_eq!(join(first, "", last), Err(why), "{first} {last}");
    }
}

#[test]
fn a_name_that_stands_in_both_cells_is_one_whole_name() {
    let both = |cell: &str| join(cell, "", cell).map(|name| (name.first, name.last));
    assert_eq!(both("Ada Example"), Ok(("Ada".into(), "Example".into())));
    assert_eq!(both("Ada"), Err(Unsearchable::OneWord));
    assert_eq!(both(""), Err(Unsearchable::NoName));
}

#[test]
fn what_is_not_sent_tells_namesakes_apart() {
    let of = |cell: &str| split(cell, Order::FirstLast).unwrap().distinction;
    let cells = |first: &str, last: &str| join(first, "", last).unwrap().distinction;
    for (one, other) in [
        (of("John Smith Jr."), of("John Smith Sr.")),
        (of("John Smith, Jr."), of("John Smith III")),
        (of("John Smith II"), of("John Smith III")),
        (of("John Smith iv"), of("John Smith senior")),
        (of("John Smith junior"), of("John Smith senior")),
        (cells("John, Jr.", "Smith"), cells("John", "Smith II")),
        (of("Smith Sr., John"), of("Smith, John, Jr.")),
        (of("John A. Smith"), of("John B Smith")),
        (of("Smith, John A."), of("John B. Smith")),
        (of("Ada Example (née Wolf)"), of("Ada Example née Fox")),
        (cells("John A.", "Smith"), cells("John B.", "Smith")),
        (cells("John", "Smith Jr."), cells("John", "Smith, Sr.")),
        (cells("Ada", "Example (née Wolf)"), cells("Ada", "Example geb. Fox")),
    ] {
        assert!(one.contradicts(other) && other.contradicts(one), "{one:?} {other:?}");
        assert!(!one.contradicts(one) && !one.contradicts(Distinction::default()));
    }
    assert!(!of("John A. Smith").contradicts(of("John Smith Jr.")));
    // With a capital these are names.
    assert_eq!(of("Ada Junior"), of("Ada Senior"));
    assert!(!of("Ada Example (she/her)").contradicts(of("Ada Example (née Wolf)")));
    assert!(!of("Ada Example (née Wolf)").contradicts(of("ada example née wolf")));
}

#[test]
fn two_people_are_two_in_capitals_too() {
    let mut lost = Vec::new();
    for (word, _) in several::WORDS.iter().chain(several::SIGNS.map(|sign| (sign, 2)).iter()) {
        let cell = format!("Ada Example{word}Bob Other");
        for cell in [cell.clone(), cell.to_uppercase()] {
            if whole(&cell) != Err(Unsearchable::SeveralPeople) {
                lost.push(format!("{cell}: {:?}", whole(&cell)));
            }
        }
    }
    for cell in ["Ada And Bob Example", "Ada Und Bob Example", "Ada Example C/O Bob Other"] {
        if whole(cell) != Err(Unsearchable::SeveralPeople) {
            lost.push(format!("{cell}: {:?}", whole(cell)));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(cell in "\\PC{0,30}", words in "[a-zA-Z.,'\"()| -]{0,30}") {
        for text in [&cell, &words] {
            for order in [Order::FirstLast, Order::LastFirst] {
                if let Ok(name) = split(text, order) {
                    prop_assert!(!name.first.is_empty() && !name.last.is_empty());
                }
            }
            let _name = join(text, &words, &cell);
        }
    }
}
