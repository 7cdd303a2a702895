//! Parses the values of options that no domain type parses.

use crate::batch::BatchId;
use crate::lookup::LARGEST_BATCH;
use crate::people::{PhoneNumber, Profile};
use crate::sheet::{Field, Mapping};
use crate::units::{Credits, Moment, grouped};
use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};
use std::ffi::OsStr;
use std::str::FromStr;
use std::time::Duration;

pub(super) fn batch_size(text: &str) -> Result<usize, String> {
    match usize::from_str(text) {
        Ok(size @ 1..=LARGEST_BATCH) => Ok(size),
        _ => Err(format!("a batch has 1 to {} searches", grouped(LARGEST_BATCH as u64))),
    }
}

/// Parses a whole number; the error says what to write.
pub(super) fn whole<N: FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| "write a whole number, for instance `100`".to_owned())
}

pub(super) fn batch_id(text: &str) -> Result<BatchId, String> {
    BatchId::parse(text).ok_or_else(|| "this is not the id of a batch".to_owned())
}

pub(super) fn phone_number(text: &str) -> Result<PhoneNumber, String> {
    PhoneNumber::parse(text)
        .ok_or_else(|| "not a number in international form: +15705551234".to_owned())
}

pub(super) fn credits(text: &str) -> Result<Credits, String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    digits
        .parse()
        .map(Credits)
        .map_err(|_| "write a whole number of credits, for instance `4000`".to_owned())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BudgetAmount {
    Credits(Credits),
    None,
}

pub(super) fn budget_amount(text: &str) -> Result<BudgetAmount, String> {
    if text == "none" {
        return Ok(BudgetAmount::None);
    }
    let amount = credits(text).map(BudgetAmount::Credits);
    amount.map_err(|_| "write a whole number of credits, for instance `4000`, or `none`".to_owned())
}

pub(super) fn profile(text: &str) -> Result<Profile, String> {
    let slug = || Profile::parse(&format!("https://www.linkedin.com/in/{text}"));
    let is_slug = !text.contains(['/', '.', ' ']);
    let parsed = if is_slug { slug() } else { Profile::parse(text) };
    parsed.map_err(|kind| format!("{kind}; name a person by LinkedIn profile URL or slug, or by `--first`, `--last` and `--domain` or `--company`"))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| "write a time with its unit, for instance `90s`, `30m` or `180d`".to_owned())
}

/// Parses `--map`, and tells shells the fields to complete.
#[derive(Debug, Clone, Copy)]
pub(super) struct MappingParser;

impl TypedValueParser for MappingParser {
    type Value = Mapping;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Mapping, clap::Error> {
        Mapping::from_str.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let fields = Field::ALL.into_iter();
        Some(Box::new(fields.map(|field| PossibleValue::new(format!("{field}=")))))
    }
}

/// Parses a day, which begins at midnight in the local time zone, or a time before now.
pub(super) fn since(text: &str) -> Result<Moment, String> {
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        let midnight = day
            .to_zoned_datetime(jiff::tz::TimeZone::system())
            .map_err(|error| error.to_string())?;
        return Ok(Moment(midnight.timestamp().as_millisecond()));
    }
    let time = humantime::parse_duration(text)
        .map_err(|_| "write a day, for instance `2026-11-01`, or a time, for instance `30d`")?;
    Ok(Moment::now().saturating_sub(time))
}
