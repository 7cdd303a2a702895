mod careless;

use super::*;
use crate::batch::Nonce;
use crate::enrow::{EchoedSearch, Qualification};
use crate::people::{Employer, Identity, Named, Profile, names_digest};

const NONCE: &str = "0123456789abcdef0123456789abcdef";

fn nonce() -> Nonce {
    Nonce::from_text(NONCE.to_owned())
}

fn url(n: u32) -> String {
    format!("https://www.linkedin.com/in/person-{n}")
}

fn phone(n: u32) -> String {
    format!("+1202555{n:04}")
}

/// Somebody who is searched for by a profile.
fn by_profile(n: u32) -> Member {
    Member {
        person: PersonId::of_number(i64::from(n) + 1),
        position: n,
        key: Identity::Profile(Profile::parse(&url(n)).unwrap()).key(),
        names: None,
        custom: None,
    }
}

/// Somebody who is searched for by a name and a company.
fn by_name(position: u32, first: &str, last: &str, company: &str) -> Member {
    let named = Named {
        first: first.to_owned(),
        last: last.to_owned(),
        employer: Employer::Name(company.to_owned()),
    };
    Member {
        key: Identity::Named(named).key(),
        names: names_digest(first, last),
        ..by_profile(position)
    }
}

/// A result without index, echo or proof, that found this number.
fn found(number: u32) -> SearchResult {
    SearchResult {
        index: None,
        qualification: Qualification::Found,
        number: Some(phone(number)),
        country: Some("US".to_owned()),
        params: None,
        custom: None,
    }
}

fn at(index: u32, result: SearchResult) -> SearchResult {
    SearchResult { index: Some(index as usize), ..result }
}

fn echoing(n: u32, result: SearchResult) -> SearchResult {
    let params = EchoedSearch { linkedin_url: Some(url(n) + "/"), ..EchoedSearch::default() };
    SearchResult { params: Some(params), ..result }
}

fn named(first: &str, last: &str, company: &str, result: SearchResult) -> SearchResult {
    let params = EchoedSearch {
        firstname: Some(first.to_owned()),
        lastname: Some(last.to_owned()),
        company_name: Some(company.to_owned()),
        ..EchoedSearch::default()
    };
    SearchResult { params: Some(params), ..result }
}

fn proven(position: u32, result: SearchResult) -> SearchResult {
    SearchResult { custom: Some(nonce().proof(position)), ..result }
}

fn called(qualification: Qualification, result: SearchResult) -> SearchResult {
    SearchResult { qualification, ..result }
}

fn without_number(qualification: Qualification, result: SearchResult) -> SearchResult {
    SearchResult { qualification, number: None, country: None, ..result }
}

fn matched_with(members: &[Member], results: &[SearchResult], nonce_came_back: bool) -> Matched {
    let sent = Sent { members, searches: members.len(), nonce: &nonce(), nonce_came_back };
    match_results(sent, results)
}

fn matched(members: &[Member], results: &[SearchResult]) -> Matched {
    matched_with(members, results, true)
}

/// In one word each: the last digits of a number, `none`, or why there is no answer.
fn outcomes(matched: &Matched) -> Vec<String> {
    let word = |(_, outcome): &(PersonId, SearchOutcome)| match outcome {
        SearchOutcome::Answered(Answer::Found { number, .. }) => number.as_str()[8..].to_owned(),
        SearchOutcome::Answered(Answer::NotFound) => "none".to_owned(),
        SearchOutcome::Answered(other) => format!("{other:?}"),
        SearchOutcome::Unproven(doubt) => format!("{doubt:?}"),
        SearchOutcome::Open(hole) => format!("{hole:?}"),
    };
    matched.members.iter().map(word).collect()
}

fn kept(matched: &Matched) -> Vec<&str> {
    matched.unproven.iter().map(|number| number.number.as_str()).collect()
}

