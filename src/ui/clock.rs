//! Moments in the time zone of this machine.

use super::message::Message;
use crate::units::Moment;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// A moment in the time zone of this machine. One outside of the calendar becomes the beginning of 1970.
pub(crate) fn local(moment: Moment) -> ZonedDateTime {
    let timestamp = Timestamp::from_millisecond(moment.0).unwrap_or_default();
    timestamp.to_zoned_datetime(TimeZone::system())
}

/// `14:05` today, `Nov 25` this year, `2025-11-25` before.
pub(crate) fn short(moment: Moment, now: Moment) -> Message {
    let (then, now) = (local(moment), local(now));
    Message::foreign(if then.date() == now.date() {
        then.strftime("%H:%M")
    } else if then.year() == now.year() {
        then.strftime("%b %d")
    } else {
        then.strftime("%Y-%m-%d")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_a_moment_the_coarser_it_is_told() {
        let day: jiff::civil::Date = "2026-11-26".parse().unwrap();
        let now =
            Moment(day.to_zoned_datetime(TimeZone::system()).unwrap().timestamp().as_millisecond());
        let earlier = |hours: i64| Moment(now.0 - hours * 3_600_000);
        assert_eq!(short(Moment(now.0 + 300_000), now).as_str(), "00:05");
        assert_eq!(short(earlier(10), now).as_str(), "Nov 25");
        assert_eq!(short(earlier(24 * 365), now).as_str(), "2025-11-26");
        assert_eq!(short(Moment(i64::MAX), now).as_str().len(), 10);
    }
}
