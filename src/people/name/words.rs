//! Words in cells of names that are not names. All lists but [`HONORIFICS`] are sorted, for the search.

use crate::word_list::WordList;
use std::borrow::Cow;

/// A word without full stops, and without a comma at its end.
fn bare(word: &str) -> Cow<'_, str> {
    let word = word.trim_end_matches(',');
    if word.contains('.') { word.replace('.', "").into() } else { word.into() }
}

/// [`bare`] in lower case.
fn folded(word: &str) -> String {
    word.trim_end_matches(',').chars().filter(|c| *c != '.').flat_map(char::to_lowercase).collect()
}

/// Whether a word is a single letter, with or without a full stop. In scripts without capitals, a single letter is a name.
pub(super) fn is_initial(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let first = letters.next();
    first.is_some_and(|c| c.is_lowercase() || c.is_uppercase())
        && word != "y"
        && letters.next().is_none()
        && word.chars().all(|c| c.is_alphabetic() || c == '.')
}

/// Whether a word before a name is a title and cannot be a name.
pub(super) fn is_clear_title(word: &str) -> bool {
    // `Dr.med.`, `Prof.Dr.rer.nat.`
    let are_titles = |(first, others): (&str, &str)| {
        let mut others = others.split('.').filter(|other| !other.is_empty());
        TITLES.has(first) && others.all(|other| TITLES.has(other) || DOTTED_TITLES.has(other))
    };
    TITLES.has(&bare(word))
        || word.strip_suffix('.').and_then(|word| word.split_once('.')).is_some_and(are_titles)
}

/// Whether a word before a name is a title. Titles that are also names need their full stop.
pub(super) fn is_title(word: &str) -> bool {
    is_clear_title(word) || (word.ends_with('.') && DOTTED_TITLES.has(&bare(word)))
}

/// Whether a word behind a name is a degree or a licence that cannot be a name.
pub(super) fn is_degree(word: &str) -> bool {
    let plain = bare(word);
    DEGREES.has(&plain)
        || (AMBIGUOUS_DEGREES.has(&plain) && word.trim_end_matches(',').contains('.'))
}

/// Whether a word behind a comma is a degree or a licence.
pub(super) fn is_credential(word: &str) -> bool {
    // In `Smith, MD` it is a degree, in `Smith, Ed` a first name.
    let is_capital = !word.chars().any(char::is_lowercase);
    is_degree(word) || (is_capital && AMBIGUOUS_DEGREES.has(&bare(word)))
}

/// Whether a word says which of several namesakes this is.
pub(super) fn is_suffix(word: &str) -> bool {
    generation(word).is_some()
}

/// Which of several namesakes this is: `Jr.` is 1, `Sr.` is 2, `III` is 4.
pub(super) fn generation(word: &str) -> Option<u8> {
    match folded(word).as_str() {
        "jr" => Some(1),
        "sr" => Some(2),
        // With a capital these are names.
        "junior" if word != "Junior" => Some(1),
        "senior" if word != "Senior" => Some(2),
        "ii" | "2nd" => Some(3),
        "iii" | "3rd" => Some(4),
        "iv" | "4th" => Some(5),
        _ => None,
    }
}

/// Whether a word belongs to a job and not to a name.
pub(super) fn is_job(word: &str) -> bool {
    JOBS.has(&bare(word))
}

/// Whether a word joins the parts of a last name.
pub(super) fn is_particle(word: &str) -> bool {
    begins_last_name(word)
        || matches!(
            word.to_lowercase().as_str(),
            "d" | "da"
                | "das"
                | "de"
                | "degli"
                | "dei"
                | "del"
                | "della"
                | "delle"
                | "des"
                | "di"
                | "do"
                | "dos"
                | "du"
                | "e"
                | "el"
                | "la"
                | "le"
                | "les"
                | "lo"
                | "los"
                | "y"
        )
}