#[test]
fn our_proof_says_whose_a_result_is_also_where_nothing_is_echoed() {
    let members = [by_profile(0), by_profile(1)];
    let results = [proven(1, found(1)), proven(0, found(0))];
    assert_eq!(outcomes(&matched_with(&members, &results, false)), ["0000", "0001"]);
}

#[test]
fn a_proof_does_not_count_against_the_profile_or_the_names_that_are_echoed() {
    let members = [by_profile(0), by_name(1, "Ann", "Lee", "Acme")];
    let results = [
        at(0, proven(0, echoing(7, found(0)))),
        at(1, proven(1, named("Bob", "Ray", "Acme", found(1)))),
    ];
    let matched = matched(&members, &results);
    assert_eq!(outcomes(&matched), ["NamesSomebodyElse", "NamesSomebodyElse"]);
    assert_eq!(kept(&matched), [phone(0), phone(1)]);
}

#[test]
fn a_proof_counts_where_the_echo_says_less_or_the_company_otherwise() {
    let members = [by_profile(0), by_name(1, "Ann", "Lee", "Acme")];
    let names = EchoedSearch {
        firstname: Some("Ann".to_owned()),
        lastname: Some("Lee".to_owned()),
        ..EchoedSearch::default()
    };
    let with_profile = EchoedSearch { linkedin_url: Some(url(9)), ..names.clone() };
    let echoing = |position, params| SearchResult {
        params: Some(params),
        ..proven(position, found(position))
    };
    for of_ann in [
        proven(1, found(1)),
        proven(1, named("Ann", "Lee", "Acme Holding", found(1))),
        // Who was searched for by name has a profile as well.
        echoing(1, with_profile),
    ] {
        let results = [of_ann, echoing(0, names.clone())];
        assert_eq!(outcomes(&matched(&members, &results)), ["0000", "0001"], "{results:?}");
    }
}

#[test]
fn a_proof_and_an_index_that_disagree_need_the_echo_to_decide() {
    let members = [by_profile(0), by_profile(1)];
    let decided = matched(&members, &[at(1, proven(0, echoing(0, found(0))))]);
    assert_eq!(outcomes(&decided), ["0000", "NoResult"]);
    let open = matched(&members, &[at(1, proven(0, found(0)))]);
    assert_eq!(outcomes(&open), ["IndexDisagrees", "NoResult"]);
    assert_eq!(kept(&open), [phone(0)]);
    let out_of_range = matched(&members, &[at(9, proven(0, found(0)))]);
    assert_eq!(outcomes(&out_of_range), ["IndexDisagrees", "NoResult"]);
}

#[test]
fn the_users_own_custom_counts_where_it_stands_once_in_the_batch() {
    let custom = |text: &str| Some(nonce().digest_of_custom(text));
    let mut members = [by_profile(0), by_profile(1), by_profile(2)];
    members[0].custom = custom("crm-1");
    members[1].custom = custom("crm-2");
    members[2].custom = custom("crm-2");
    let result = |text: &str, n| SearchResult { custom: Some(text.to_owned()), ..found(n) };
    let results = [result("crm-1", 0), result("crm-2", 1)];
    let matched = matched_with(&members, &results, false);
    assert_eq!(outcomes(&matched), ["0000", "NoResult", "NoResult"]);
    assert_eq!(kept(&matched), [phone(1)]);
    assert_eq!(matched.unmatched, 1);
}

#[test]
fn one_person_carries_the_nonce_itself() {
    let result = SearchResult { custom: Some(NONCE.to_owned()), ..found(0) };
    assert_eq!(outcomes(&matched(&[by_profile(0)], std::slice::from_ref(&result))), ["0000"]);
    let other = SearchResult { custom: Some("another word".to_owned()), ..found(0) };
    assert_eq!(outcomes(&matched(&[by_profile(0)], &[other])), ["NoResult"]);
    let two = matched(&[by_profile(0), by_profile(1)], &[result]);
    assert_eq!(outcomes(&two), ["NoResult", "NoResult"]);
}

