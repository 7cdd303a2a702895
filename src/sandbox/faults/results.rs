//! Changes to the answer of a poll. A result is JSON here, so that it can be as odd as an answer can be.

use crate::sandbox::answers::{Answer, answer_for};
use crate::sandbox::search::Search;
use serde_json::{Value, json};

/// Stands for half a surrogate pair until the body is bytes: no Rust string can hold one.
pub(super) const SURROGATE: &str = "half-a-surrogate-pair";

/// Puts half surrogate pairs in their places.
pub(in crate::sandbox) fn place_surrogates(body: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(body);
    text.map_or_else(std::string::FromUtf8Error::into_bytes, |text| {
        text.replace(SURROGATE, r"\ud83d").into_bytes()
    })
}

/// Picks every so-manyth of `count` places, and the last one if that would be none.
pub(in crate::sandbox) fn picks(every: usize, count: usize) -> impl Fn(usize) -> bool {
    move |at| (at + 1).is_multiple_of(every.max(1)) || (every > count && at + 1 == count)
}

pub(super) fn bare_numbers(results: &mut [Value], every: usize) {
    let numbers: Vec<_> =
        results.iter_mut().filter_map(|result| result.get_mut("number")).collect();
    let is_bare = picks(every, numbers.len());
    for (_, number) in numbers.into_iter().enumerate().filter(|(at, _)| is_bare(*at)) {
        *number = json!(digits(number));
    }
}

pub(super) fn capital(value: &mut Value) {
    let text = value.as_str().unwrap_or_default();
    *value = json!(text[..1].to_uppercase() + &text[1..]);
}

pub(super) fn extra(results: &mut Vec<Value>) {
    for at in results.len()..results.len() + 3 {
        let mut result = json!({ "index": at });
        make_stranger(&mut result, at);
        results.push(result);
    }
}

pub(super) fn holes(results: &mut Vec<Value>, every: usize) {
    let is_hole = picks(every, results.len());
    let mut at = 0..;
    results.retain(|_| !at.next().is_some_and(&is_hole));
}

pub(super) fn keyed(body: &mut Value) {
    let results = body["results"].as_array().cloned().unwrap_or_default();
    body["results"] =
        results.into_iter().enumerate().map(|(at, result)| (at.to_string(), result)).collect();
}

/// Makes a result that of somebody nobody asked for.
pub(super) fn make_stranger(result: &mut Value, at: usize) {
    impersonate(result, at);
    result["params"] = json!({ "linkedin_url": stranger(at) });
}

pub(super) fn list_number(result: &mut Value) {
    if let Some(number) = result.get_mut("number") {
        *number = json!([number.take()]);
    }
}

pub(super) fn nulls(results: &mut [Value], every: usize) {
    let is_null = picks(every, results.len());
    results
        .iter_mut()
        .enumerate()
        .filter(|(at, _)| is_null(*at))
        .for_each(|(_, result)| *result = Value::Null);
}

pub(super) fn number_as_json(result: &mut Value) {
    if let Some(number) = result.get_mut("number") {
        *number = json!(digits(number).parse::<u64>().ok());
    }
}

pub(super) fn remove(object: &mut Value, field: &str) {
    drop(take(object, field));
}

pub(super) fn renumber(results: &mut [Value], index: impl Fn(usize, usize) -> Value) {
    let of = results.len();
    results.iter_mut().enumerate().for_each(|(at, result)| result["index"] = index(at, of));
}

/// Appends changed copies of some results.
pub(super) fn repeat(results: &mut Vec<Value>, every: usize, change: impl Fn(&mut Value, usize)) {
    let is_repeated = picks(every, results.len());
    for at in 0..results.len() {
        if is_repeated(at) {
            let mut copy = results[at].clone();
            change(&mut copy, at);
            results.push(copy);
        }
    }
}

pub(super) fn shuffle(results: &mut [Value]) {
    let seed = u64::try_from(results.len()).unwrap_or_default();
    fastrand::Rng::with_seed(seed).shuffle(results);
    if results.first().is_some_and(|first| first["index"] == json!(0)) {
        results.reverse();
    }
}

pub(super) fn swap(results: &mut [Value]) {
    for pair in results.chunks_exact_mut(2) {
        for field in ["params", "custom"] {
            let [first, second] = pair else { continue };
            let (one, other) = (take(first, field), take(second, field));
            put(first, field, other);
            put(second, field, one);
        }
    }
}

pub(in crate::sandbox) fn text_index(results: &mut [Value]) {
    for result in results {
        if let Some(number) = result["index"].as_u64() {
            result["index"] = json!(number.to_string());
        }
    }
}

pub(super) fn toggle_slash(result: &mut Value) {
    if let Some(Value::String(url)) = result["params"].get_mut("linkedin_url") {
        let bare = url.strip_suffix('/').map(str::to_owned);
        *url = bare.unwrap_or_else(|| format!("{url}/"));
    }
}

pub(super) fn unfinish(result: &mut Value) {
    result["qualification"] = json!("ongoing");
    remove(result, "number");
    remove(result, "country");
}

pub(super) fn unqualify(result: &mut Value, at: usize) {
    impersonate(result, at);
    result["qualification"] = json!("probable");
}

pub(super) fn upper_case(result: &mut Value) {
    for text in result["params"].as_object_mut().into_iter().flat_map(|params| params.values_mut())
    {
        *text = json!(text.as_str().unwrap_or_default().to_uppercase());
    }
}

pub(super) fn without_legal_form(result: &mut Value) {
    const FORMS: [&str; 8] = ["ag", "gmbh", "inc", "llc", "ltd", "sa", "sarl", "sas"];
    if let Some(Value::String(company)) = result["params"].get_mut("company_name")
        && let Some((bare, form)) = company.rsplit_once(' ')
        && FORMS.contains(&form.trim_end_matches('.').to_lowercase().as_str())
    {
        *company = bare.trim_end_matches(',').to_owned();
    }
}

/// Keeps so many hundredths of the results, and lets `stats` count no others.
pub(super) fn keep(body: &mut Value, percent: usize) {
    let is_found = |result: &&Value| result["qualification"] == "found";
    let Some(results) = body["results"].as_array_mut() else { return };
    results.truncate(results.len() * percent / 100);
    let found = u64::try_from(results.iter().filter(is_found).count()).unwrap_or_default();
    let stats = &mut body["stats"];
    let name = if stats.get("valid").is_some() { "valid" } else { "found" };
    let whole = stats[name].as_u64().unwrap_or_default();
    stats[name] = json!(found);
    if let (Some(cost), Some(refund)) =
        (stats["credits_cost"].as_u64(), stats["credits_to_refund"].as_u64())
    {
        let part = (cost * found).checked_div(whole).unwrap_or(0);
        stats["credits_cost"] = json!(part);
        stats["credits_to_refund"] = json!(cost + refund - part);
    }
}

fn digits(number: &Value) -> &str {
    number.as_str().unwrap_or_default().trim_start_matches('+')
}

fn put(object: &mut Value, field: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[field] = value;
    }
}

fn take(object: &mut Value, field: &str) -> Option<Value> {
    object.as_object_mut().and_then(|object| object.remove(field))
}

fn stranger(at: usize) -> String {
    format!("https://www.linkedin.com/in/stranger-{at}")
}

pub(super) fn impersonate(result: &mut Value, at: usize) {
    if let Answer::Found { number, country } = answer_for(&Search::profile(stranger(at)), 100) {
        result["qualification"] = json!("found");
        result["number"] = json!(number);
        result["country"] = json!(country);
    }
}
