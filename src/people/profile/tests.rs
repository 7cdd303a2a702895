use super::*;
use proptest::prelude::*;

fn slug(cell: &str) -> Result<String, ProfileError> {
    Profile::parse(cell).map(|profile| profile.slug().to_owned())
}

#[test]
fn a_profile_is_found_in_every_form_people_have() {
    for cell in [
        "https://www.linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/ada-example/",
        "http://linkedin.com/in/ada-example",
        "linkedin.com/in/ada-example",
        "www.linkedin.com/in/ada-example",
        "//www.linkedin.com/in/ada-example",
        "HTTPS://WWW.LINKEDIN.COM/IN/ADA-EXAMPLE/",
        "https://www.linkedin.com/in/Ada-Example",
        "in/ada-example",
        "/in/ada-example/",
        "https://uk.linkedin.com/in/ada-example",
        "https://fr.linkedin.com/in/ada-example/fr",
        "https://m.linkedin.com/in/ada-example",
        "https://www.linkedin.com/mwlite/in/ada-example",
        "https://www.linkedin.com/mwlite/profile/in/ada-example",
        "https://www.linkedin.com/comm/in/ada-example?midToken=x",
        "https://www.linkedin.com/in/ada-example?trk=people-guest",
        "https://www.linkedin.com/in/ada-example/?originalSubdomain=fr",
        "https://www.linkedin.com/in/ada-example#experience",
        "https://www.linkedin.com/in/ada-example/recent-activity/all/",
        "https://www.linkedin.com/in/ada-example/details/experience/",
        "https://www.linkedin.com/in/ada-example/en",
        "https://www.linkedin.com//in//ada-example",
        "https://www.linkedin.com:443/in/ada-example",
        "https:/linkedin.com/in/ada-example",
        "  https://www.linkedin.com/in/ada-example\u{a0}",
        "https://www.linkedin.com/in/ada-example,",
        "https://www.linkedin.com/in/ada-example.",
        "<https://www.linkedin.com/in/ada-example>",
        "\"https://www.linkedin.com/in/ada-example\"",
        "'https://www.linkedin.com/in/ada-example'",
        "[Ada](https://www.linkedin.com/in/ada-example)",
        "=HYPERLINK(\"https://www.linkedin.com/in/ada-example\";\"Ada\")",
        "=HYPERLINK(\"https://www.linkedin.com/in/ada-example\",\"Ada\")",
        "LinkedIn: https://www.linkedin.com/in/ada-example (checked)",
        "https://www.linkedin.com/in/ada-example https://linkedin.com/in/Ada-Example/",
        "https://www.linkedin.com/in/https://www.linkedin.com/in/ada-example/",
        "https://www.linkedin.com/in/http://linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/www.linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/in/ada-example",
        "https://www.linkedin.com/in/@ada-example",
        "https://www.linkedin.com/in/ada-example”",
        "https://www.linkedin.com/in/ada-example%22",
        "https://https://www.linkedin.com/in/ada-example",
        "“https://www.linkedin.com/in/ada-example”",
        "https://www.linkedin.com/company/acme https://www.linkedin.com/in/ada-example",
        "https://www.linkedin.com/in/ada-example%E2%80%8E",
        "https://www.linkedin.com/in/ada%2Dexample%20",
        "https%3A%2F%2Fwww.linkedin.com%2Fin%2Fada-example%3Ftrk%3Dx",
        "https://www.google.example/url?q=https://www.linkedin.com/in/ada-example&sa=D",
        "https://www.linkedin.com\\in\\ada-example",
    ] {
        assert_eq!(slug(cell).as_deref(), Ok("ada-example"), "{cell}");
    }
}

#[test]
fn one_person_has_one_slug_however_it_is_encoded() {
    let raw = slug("https://www.linkedin.com/in/josé-ñandú-例え").unwrap();
    for cell in [
        "https://www.linkedin.com/in/jos%C3%A9-%C3%B1and%C3%BA-%E4%BE%8B%E3%81%88",
        "https://www.linkedin.com/in/jos%c3%a9-%c3%b1and%c3%ba-%e4%be%8b%e3%81%88/",
        "https://www.linkedin.com/in/jose\u{301}-n\u{303}andu\u{301}-例え",
        "https://www.linkedin.com/in/JOSÉ-ÑANDÚ-例え",
        "https://www.linkedin.com/in/jos%25C3%25A9-%25C3%25B1and%25C3%25BA-%25E4%25BE%258B%25E3%2581%2588",
    ] {
        assert_eq!(slug(cell).as_deref(), Ok(raw.as_str()), "{cell}");
    }
    assert_eq!(
        Profile::parse("linkedin.com/in/José").unwrap().url(),
        "https://www.linkedin.com/in/jos%C3%A9"
    );
}

