//! Cells that are filled but say nothing about a person: errors of spreadsheets, placeholders of forms, texts of web
//! pages, ids of records.

use crate::people::Unsearchable;
use crate::sheet::mojibake;

/// Why a name or company cell is worth nothing; `None` for a cell that can be used.
pub(super) fn junk(cell: &str) -> Option<Unsearchable> {
    let text = cell.trim();
    // Most cells: a few letters and nothing that any rule below looks for.
    if text.len() <= 24 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return is_listed(text, PLACEHOLDERS).then_some(Unsearchable::Placeholder);
    }
    if is_error_value(text) {
        Some(Unsearchable::ErrorValue)
    } else if text.contains('\u{fffd}') || mojibake::is_damaged(text) {
        Some(Unsearchable::Damaged)
    } else if is_placeholder(text) {
        Some(Unsearchable::Placeholder)
    } else if is_page_text(text) {
        Some(Unsearchable::PageText)
    } else if is_program_data(text) {
        Some(Unsearchable::RecordId)
    } else {
        None
    }
}

/// Whether first and last name are a placeholder only together: `LinkedIn` and `Member`.
pub(super) fn is_placeholder_name(first: &str, last: &str) -> bool {
    let (first, last) = (first.trim(), last.trim());
    // In both orders: columns may be swapped.
    [(first, last), (last, first)]
        .iter()
        .any(|(one, other)| is_listed(&format!("{one} {other}"), PLACEHOLDER_NAMES))
}

/// The errors of spreadsheet programs in every language, by their shape: `#REF!`, `#¿NOMBRE?`, `#Н/Д`, `Err:502`.
fn is_error_value(text: &str) -> bool {
    const LONGEST: usize = 24;
    if text.chars().take(LONGEST + 1).count() > LONGEST {
        return is_listed(without_symbols(text), ERROR_TEXTS);
    }
    if let Some(word) = text.strip_prefix('#') {
        let shouted = !word.chars().any(|c| c.is_lowercase() || c.is_whitespace());
        let marked =
            word.ends_with(['!', '?']) || word.contains('/') || word.chars().all(|c| c == '#');
        if shouted && (marked || ERROR_WORDS.contains(&word)) {
            return true;
        }
    }
    let number = text.split_once(':').filter(|(word, _)| ERROR_PREFIXES.contains(word));
    number.is_some_and(|(_, number)| number.trim().bytes().all(|byte| byte.is_ascii_digit()))
        || is_listed(without_symbols(text), ERROR_TEXTS)
}

fn is_placeholder(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    is_listed(bare, PLACEHOLDERS)
        || is_listed(bare, PLACEHOLDER_NAMES)
        || text == "\\N"
        || text.contains("{{")
        || text.contains("%%")
        || (text.starts_with("${") && text.ends_with('}'))
        || (text.starts_with("*|") && text.ends_with("|*"))
}

/// What scrapers pick up around a name.
fn is_page_text(text: &str) -> bool {
    // Every name and company comes by here: most have none of these.
    if !PAGE_HINTS.iter().any(|hint| text.contains(hint)) {
        return false;
    }
    let lower = text.to_lowercase().replace('’', "'");
    PAGE_TEXTS.iter().any(|piece| lower.contains(piece))
        || PAGE_STARTS.iter().any(|start| lower.starts_with(start))
}

/// UUIDs, ids of CRM records, bare numbers, objects of programs.
fn is_program_data(text: &str) -> bool {
    if text.starts_with(['{', '[']) && text.contains(['"', ':']) {
        return true;
    }
    if !text.chars().any(char::is_alphabetic) {
        // `1&1` is a company.
        return !text.contains('&') && text.chars().any(|c| c.is_ascii_digit());
    }
    if text.contains(char::is_whitespace) || !text.is_ascii() {
        return false;
    }
    let word: String = text.chars().filter(|c| *c != '-').collect();
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return false;
    }
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let is_hexadecimal = word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word.len() {
        // UUID, MongoDB.
        24 | 32 if is_hexadecimal && digits > 0 => true,
        // Airtable.
        17 if word.starts_with("rec") && digits > 0 => true,
        // Salesforce: an id begins with its object's three characters, of which two are digits.
        15 | 18 => word.as_bytes()[..2].iter().all(u8::is_ascii_digit) || digits >= 4,
        length => length >= 19 && digits >= 4,
    }
}

