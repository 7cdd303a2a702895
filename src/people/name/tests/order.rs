//! Which part of a name is the last name.

use super::*;

#[test]
fn a_particle_belongs_to_the_last_name() {
    all_split(&[
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("Jan van der Berg", "Jan", "van der Berg"),
        ("Anna Maria von Trapp", "Anna", "von Trapp"),
        ("Charles de Gaulle", "Charles", "de Gaulle"),
        ("Leonardo da Vinci", "Leonardo", "da Vinci"),
        ("Ana García de la Cruz", "Ana", "García de la Cruz"),
        ("Faisal bin Salman", "Faisal", "bin Salman"),
        ("Gerard 't Hooft", "Gerard", "'t Hooft"),
        ("Gerard 't Hooft van 't Veer", "Gerard", "'t Hooft van 't Veer"),
        ("Ada Example van", "Ada", "Example van"),
        ("Van Morrison", "Van", "Morrison"),
    ]);
}

#[test]
fn a_last_name_may_come_first() {
    all_split(&[
        ("Example, Ada", "Ada", "Example"),
        ("van der Berg, Jan", "Jan", "van der Berg"),
        ("García López, Ana María", "Ana María", "García López"),
        ("Smith, John M.", "John", "Smith"),
        ("Smith, Ed", "Ed", "Smith"),
        ("Smith, AJ", "AJ", "Smith"),
        ("Smith , John", "John", "Smith"),
        ("Smith 'Smitty', John", "John", "Smith"),
        ("Smith, John, Berlin", "John", "Smith"),
        ("Smith, Jan Piet", "Jan Piet", "Smith"),
        ("Groot Berg, Jan", "Jan", "Groot Berg"),
        ("Groot Berg, Jan P.", "Jan", "Groot Berg"),
        ("Groot Berg, Jan van", "Jan van", "Groot Berg"),
        ("de Groot, Jan Piet", "Jan Piet", "de Groot"),
        ("DUPONT MARTIN, Luc Yves", "Luc Yves", "DUPONT MARTIN"),
        ("Ma, Jack", "Jack", "Ma"),
        ("MA, JACK", "JACK", "MA"),
        ("Müller, Dr. Anna", "Anna", "Müller"),
        ("Smith Jr., John", "John", "Smith"),
        ("DUPONT Jean", "Jean", "DUPONT"),
        ("DUPONT MARTIN Jean-Luc", "Jean-Luc", "DUPONT MARTIN"),
        ("JP Morgan", "JP", "Morgan"),
        ("J.R.R. Example", "J.R.R.", "Example"),
    ]);
}

#[test]
fn a_name_written_last_name_first_is_turned_round() {
    let turned = |cell: &str| split(cell, Order::LastFirst).map(|name| (name.first, name.last));
    assert_eq!(turned("Dupont Jean"), Ok(("Jean".into(), "Dupont".into())));
    assert_eq!(turned("van der Berg Jan"), Ok(("Jan".into(), "van der Berg".into())));
    assert_eq!(turned("Dupont, Jean"), Ok(("Jean".into(), "Dupont".into())));
}

#[test]
fn the_family_name_is_known_by_capitals_script_and_custom() {
    for (cell, first, last) in [
        ("BRUNN Holger", "Holger", "BRUNN"),
        ("LE GOFF Yann", "Yann", "LE GOFF"),
        ("EL AMRANI Samir", "Samir", "EL AMRANI"),
        ("DE LA TOUR Inès", "Inès", "DE LA TOUR"),
        ("Inès Marie DE LA TOUR", "Inès Marie", "DE LA TOUR"),
        ("Marie Claire DUPONT", "Marie Claire", "DUPONT"),
        ("Ada Example XQZT", "Ada", "Example XQZT"),
        ("Ada Example QRX ZTP", "Ada", "Example QRX ZTP"),
        ("Ada Lind O.E.A.", "Ada", "Lind O.E.A."),
        ("Ada M. EXAMPLE", "Ada", "EXAMPLE"),
        ("Ada PETIT", "Ada", "PETIT"),
        ("Anna Beth LE", "Anna", "Beth LE"),
        ("Jan van PETIT", "Jan", "van PETIT"),
        ("JO Beth Lind", "JO", "Beth Lind"),
        ("DUPONT Jean Luc", "Jean Luc", "DUPONT"),
        ("ROCCA Jean", "Jean", "ROCCA"),
        ("roz lind", "roz", "lind"),
        ("森 陽斗", "陽斗", "森"),
        ("김 서준", "서준", "김"),
        ("王 小雨", "小雨", "王"),
        ("Nagy László", "László", "Nagy"),
        ("László Nagy", "László", "Nagy"),
        ("Kovács Anna Mária", "Anna Mária", "Kovács"),
        ("Szabó Éva Judit", "Éva Judit", "Szabó"),
        ("Szabó Éva Judit Anna", "Éva Judit Anna", "Szabó"),
        ("Juan Carlos García López", "Juan Carlos", "García López"),
        ("José Luis Pérez", "José Luis", "Pérez"),
        ("JEAN FRANCOIS DUPONT", "JEAN FRANCOIS", "DUPONT"),
        ("Maria de Jesus Perez", "Maria de Jesus", "Perez"),
        ("Juan Carlos", "Juan", "Carlos"),
        ("Maria van der Berg", "Maria", "van der Berg"),
        ("O&#039;Hara, Runa", "Runa", "O'Hara"),
        ("Zo&euml; Lind", "Zoë", "Lind"),
        ("Runa O&amp;#039;Hara", "Runa", "O'Hara"),
        ("Sol\u{ad}berg, In\u{200b}ge", "Inge", "Solberg"),
        ("“Ada Example”", "Ada", "Example"),
        ("'Ada Example'", "Ada", "Example"),
        ("García López, María José", "María José", "García López"),
        ("María del Carmen Ruiz Soto", "María del Carmen", "Ruiz Soto"),
        ("María de los Ángeles Pérez", "María de los Ángeles", "Pérez"),
        ("José Ortega y Gasset", "José", "Ortega y Gasset"),
        ("McDONALD Ian", "Ian", "McDONALD"),
        ("Kim Seo-jun", "Seo-jun", "Kim"),
        ("Kim Smith-Jones", "Kim", "Smith-Jones"),
        ("山田 太郎様", "太郎", "山田"),
        ("山田　花子 さん", "花子", "山田"),
        ("남궁 민 대표", "민", "남궁"),
        ("Ru\0na Okafor", "Runa", "Okafor"),
        ("Runa Okafor She/Her", "Runa", "Okafor"),
        ("Ada Example | Quarry Lane & Co", "Ada", "Example"),
        ("Ada Example + 3 others", "Ada", "Example"),
        ("Ada Example & the Team", "Ada", "Example"),
        ("Ada Example & Web2", "Ada", "Example"),
        ("Ada Example\nHead of Sales", "Ada", "Example"),
        ("Ada Example\nAda Example", "Ada", "Example"),
        ("Ada Example\nAda", "Ada", "Example"),
        ("Ada Example #OPENTOWORK", "Ada", "Example"),
    ] {
        assert_eq!(whole(cell), Ok((first.into(), last.into())), "{cell}");
    }
}