#[test]
fn what_is_not_a_public_profile_is_called_by_its_name() {
    use ProfileError::*;
    for (cell, kind) in [
        ("", Empty),
        ("n/a", Empty),
        ("Ada Example", NotLinkedin),
        ("https://acme.example/in/ada", NotLinkedin),
        ("linkedin.com.example.test/in/ada", NotLinkedin),
        ("https://notlinkedin.com/in/ada", NotLinkedin),
        ("https://acme.example/linkedin.com/in/ada", NotLinkedin),
        ("ada@linkedin.com", NotLinkedin),
        ("https://www.linkedin.com", OtherPage),
        ("https://www.linkedin.com/learning/rust", OtherPage),
        ("https://www.linkedin.com/in/", NoSlug),
        ("https://www.linkedin.com/in/me", NoSlug),
        ("https://www.linkedin.com/in/https", NoSlug),
        ("https://www.linkedin.com/in/https:", NoSlug),
        ("https://www.linkedin.com/in/https://www.linkedin.com", NoSlug),
        ("https://www.linkedin.com/in/www.linkedin.com", NoSlug),
        ("https://www.linkedin.com/in/in/", NoSlug),
        ("https://www.linkedin.com/in/null", NoSlug),
        ("https://www.linkedin.com/in/?trk=x", NoSlug),
        ("https://www.linkedin.com/in/ada-exa…", Damaged),
        ("https://www.linkedin.com/in/ada-exa...", Damaged),
        ("https://www.linkedin.com/in/jos%E9", Damaged),
        ("https://www.linkedin.com/in/jos%C3", Damaged),
        ("https://www.linkedin.com/in/jos\u{fffd}", Damaged),
        ("https://www.linkedin.com/company/acme/", Company),
        ("https://www.linkedin.com/school/acme-university", Company),
        ("https://www.linkedin.com/showcase/acme", Company),
        ("https://www.linkedin.com/sales/company/123", Company),
        ("https://www.linkedin.com/groups/123", Group),
        ("https://www.linkedin.com/jobs/view/123", Job),
        ("https://www.linkedin.com/in/ACoAABcdefgHIJKLmnopqrstuvwxyz012345_-A", MemberId),
        ("https://www.linkedin.com/in/ACwAABcdefgHIJKLmnopqrstuvwxyz012345678/", MemberId),
        ("https://www.linkedin.com/in/AAkAABcdefgHIJKLmnopqrstuvwxyz012345678/", MemberId),
        ("https://www.linkedin.com/in/ACoAABcdefgHIJKLmnop", MemberId),
        ("https://www.linkedin.com/in/ACoAABcdefgHIJKLmnopqrstuvwxyz012345678ABCDEFG", MemberId),
        ("https://www.linkedin.com/in/acoaabcdefghijklmnopqrstuvwxyz012345_-a", MemberId),
        ("https://www.linkedin.com/profile/view?id=123", MemberId),
        ("https://www.linkedin.com/pub/ada-example/1a/2b/3c", OldForm),
        ("https://www.linkedin.com/pub/dir/Ada/Example", OldForm),
        ("https://www.linkedin.com/posts/ada_activity-1", Post),
        ("https://www.linkedin.com/feed/update/urn:li:activity:1", Post),
        ("https://www.linkedin.com/pulse/rust-ada", Post),
        ("https://www.linkedin.com/talent/profile/AEMAAAx", Recruiter),
        ("https://www.linkedin.com/recruiter/profile/1,2,3", Recruiter),
        ("https://www.linkedin.com/sales/lead/ACwAAAx,NAME_SEARCH,abcd", SalesNavigator),
        ("https://www.linkedin.com/sales/people/ACwAAAx,NAME_SEARCH", SalesNavigator),
        (
            "https://www.linkedin.com/in/ada-example https://www.linkedin.com/in/bob-example",
            Several,
        ),
        ("https://www.linkedin.com/search/results/people/?keywords=ada", Search),
        ("https://lnkd.in/abc123", ShortLink),
    ] {
        assert_eq!(slug(cell), Err(kind), "{cell}");
    }
}

#[test]
fn a_slug_that_only_begins_like_a_member_id_is_a_slug() {
    assert_eq!(slug("linkedin.com/in/acoaa").as_deref(), Ok("acoaa"));
    assert_eq!(slug("linkedin.com/in/ACoAAda-example").as_deref(), Ok("acoaada-example"));
}

