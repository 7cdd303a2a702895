/// A number in the format General, which a cell has if nobody chose another: without an exponent and without `.0`.
pub(in crate::sheet) fn general(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    // A cell holds 15 digits (ECMA-376). The shortest text that is read back as the same number may have 17.
    let shown = format!("{value}");
    let digits = shown.bytes().filter(u8::is_ascii_digit).count();
    if digits > 15 && shown.contains('.') {
        let whole = shown.split('.').next().unwrap_or_default().trim_start_matches('-').len();
        let rounded = format!("{value:.*}", 15_usize.saturating_sub(whole));
        return rounded.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    if shown == "-0" { "0".to_owned() } else { shown }
}