/// The text without the pictures and punctuation around it: `❌ No data found`.
fn without_symbols(text: &str) -> &str {
    text.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_listed(text: &str, list: &[&str]) -> bool {
    const LONGEST: usize = 48;
    if text.len() > LONGEST {
        false
    } else if text.is_ascii() {
        let lower = text.bytes().map(|byte| byte.to_ascii_lowercase());
        list.binary_search_by(|known| known.bytes().cmp(lower.clone())).is_ok()
    } else {
        list.binary_search(&text.to_lowercase().as_str()).is_ok()
    }
}

/// `#` and one of these, without a mark behind it.
#[rustfmt::skip]
const ERROR_WORDS: [&str; 17] = [
    "BUSY", "CALC", "DIV0", "ERROR", "GETTING_DATA", "HIÁNYZIK", "N.A.", "NA", "NAME", "NENÍ_K_DISPOZICI", "NULL",
    "NV", "NÉV", "REF", "SPILL", "VALUE", "YOK",
];

/// `LibreOffice` writes its error numbers behind one of these.
const ERROR_PREFIXES: [&str; 6] = ["Err", "Erreur ", "Erreur", "Error", "Errore", "Fehler"];

/// What enrichment tables and scripts write instead of a value; sorted, for the search.
#[rustfmt::skip]
const ERROR_TEXTS: &[&str] = &[
    "calculating", "cargando", "caricamento", "chargement", "click to run", "could not find",
    "could not find company", "could not find person", "enrichment failed", "error", "failed", "insufficient credits",
    "invalid input", "laden", "loading", "missing input", "no company found", "no data", "no data available",
    "no data found", "no domain found", "no email found", "no match", "no match found", "no profile found",
    "no response", "no result", "no result found", "no results", "no results found", "not enough credits",
    "not found", "null null", "object object", "processing", "queued", "rate limited", "request failed",
    "run condition not met", "running", "timed out", "timeout", "undefined undefined", "value not found",
    "wird geladen", "загрузка", "加载中", "読み込み中", "로드 중",
];

/// What forms and templates write into a field that nobody filled in; sorted, for the search. Sources: Eventbrite
/// (`Info Requested`), templates of CRM imports, merge fields.
#[rustfmt::skip]
const PLACEHOLDERS: &[&str] = &[
    "acme corp example", "apellido", "apellidos", "beispiel gmbh", "beispielfirma", "bitte ausfüllen", "company",
    "company name", "companyname", "deine firma", "enter company", "enter name", "entreprise", "example company",
    "first name", "firstname", "full name", "fullname", "info requested", "last name", "lastname", "musterfirma",
    "mustermann", "my company", "nachname", "new contact", "new lead", "no company", "no name", "nom de famille",
    "not disclosed", "organization name", "placeholder", "please enter", "please fill in", "prénom", "redacted",
    "sample company", "select", "surname", "test company", "unnamed", "unnamed contact", "untitled", "vorname",
    "your company", "your company name", "your name", "your organization", "информация запрошена",
];

/// Whole names that are nobody's; sorted, for the search.
#[rustfmt::skip]
const PLACEHOLDER_NAMES: &[&str] = &[
    "anonymous user", "deleted user", "erika mustermann", "first last", "first name last name", "firstname lastname",
    "former user", "guest guest", "guest user", "hidden hidden", "info requested", "info requested info requested",
    "jane doe", "john doe", "linkedin member", "linkedin user", "linkedin üyesi", "linkedin-bruger", "linkedin-jäsen",
    "linkedin-lid", "linkedin-medlem", "linkedin-mitglied", "linkedin-mitglied linkedin-mitglied", "linkedinmedlem",
    "max mustermann", "membre de linkedin", "membre linkedin", "membro de linkedin", "membro linkedin",
    "membrul linkedin", "miembro de linkedin", "n/a n/a", "name surname", "no name", "nom prénom",
    "participant linkedin", "použivatel linkedin", "private member", "private private", "prénom nom", "sample sample",
    "test test", "test tester", "test testing", "test user", "unknown unknown", "user linkedin",
    "usuario de linkedin", "usuário do linkedin", "utente di linkedin", "utente linkedin", "utilisateur linkedin",
    "utilisateur linkedin anonyme", "użytkownik linkedin", "vorname nachname", "your name", "пользователь linkedin",
    "участник linkedin",
];

/// A part of every text and beginning below, without its capitals.
const PAGE_HINTS: [&str; 10] = [
    "rofil", " is ", "egree", "ervices", "nzeigen", "onnect", "essage ", "nvite ", "iew ", "tatus ",
];

/// Texts of LinkedIn and other pages around a name.
const PAGE_TEXTS: &[&str] = &[
    "'s profile",
    "s' profile",
    "anzeigen",
    "degree connection",
    "is hiring",
    "is open to work",
    "full profile",
    "provides services",
    "status is offline",
    "status is online",
    "status is reachable",
    "view profile",
];

/// How texts of pages begin that go on with a name.
const PAGE_STARTS: &[&str] = &[
    "bekijk het profiel",
    "connect with ",
    "invite ",
    "message ",
    "näytä profiili",
    "profil von ",
    "se profilen",
    "send a message to ",
    "ver el perfil",
    "ver o perfil",
    "ver perfil",
    "view ",
    "visa profilen",
    "visualizza il profilo",
    "vis profilen",
    "voir le profil",
    "zobacz profil",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        for list in [ERROR_TEXTS, PLACEHOLDERS, PLACEHOLDER_NAMES] {
            let unsorted = list.windows(2).find(|pair| pair[0] >= pair[1]);
            assert_eq!(unsorted, None);
        }
    }

    #[test]
    fn a_cell_that_says_nothing_is_named() {
        for (reason, cells) in [
            (
                Unsearchable::ErrorValue,
                "#ERROR!|#DIV/0!|#NOME?|#REF!|#N/A|#NV|#¡VALOR!|#¿NOMBRE?|#BEZUG!|#ZAHL!|#Н/Д|#ДЕЛ/0!|#YOK|#DĚLENÍ_NULOU!|\
                 ####|#SPILL!|#GETTING_DATA|Err:502|Fehler:508|Loading...|Loading…|No data found|❌ No data found|\
                 🚫 No results found|Run condition not met|#ERROR",
            ),
            (
                Unsearchable::Placeholder,
                "Info Requested|LinkedIn Member|{{first_name}}|%%firstname%%|*|FNAME|*|Your Name|Max Mustermann|\
                 [Company Name]|Mustermann",
            ),
            (
                Unsearchable::PageText,
                "View Ada Example’s profile|View Ada Example's full profile|Ada Example is open to work|\
                 Ada Example 2nd degree connection|Voir le profil de Ada Example|Status is reachable",
            ),
            (
                Unsearchable::RecordId,
                "12345|0015g00000AbCdEAAV|0035g00000AbCdE|9f1b6c1e-7a0d-4f5b-9a53-3c1f5f0f2a11|recA1b2C3d4E5f6G7|\
                 507f1f77bcf86cd799439011|{\"ImportId\":\"QID1\"}|1,204.50",
            ),
            (Unsearchable::Damaged, "Chlo\u{fffd}|Chloé MÃ¼ller"),
        ] {
            for cell in
                cells.split('|').filter(|cell| !cell.is_empty() && *cell != "*" && *cell != "FNAME")
            {
                assert_eq!(junk(cell), Some(reason), "{cell}");
            }
        }
        assert_eq!(junk("*|FNAME|*"), Some(Unsearchable::Placeholder));
    }

    #[test]
    fn names_and_companies_are_left_alone() {
        for cell in "Ada|Example|O'Hara|Viewpoint Ltd|3M|1&1|#paid|#HASHTAG|Loading Dock GmbH|Error Prone Ltd|Acme 24|\
             Messagebird|Invitewell|Fehler: Institut|Company of Heroes|UUID Systems|recall Studios|Null & Söhne|\
             Total Energies|株式会社サンプル|Studio 54|7-Eleven|Deutsche Telekom|Supercalifragilistic"
            .split('|')
        {
            assert_eq!(junk(cell), None, "{cell}");
        }
        assert!(is_placeholder_name("LinkedIn", "Member"));
        assert!(!is_placeholder_name("Ada", "Member"));
    }
}
