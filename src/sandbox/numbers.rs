//! Telephone numbers that belong to nobody.
//!
//! Every number the sandbox gives out lies in a range that a regulator keeps free for fiction:
//!
//! - US, CA: 555-0100 to 555-0199 in every area code (NANPA, "555 Line Number Assignment Guidelines").
//! - GB: Ofcom, "Telephone numbers for use in TV and radio drama programmes".
//! - FR: Arcep, decision 2018-0881, "numéros destinés aux œuvres audiovisuelles".
//! - DE: Bundesnetzagentur, Amtsblatt 7/2021, Mitteilung 148, "Rufnummern für Medienproduktionen (Drama Numbers)".
//! - AU: ACMA, "Phone numbers for use in TV shows, films and creative works".

/// The ranges of one country: each prefix stands for all numbers that continue it by `digits` digits.
struct Reserved {
    country: &'static str,
    digits: u32,
    prefixes: &'static [&'static str],
}

const RESERVED: [Reserved; 6] = [
    Reserved {
        country: "US",
        digits: 2,
        prefixes: &[
            "+120155501",
            "+120255501",
            "+120355501",
            "+120655501",
            "+121255501",
            "+121355501",
            "+121455501",
            "+121555501",
            "+121655501",
            "+121755501",
            "+130255501",
            "+130355501",
            "+130555501",
            "+131255501",
            "+131355501",
            "+131455501",
            "+140155501",
            "+140255501",
            "+140455501",
            "+140555501",
            "+141055501",
            "+141255501",
            "+141555501",
            "+150355501",
            "+150455501",
            "+151255501",
            "+160255501",
            "+161255501",
            "+161555501",
            "+161755501",
            "+170255501",
            "+171355501",
            "+180155501",
            "+180855501",
            "+190155501",
            "+190455501",
            "+190755501",
            "+191655501",
            "+191955501",
            "+197355501",
        ],
    },
    Reserved {
        country: "CA",
        digits: 2,
        prefixes: &["+141655501", "+151455501", "+160455501", "+190255501"],
    },
    Reserved {
        country: "GB",
        digits: 3,
        prefixes: &[
            "+441134960",
            "+441144960",
            "+441154960",
            "+441164960",
            "+441174960",
            "+441184960",
            "+441214960",
            "+441314960",
            "+441414960",
            "+441514960",
            "+441614960",
            "+441632960",
            "+441914980",
            "+442079460",
            "+442920180",
            "+447700900",
        ],
    },
    Reserved {
        country: "FR",
        digits: 4,
        prefixes: &["+3319900", "+3326191", "+3335301", "+3346571", "+3353649", "+3363998"],
    },
    Reserved {
        country: "DE",
        digits: 3,
        prefixes: &["+493023125", "+494066969", "+496990009", "+498999998", "+492214710"],
    },
    Reserved {
        country: "AU",
        digits: 4,
        prefixes: &[
            "+6125550", "+6127010", "+6135550", "+6137010", "+6175550", "+6177010", "+6185550",
            "+6187010",
        ],
    },
];

/// The fictional number that belongs to `lot`, and its country (ISO 3166-1 alpha-2). Every prefix is equally likely.
pub(super) fn number_for(lot: u64) -> (String, &'static str) {
    let prefixes: usize = RESERVED.iter().map(|range| range.prefixes.len()).sum();
    let prefixes = u64::try_from(prefixes).expect("a table in memory has fewer than 2^64 rows");
    let (mut pick, rest) = (lot % prefixes, lot / prefixes);
    for range in &RESERVED {
        for prefix in range.prefixes {
            if pick == 0 {
                let digits = range.digits as usize;
                let line = rest % 10_u64.pow(range.digits);
                return (format!("{prefix}{line:0digits$}"), range.country);
            }
            pick -= 1;
        }
    }
    unreachable!("pick is smaller than the number of prefixes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::PhoneNumber;
    use std::collections::HashSet;

    #[test]
    fn every_number_is_e164_and_of_the_length_its_country_has() {
        for range in &RESERVED {
            for prefix in range.prefixes {
                let length = prefix.len() - 1 + range.digits as usize;
                let expected = match range.country {
                    "US" | "CA" | "AU" | "FR" => 11,
                    "DE" | "GB" => 12,
                    other => panic!("no length known for {other}"),
                };
                assert_eq!(length, expected, "{prefix}");
                assert!(
                    PhoneNumber::parse(&format!("{prefix}{}", "0".repeat(range.digits as usize)))
                        .is_some()
                );
            }
        }
    }

    #[test]
    fn numbers_spread_over_the_ranges() {
        let lots = (0..1000_u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let drawn: Vec<_> = lots.map(number_for).collect();
        let different: HashSet<_> = drawn.iter().map(|(number, _)| number).collect();
        let countries: HashSet<_> = drawn.iter().map(|(_, country)| country).collect();
        assert!(different.len() > 900, "{}", different.len());
        assert_eq!(countries.len(), 6);
    }
}