#[test]
fn where_index_and_echo_disagree_an_echo_that_stands_once_in_the_batch_decides() {
    let members = [by_profile(0), by_profile(1)];
    let results = [at(0, echoing(1, found(1))), at(1, echoing(0, found(0)))];
    assert_eq!(outcomes(&matched(&members, &results)), ["0000", "0001"]);
}

#[test]
fn a_result_of_nobody_in_the_batch_is_kept_and_given_to_nobody() {
    let members = [by_profile(0), by_profile(1)];
    let results = [echoing(7, found(7)), at(1, echoing(1, found(1)))];
    let matched = matched(&members, &results);
    assert_eq!(outcomes(&matched), ["NoResult", "0001"]);
    assert_eq!((matched.unmatched, matched.numbers), (1, 2));
    assert_eq!(matched.unproven[0].person, None);
    assert_eq!(kept(&matched), [phone(7)]);
}

#[test]
fn a_bare_index_counts_only_with_the_nonce_and_all_indexes_from_zero_once_each() {
    let members = [by_profile(0), by_profile(1)];
    let bare = |indexes: [u32; 2]| indexes.map(|index| at(index, found(index)));
    assert_eq!(outcomes(&matched(&members, &bare([1, 0]))), ["0000", "0001"]);
    let no_nonce = matched_with(&members, &bare([1, 0]), false);
    assert_eq!(outcomes(&no_nonce), ["OnlyIndex", "OnlyIndex"]);
    assert_eq!(no_nonce.numbers, 2);
    // They seem to count from 1: the index itself speaks against what it points to.
    assert_eq!(outcomes(&matched(&members, &bare([1, 2]))), ["NoResult", "IndexDisagrees"]);
    assert_eq!(outcomes(&matched(&members, &bare([1, 1])))[0], "NoResult");
    assert_eq!(outcomes(&matched(&members, &bare([1, 0])[..1])), ["NoResult", "OnlyIndex"]);
}

#[test]
fn a_company_may_be_spelt_differently_where_index_and_names_agree_and_stand_once() {
    let members = [by_name(0, "Zoë", "Lee", "Acme GmbH"), by_name(1, "Bob", "Ray", "Acme")];
    let results = [
        at(0, named("Zoe", "LEE", "Acme", found(0))),
        named("Bob", "Ray", "Acme Incorporated", found(1)),
    ];
    let one = matched(&members, &results);
    assert_eq!(outcomes(&one), ["0000", "NoResult"]);
    assert_eq!(kept(&one), [phone(1)]);
    // Names alone are not enough beside the profile of somebody.
    let mut with_profile = at(0, named("Zoe", "LEE", "Acme", found(0)));
    with_profile.params.as_mut().unwrap().linkedin_url = Some(url(9));
    let other = matched(&members, &[with_profile]);
    assert_eq!(outcomes(&other), ["NamesSomebodyElse", "NoResult"]);
    let twins = [by_name(0, "Ann", "Lee", "Acme GmbH"), by_name(1, "Ann", "Lee", "Beta AG")];
    let two = matched(&twins, &[at(0, named("Ann", "Lee", "Acme", found(0)))]);
    assert_eq!(outcomes(&two), ["NamesSomebodyElse", "NoResult"]);
    let elsewhere = matched(&twins, &[at(0, named("Ann", "Lee", "Beta AG", found(0)))]);
    assert_eq!(outcomes(&elsewhere), ["NoResult", "0000"]);
}

#[test]
fn numbers_that_contradict_each_other_are_kept_and_none_is_believed() {
    let members = [by_profile(0)];
    let two = matched(&members, &[echoing(0, found(0)), echoing(0, found(1))]);
    assert_eq!(outcomes(&two), ["Contradicted"]);
    assert_eq!(kept(&two), [phone(0), phone(1)]);
    let none = without_number(Qualification::NotFound, echoing(0, found(0)));
    let either = matched(&members, &[none, echoing(0, found(1))]);
    assert_eq!(outcomes(&either), ["Contradicted"]);
    assert_eq!(kept(&either), [phone(1)]);
    let same = matched(&members, &[echoing(0, found(0)), at(0, echoing(0, found(0)))]);
    assert_eq!(outcomes(&same), ["0000"]);
    assert_eq!(kept(&same), [""; 0]);
}

