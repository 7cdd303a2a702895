//! Telephone numbers that belong to nobody.
//!
//! Every number the sandbox gives out lies in a range that a regulator keeps free for fiction:
//!
//! - US, CA: 555-0100 to 555-0199 in every area code (NANPA, "555 Line Number Assignment Guidelines").
//! - GB: Ofcom, "Telephone numbers for use in TV and radio drama programmes".
//! - FR: Arcep, decision 2018-0881, "numéros destinés aux œuvres audiovisuelles".
//! - DE: Bundesnetzagentur, Amtsblatt 7/2021, Mitteilung 148, "Rufnummern für Medienproduktionen (Drama Numbers)".
//! - AU: ACMA, "Phone numbers for use in TV shows, films and creative works".

/// Country, what its prefixes begin and end with, how many digits follow, and the prefixes.
type Range = (&'static str, &'static str, &'static str, u32, &'static str);

#[rustfmt::skip]
const RANGES: [Range; 6] = [
    ("US", "+1", "55501", 2, "201 202 203 206 212 213 214 215 216 217 302 303 305 312 313 314 401 402 404 405 \
      410 412 415 503 504 512 602 612 615 617 702 713 801 808 901 904 907 916 919 973"),
    ("CA", "+1", "55501", 2, "416 514 604 902"),
    ("GB", "+44", "", 3, "1134960 1144960 1154960 1164960 1174960 1184960 1214960 1314960 1414960 1514960 1614960 \
      1632960 1914980 2079460 2920180 7700900"),
    ("FR", "+33", "", 4, "19900 26191 35301 46571 53649 63998"),
    ("DE", "+49", "", 3, "3023125 4066969 6990009 8999998 2214710"),
    ("AU", "+61", "", 4, "25550 27010 35550 37010 75550 77010 85550 87010"),
];

/// How many prefixes there are.
const PREFIXES: u64 = 79;

/// The fictional number that belongs to `lot`, and its country (ISO 3166-1 alpha-2). Every prefix is equally likely.
pub(super) fn number_for(lot: u64) -> (String, &'static str) {
    let rest = lot / PREFIXES;
    let prefixes =
        RANGES.iter().flat_map(|range| range.4.split(' ').map(move |area| (range, area)));
    let pick = usize::try_from(lot % PREFIXES).expect("it is less than 79");
    let (&(country, begin, end, digits, _), area) = { prefixes }.nth(pick).expect("79 prefixes");
    let line = rest % 10_u64.pow(digits);
    (format!("{begin}{area}{end}{line:0width$}", width = digits as usize), country)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::PhoneNumber;
    use std::collections::HashSet;

    #[test]
    fn every_number_is_e164_and_of_the_length_its_country_has() {
        let numbers: HashSet<_> = (0..PREFIXES).map(number_for).collect();
        assert_eq!(numbers.len(), 79, "two prefixes are the same");
        for (number, country) in numbers {
            let digits = if ["DE", "GB"].contains(&country) { 12 } else { 11 };
            assert_eq!(number.len() - 1, digits, "{number}");
            assert!(PhoneNumber::parse(&number).is_some(), "{number}");
        }
        let count: usize = RANGES.iter().map(|range| range.4.split_whitespace().count()).sum();
        assert_eq!(u64::try_from(count).unwrap(), PREFIXES);
        // A person keeps their number.
        assert_eq!(number_for(79 * 42), ("+12015550142".to_owned(), "US"));
        assert_eq!(number_for(78 + 79 * 1234), ("+61870101234".to_owned(), "AU"));
    }
}