/// Whether a last name begins with this particle. Romance particles do not show it: in `Ana García de la Cruz` the last
/// name begins before the particle.
pub(super) fn begins_last_name(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "'t" | "’t"
            | "af"
            | "av"
            | "bin"
            | "bint"
            | "ibn"
            | "op"
            | "ten"
            | "ter"
            | "van"
            | "vom"
            | "von"
            | "vander"
            | "vanden"
            | "zu"
            | "zum"
            | "zur"
    )
}

/// `Ltd`, `GmbH`: the cell holds a company instead of a name.
pub(super) fn is_legal_form(word: &str) -> bool {
    matches!(
        folded(word).as_str(),
        "corp"
            | "gmbh"
            | "inc"
            | "limited"
            | "llc"
            | "llp"
            | "ltd"
            | "plc"
            | "pty"
            | "sarl"
            | "srl"
    )
}

/// `She/Her`, `er/ihm`: pronouns behind the name.
pub(super) fn is_pronouns(word: &str) -> bool {
    let word = folded(word);
    let pieces = || word.split('/').filter(|piece| !piece.is_empty());
    word.contains('/') && pieces().all(|piece| PRONOUNS.binary_search(&piece).is_ok())
}

/// Titles that are written behind names in Chinese, Japanese and Korean.
pub(super) fn is_honorific(word: &str) -> bool {
    HONORIFICS.contains(&word)
}

/// Whether the name at birth follows this word.
pub(super) fn announces_maiden_name(word: &str) -> bool {
    match folded(word).as_str() {
        "geborene" | "geboren" | "née" | "ne\u{301}e" | "né" | "ne\u{301}" | "född" => true,
        // With a capital these are names.
        "nee" => word.starts_with('n'),
        "geb" | "roz" => word.starts_with(char::is_lowercase) || word.ends_with('.'),
        _ => false,
    }
}

/// Titles that are never names, without full stops.
#[rustfmt::skip]
pub(super) static TITLES: WordList = WordList::of(&[
    "dame", "ddr", "dhr", "dipl-betriebsw", "dipl-biol", "dipl-chem", "dipl-inf", "dipl-ing", "dipl-kfm", "dipl-math",
    "dipl-phys", "dipl-psych", "dipl-wirt-ing", "dipling", "diplkfm", "dott", "dottore", "dottoressa", "dottssa",
    "doña", "dr", "dr-ing", "dra", "drhc", "dring", "drs", "dña", "engr", "frau", "fru", "fräulein", "habil", "herr",
    "hon", "ingénieur", "inż", "madame", "maître", "meneer", "mevr", "mevrouw", "mgr", "miss", "mister", "mlle",
    "mmag", "mme", "monsieur", "mr", "mrs", "ms", "mw", "mx", "pani", "pddr", "privatdozent", "prof", "profa",
    "profdr", "professor", "rev", "reverend", "señor", "señora", "signor", "signora", "sigra", "sir", "sra", "srta",
    "univ-prof", "univprof",
]);

/// Titles that are also names or initials: only the full stop shows it.
#[rustfmt::skip]
pub(super) static DOTTED_TITLES: WordList = WordList::of(&[
    "arch", "avv", "br", "capt", "col", "cpt", "d", "eng", "fr", "gen", "geom", "hab", "hc", "hon", "ing", "ir",
    "jur", "lic", "lt", "m", "mag", "maj", "me", "med", "nat", "oec", "paed", "phil", "pol", "rag", "rer", "sgt",
    "sig", "sr", "theol",
]);