#[test]
fn a_proven_answer_stands_beside_an_unproven_number() {
    let members = [by_profile(0), by_profile(1)];
    let matched = matched(&members, &[at(0, echoing(0, found(0))), at(0, found(9))]);
    assert_eq!(outcomes(&matched), ["0000", "NoResult"]);
    assert_eq!(kept(&matched), [phone(9)]);
}

#[test]
fn silence_is_no_answer_and_does_not_hide_one() {
    let members: Vec<Member> = (0..5).map(by_profile).collect();
    let word = Qualification::Other("maybe".to_owned());
    let results = [
        without_number(Qualification::Ongoing, echoing(0, found(0))),
        without_number(word, echoing(1, found(0))),
        without_number(Qualification::Found, echoing(2, found(0))),
        without_number(Qualification::NotFound, at(3, found(0))),
        without_number(Qualification::Ongoing, echoing(4, found(0))),
        echoing(4, found(4)),
    ];
    let matched = matched(&members, &results);
    assert_eq!(
        outcomes(&matched),
        ["Ongoing", "UnknownWord", "NumberMissing", "NotProven", "0004"]
    );
    assert_eq!(matched.numbers, 1);
    // What is proven to be open says more than what is not proven.
    let both = [results[0].clone(), without_number(Qualification::NotFound, at(0, found(0)))];
    assert_eq!(outcomes(&self::matched(&members, &both))[..1], ["Ongoing"]);
}

#[test]
fn that_there_is_no_number_is_an_answer_where_it_is_proven() {
    let members = [by_profile(0)];
    let none = without_number(Qualification::NotFound, echoing(0, found(0)));
    assert_eq!(outcomes(&matched(&members, &[none])), ["none"]);
}

#[test]
fn an_odd_number_is_kept_and_not_written_as_one() {
    let members: Vec<Member> = (0..4).map(by_profile).collect();
    let national = SearchResult { number: Some("020 7946 0018".to_owned()), ..found(0) };
    let text = SearchResult { number: Some("ask for Ann Lee".to_owned()), ..found(0) };
    let results = [
        echoing(0, national),
        called(Qualification::NotFound, echoing(1, found(1))),
        echoing(2, text),
        called(Qualification::Other("likely".to_owned()), echoing(3, found(3))),
    ];
    let matched = matched(&members, &results);
    assert_eq!(
        outcomes(&matched),
        ["NotInternational", "NotCalledFound", "NotInternational", "NotCalledFound"]
    );
    assert_eq!(kept(&matched), ["020 7946 0018", &phone(1), "", &phone(3)]);
    assert_eq!(matched.numbers, 4);
}

#[test]
fn a_member_who_was_erased_leaves_a_gap_and_moves_nobody() {
    let mut members: Vec<Member> = (0..3).map(by_profile).collect();
    members.remove(1);
    let results: Vec<_> = (0..3).map(|n| at(n, found(n))).collect();
    let sent = Sent { members: &members, searches: 3, nonce: &nonce(), nonce_came_back: true };
    let matched = match_results(sent, &results);
    assert_eq!(outcomes(&matched), ["0000", "0002"]);
    assert_eq!(matched.unmatched, 1);
}

#[test]
fn a_batch_is_known_by_its_people_and_one_who_was_erased_does_not_hide_it() {
    let results: Vec<_> = (0..3).map(|n| echoing(n, found(n))).collect();
    let all: Vec<Member> = (0..3).map(by_profile).collect();
    assert!(same_batch(&all, 3, &results));
    assert!(same_batch(&all[..2], 3, &results));
    assert!(!same_batch(&all[..2], 2, &results));
    assert!(!same_batch(&all, 3, &results[..2]));
    assert!(!same_batch(&[], 3, &results));
}