#[test]
fn a_bare_slug_counts_only_where_handles_are_expected() {
    let handle = |cell: &str| Profile::parse_handle(cell).map(|profile| profile.slug().to_owned());
    assert_eq!(slug("ada-example"), Err(ProfileError::NotLinkedin));
    for cell in ["ada-example", "@Ada-Example", "linkedin.com/in/ada-example"] {
        assert_eq!(handle(cell).as_deref(), Ok("ada-example"), "{cell}");
    }
    for cell in ["Ada Example", "acme.example", "me", "feed", "no"] {
        assert!(handle(cell).is_err(), "{cell}");
    }
}

#[test]
fn a_question_mark_for_a_lost_letter_does_not_end_the_slug() {
    for cell in
        ["pawe?-nowak", "ren?e", "g?nther-m?ller-1a2b3c", "jos??-garcia/", "jos?-garcia?trk=x#y"]
    {
        let cell = format!("https://www.linkedin.com/in/{cell}");
        assert_eq!(slug(&cell), Err(ProfileError::Damaged), "{cell}");
    }
    for cell in ["ada?", "ada/?x", "ada?#x", "ada?trk=x", "ada?trk=&x", "ada#?x", "ada??trk=x"] {
        let cell = format!("https://www.linkedin.com/in/{cell}");
        assert_eq!(slug(&cell).as_deref(), Ok("ada"), "{cell}");
    }
}

#[test]
fn what_is_nearly_no_slug_is_one() {
    let longest = "a".repeat(200);
    for (cell, read) in [
        ("linkedin-fan", Ok("linkedin-fan")),
        ("in-linkedin-com-x", Err(ProfileError::NoSlug)),
        ("x.linkedin.com", Err(ProfileError::NoSlug)),
        ("ada%20b", Err(ProfileError::Damaged)),
        ("ada%01b", Err(ProfileError::Damaged)),
        ("ada%25%2525b", Err(ProfileError::Damaged)),
        (longest.as_str(), Ok(longest.as_str())),
        (&format!("{longest}a"), Err(ProfileError::Damaged)),
        ("ACoAAAbcdEfg", Err(ProfileError::MemberId)),
        ("xyzAA-Miller-12", Ok("xyzaa-miller-12")),
        ("Ab1CD-Miller-12", Ok("ab1cd-miller-12")),
    ] {
        let expected = read.map(str::to_owned);
        assert_eq!(slug(&format!("https://www.linkedin.com/in/{cell}")), expected, "{cell}");
        assert_eq!(slug(&format!(" linkedin.com/in/{cell}?x=1")), expected, "{cell}");
    }
}

#[test]
fn what_is_no_slug_is_none_in_its_usual_form_either() {
    let member_id = "acoaabcdefghijklmnopqrstuvwxyz012345678";
    assert_eq!(member_id.len(), slug::MEMBER_ID_LENGTH);
    for slug in [member_id, "unavailable", "a", "ab", "--", "---"] {
        let quick = Profile::parse(&format!("https://www.linkedin.com/in/{slug}"));
        assert_eq!(quick, Profile::parse(&format!(" linkedin.com/in/{slug}?x=1")), "{slug}");
    }
}

#[test]
fn all_that_is_listed_is_no_slug() {
    for slug in slug::RESERVED_SLUGS.all() {
        for cell in [
            format!("https://www.linkedin.com/in/{slug}"),
            format!("https://www.linkedin.com/in/{slug}/"),
            format!("LINKEDIN.COM/IN/{}", slug.to_uppercase()),
            format!("in/{slug}?x=1"),
        ] {
            assert_eq!(Profile::parse(&cell), Err(ProfileError::NoSlug), "{cell}");
        }
    }
    assert!(slug::RESERVED_SLUGS.is_sorted());
}

proptest! {
    #[test]
    fn what_is_sent_is_read_back_as_the_same_profile(cell in "linkedin\\.com/in/\\PC{0,20}") {
        if let Ok(profile) = Profile::parse(&cell) {
            prop_assert_eq!(Profile::parse(&profile.url()), Ok(profile.clone()));
            prop_assert!(profile.url().is_ascii());
        }
    }

    #[test]
    fn the_short_way_and_the_thorough_way_agree(slug in "[a-z0-9-]{1,45}") {
        let quick = Profile::parse(&format!("https://www.linkedin.com/in/{slug}/"));
        let thorough = Profile::parse(&format!(" linkedin.com/in/{slug}?x=1"));
        prop_assert_eq!(quick, thorough);
    }

    #[test]
    fn no_text_makes_it_panic(cell in "\\PC{0,30}", tail in "[%/?#.:@ilnked.com-]{0,30}") {
        let _profile = Profile::parse(&cell);
        let _profile = Profile::parse_handle(&format!("{cell}linkedin.com/in/{tail}"));
        let _profile = Profile::parse(&format!("{tail}linkedin.com{tail}{cell}"));
    }
}