/// Degrees and licences that are never names, without full stops.
#[rustfmt::skip]
pub(super) static DEGREES: WordList = WordList::of(&[
    "acca", "acii", "acma", "bba", "bcom", "bfa", "bmus", "bsc", "bsn", "btech", "caia", "cbap", "cbe",
    "ccie", "ccna", "ccnp", "ceh", "cfa", "cfp", "cgma", "chrp", "cipd", "cisa", "cism", "cissp", "cpa", "cpim",
    "cplp", "cscp", "cscs", "csm", "cspo", "dba", "dds", "dipl-ing", "dipl-kfm", "dipling", "diploming", "dmd",
    "dphil", "dvm", "edd", "emba", "esq", "fasla", "fcca", "fcii", "fcim", "fcipd", "frcs", "frics", "frsa", "gphr",
    "itil", "kbe", "lcsw", "llb", "llm", "lmft", "lpc", "lssbb", "mba", "mbe", "mcim", "mcipd", "mcom", "mcse",
    "mdiv", "mfa", "mhrm", "miet", "mlis", "mmus", "mpa", "mph", "mphil", "mpp", "mres", "mrics", "msc", "msci",
    "msn", "mtech", "ncarb", "obe", "pgce", "pgmp", "pharmd", "phd", "phr", "pmi-acp", "pmp", "prince2", "psm",
    "pspo", "psyd", "sccm", "shrm-cp", "shrm-scp", "sphr",
]);

/// Degrees and licences that are also names or words: only a comma before them, or their full stops, show it.
#[rustfmt::skip]
pub(super) static AMBIGUOUS_DEGREES: WordList = WordList::of(&[
    "ab", "aca", "acc", "aia", "aicp", "am", "asa", "aud", "ba", "bca", "bed", "beng", "bs", "ca", "ccp", "ceng",
    "cfe", "cia", "cima", "clu", "cma", "cpcu", "crm", "cs", "csep", "csp", "dc", "dl", "dmin", "do", "dr", "ed",
    "edm", "eit", "fca", "fh", "frm", "fsa", "ieng", "ii", "ing", "jd", "jp", "kc", "lean", "leed", "ma", "mag",
    "mca", "mcc", "md", "med", "meng", "mha", "mi", "mls", "ms", "msw", "np", "od", "ot", "pa", "pcc", "pe", "peng",
    "phdc", "pr", "pt", "qc", "qts", "ra", "rd", "rmp", "rn", "safe", "sc", "sm", "spc",
]);

#[rustfmt::skip]
pub(super) const PRONOUNS: [&str; 37] = [
    "any", "ella", "elle", "er", "haar", "han", "he", "hem", "hen", "henne", "her", "hers", "hij", "him", "his",
    "hon", "honom", "hun", "iel", "ihm", "ihn", "ihr", "il", "it", "its", "lei", "lui", "she", "sie", "their",
    "theirs", "them", "they", "xe", "ze", "zij", "él",
];

#[rustfmt::skip]
pub(super) const HONORIFICS: [&str; 36] = [
    "様", "さん", "さま", "殿", "氏", "先生", "御中", "部長", "課長", "社長", "君", "ちゃん", "님", "씨", "선생님", "대표", "대표님", "이사", "이사님",
    "부장", "부장님", "과장", "과장님", "팀장", "팀장님", "차장", "대리", "교수", "박사", "女士", "小姐", "经理", "經理", "总经理", "總經理", "教授",
];

/// Words of jobs, which follow a comma in headlines.
#[rustfmt::skip]
pub(super) static JOBS: WordList = WordList::of(&[
    "accountant", "adviser", "advisor", "analyst", "architect", "attorney", "author", "berater", "beraterin", "ceo",
    "cfo", "chairman", "chairwoman", "chef", "chro", "cio", "cmo", "co-founder", "coach", "cofounder", "consultant",
    "coo", "cpo", "cro", "cto", "designer", "developer", "directeur", "director", "directora", "directrice",
    "direktor", "direktør", "direttore", "direttrice", "dyrektor", "engineer", "evp", "executive", "founder",
    "gerente", "geschäftsführer", "geschäftsführerin", "gérant", "gérante", "head", "inhaber", "inhaberin", "lawyer",
    "lead", "leiter", "leiterin", "manager", "marketing", "officer", "owner", "partner", "president", "prezes",
    "recruiter", "responsabile", "responsable", "sales", "speaker", "specialist", "svp", "vp",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_can_be_searched() {
        let lists = [&AMBIGUOUS_DEGREES, &DEGREES, &DOTTED_TITLES, &JOBS, &TITLES];
        assert!(lists.iter().all(|list| list.is_sorted()) && PRONOUNS.is_sorted());
    }
}
