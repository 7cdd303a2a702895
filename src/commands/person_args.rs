//! A person as the command line names one.

use super::failure::{Exit, Failure};
use crate::cli::PersonArgs;
use crate::people::{Clues, Employer, Identity, NotAProfile, Profile};

/// Who is meant.
///
/// # Errors
/// Says what is missing.
pub(super) fn identify(args: &PersonArgs) -> Result<Identity, Failure> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (first, last) = (text(&args.first), text(&args.last));
    if args.profile.is_none()
        && let Some(domain) = &args.domain
        && Employer::by_domain(domain).is_none()
    {
        return Err(Failure::new(
            Exit::Unusable,
            "what `--domain` names is not the host of a company's site",
        )
        .hint("name it as in `--domain acme.example`, or the company with `--company NAME`"));
    }
    let domain = args.domain.as_deref().and_then(Employer::by_domain);
    let company = args.company.as_deref().and_then(Employer::by_name);
    let clues = Clues {
        employer: domain.or(company),
        first: &first,
        last: &last,
        profile: match &args.profile {
            Some(profile) => Profile::parse_handle(profile),
            None => Err(NotAProfile::Empty),
        },
        ..Clues::default()
    };
    clues.identity().map_err(|reason| {
        Failure::new(Exit::Unusable, format!("nobody can be searched for: {reason}"))
    })
}
