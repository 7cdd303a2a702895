use crate::desk::{Desk, somebody_found, somebody_not_found};
use enrow_phone::sandbox::{Answer, Endpoint, Keys, Pace, Search, Settings};
use serde_json::{Value, json};

#[test]
fn the_number_alone_is_printed() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    let ran = desk.run(["find", &url]).exits(0).says("40 credits");
    ran.prints(&format!("{number}\n"));
    assert_eq!(desk.control().count(Endpoint::SubmitSingle), 1);
    assert_eq!(desk.control().count(Endpoint::SubmitBulk), 0);
    let body: Value = serde_json::from_slice(&desk.control().batches()[0].body).unwrap();
    assert_eq!(body["linkedin_url"], json!(url));
    assert_eq!(body["custom"].as_str().unwrap().len(), 32, "the nonce");
    assert_eq!(body.as_object().unwrap().len(), 2);
}

#[test]
fn quiet_says_nothing_but_the_number() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    let ran = desk.run(["find", "-q", &url]).exits(0);
    assert_eq!((ran.stdout, ran.stderr), (format!("{number}\n"), String::new()));
}

#[test]
fn a_known_person_costs_nothing_and_needs_neither_key_nor_network() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    desk.write("in.csv", &format!("linkedin_url\n{url}\n"));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let before = desk.control().requests().len();
    let mut command = desk.command();
    command.env_remove("ENROW_API_KEY");
    // Another way of writing the same person.
    let slug = url.rsplit('/').next().unwrap().to_uppercase();
    let ran = crate::desk::Ran::of(command.args(["find", &slug]).output().unwrap());
    ran.exits(0).says("nothing was paid").prints(&format!("{number}\n"));
    assert_eq!(desk.control().requests().len(), before);
}

#[test]
fn whom_find_has_found_bulk_need_not_ask_for() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    desk.run(["find", &url]).exits(0);
    desk.write("in.csv", &format!("linkedin_url\n{url}\n"));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(desk.control().posts(), 1);
    let out = std::fs::read_to_string(desk.path("out.csv")).unwrap();
    assert!(out.contains(&number), "{out}");
}

#[test]
fn who_has_no_number_exits_1_and_is_not_paid_for() {
    let desk = Desk::new(Settings::default());
    let url = somebody_not_found(&desk);
    desk.run(["find", &url]).exits(1).prints("").says("no number was found; nothing was paid");
    assert_eq!(desk.control().credits().charged, 0);
    desk.run(["find", &url]).exits(1).says("known since");
    assert_eq!(desk.control().posts(), 1);
    desk.run(["find", "--refresh", &url]).exits(1);
    assert_eq!(desk.control().posts(), 2);
}

#[test]
fn a_person_is_found_by_name_and_company() {
    let desk = Desk::new(Settings { found_percent: 100, ..Settings::default() });
    for (args, search) in [
        (
            ["--first", "Ada", "--last", "Example", "--domain", "https://www.acme.example/"],
            Search::at_domain("Ada", "Example", "acme.example"),
        ),
        (
            ["--first", "Ben", "--last", "Example", "--company", "Acme, Inc."],
            Search::at_company("Ben", "Example", "Acme, Inc."),
        ),
    ] {
        let Answer::Found { number, .. } = desk.control().answer_for(&search) else {
            panic!("everybody is found")
        };
        desk.run([&["find"], &args[..]].concat()).exits(0).prints(&format!("{number}\n"));
        assert_eq!(desk.control().times_searched(&search), 1);
    }
}

#[test]
fn nobody_is_asked_for_where_nobody_is_named() {
    let desk = Desk::new(Settings::default());
    for (args, part) in [
        (&["find"][..], "required"),
        (&["find", "--first", "Ada"], "--last"),
        (&["find", "--first", "Ada", "--last", "Example"], "no company"),
        (&["find", "x-y", "--first", "Ada", "--last", "Example"], "cannot be used with"),
        (&["find", "https://www.linkedin.com/company/acme"], "LinkedIn page of a company"),
        (&["find", "https://acme.example/team"], "not a LinkedIn address"),
        (
            &["find", "--first", "Ada", "--last", "Example", "--domain", "gmail.com"],
            "`--domain` needs the host of a company's website",
        ),
    ] {
        desk.run(args).exits(2).prints("").says(part);
    }
    assert_eq!(desk.control().requests(), []);
}

#[test]
fn the_outcome_is_told_as_json() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    let Answer::Found { country, .. } = desk.control().answer_for(&Search::profile(&*url)) else {
        panic!("not found")
    };
    let mut told = desk.run(["find", "--json", &url]).exits(0).json();
    let answered = told["answered"].take();
    assert!(answered.as_str().unwrap().ends_with('Z'), "{answered}");
    let id = desk.control().batches()[0].id.clone();
    let mut expected = json!({
        "answered": null, "batch": id, "country": country, "credits": 40, "credits_earlier": 0,
        "credits_in_doubt": 0, "exit_code": 0, "from_ledger": false, "note": "", "number": number, "status": "found",
    });
    assert_eq!(told, expected);

    let mut told = desk.run(["find", "--json", &url]).exits(0).json();
    assert_eq!(told["answered"].take(), answered);
    expected["batch"] = Value::Null;
    expected["credits"] = json!(0);
    expected["from_ledger"] = json!(true);
    assert_eq!(told, expected);

    let told = desk.run(["find", "--json", &somebody_not_found(&desk)]);
    let told = told.exits(1).json();
    assert_eq!(
        (&told["status"], &told["number"], &told["exit_code"]),
        (&json!("not_found"), &Value::Null, &json!(1))
    );
}

#[test]
fn a_lost_answer_is_never_resent() {
    let desk = Desk::new(Settings::default());
    let (url, _) = somebody_found(&desk);
    desk.control().add_fault("post:1=reset-after".parse().unwrap());
    desk.run(["find", &url])
        .exits(3)
        .prints("")
        .says("the search may have been taken: its answer was lost");
    let told = desk.run(["find", "--json", &url]).exits(3).json();
    assert_eq!(
        (&told["status"], &told["from_ledger"], &told["credits_in_doubt"]),
        (&json!("unknown"), &json!(false), &json!(50))
    );
    desk.write("in.csv", &format!("linkedin_url\n{url}\n"));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(3);
    assert_eq!(desk.control().posts(), 1);
}

#[test]
fn a_lost_search_is_recovered_by_its_id() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    desk.control().add_fault("post:1=reset-after".parse().unwrap());
    desk.run(["find", &url]).exits(3);
    let id = desk.control().batches()[0].id.clone();
    desk.run(["recover", &id]).exits(0);
    desk.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(desk.control().posts(), 1);
}

#[test]
fn a_search_that_the_balance_proves_untaken_is_sent_again() {
    let desk = Desk::new(Settings::default());
    let (url, number) = somebody_found(&desk);
    desk.control().add_fault("post:1=reset".parse().unwrap());
    desk.run(["find", &url])
        .exits(0)
        .says("the balance proves that it was not taken")
        .prints(&format!("{number}\n"));
    assert_eq!((desk.control().posts(), desk.control().taken()), (2, 1));
}

#[test]
fn a_search_without_a_number_leaves_the_books_right() {
    let desk = Desk::new(Settings::default());
    desk.run(["find", &somebody_not_found(&desk)]).exits(1);
    // Its refund, which nobody announces, is just what this one holds.
    desk.control().add_fault("post:2=reset-after".parse().unwrap());
    let (url, _) = somebody_found(&desk);
    desk.run(["find", &url]).exits(3);
    assert_eq!(desk.control().posts(), 2);
}

#[test]
fn a_lost_request_after_a_search_without_a_number_is_proven_untaken() {
    let desk = Desk::new(Settings::default());
    desk.run(["find", &somebody_not_found(&desk)]).exits(1);
    desk.control().add_fault("post:2=reset".parse().unwrap());
    let (url, number) = somebody_found(&desk);
    desk.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!((desk.control().posts(), desk.control().taken()), (3, 2));
}

#[test]
fn a_killed_search_is_collected_by_the_next() {
    let desk = Desk::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&desk);
    let run = desk.start(["find", &url]);
    desk.sees(|control| control.polls() > 0);
    run.kill();
    desk.control().release();
    desk.run(["find", &url])
        .exits(0)
        .prints(&format!("{number}\n"))
        .says("40 credits, reserved by an earlier run");
    assert_eq!(desk.control().posts(), 1);
}

#[test]
fn a_search_without_a_number_is_never_said_to_cost_anything() {
    // What was refunded stands on the board a moment after the answer stands in the ledger.
    let desk = Desk::new(Settings { found_percent: 0, ..Settings::default() });
    for n in 0..8 {
        desk.run(["find", &format!("person-{n}")])
            .exits(1)
            .says("no number was found; nothing was paid");
    }
}

#[test]
fn a_killed_search_is_collected_by_bulk() {
    let desk = Desk::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&desk);
    let run = desk.start(["find", &url]);
    desk.sees(|control| control.polls() > 0);
    run.kill();
    desk.control().release();
    desk.write("in.csv", &format!("linkedin_url\n{url}\n"));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let out = std::fs::read_to_string(desk.path("out.csv")).unwrap();
    assert!(out.contains(&number), "{out}");
    assert_eq!(desk.control().posts(), 1);
}

#[test]
fn two_who_ask_at_once_pay_once() {
    let desk = Desk::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&desk);
    let first = desk.start(["find", &url]);
    desk.sees(|control| control.taken() == 1);
    let second = desk.start(["find", &url]);
    desk.sees(|control| control.polls() > 1);
    desk.control().release();
    for run in [first, second] {
        run.end().exits(0).prints(&format!("{number}\n"));
    }
    assert_eq!(desk.control().posts(), 1);
}

#[test]
fn a_search_that_takes_too_long_goes_on_at_enrow() {
    let desk = Desk::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&desk);
    desk.run(["find", "--timeout", "2s", &url])
        .exits(3)
        .prints("")
        .says("`--timeout` is over")
        .says(&desk.control().batches()[0].id);
    desk.control().release();
    desk.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(desk.control().posts(), 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_search_says_how_it_is_collected() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let desk = Desk::new(Settings { pace: Pace::Held, ..Settings::default() });
        let (url, _) = somebody_found(&desk);
        let run = desk.start(["find", &url]);
        desk.sees(|control| control.polls() > 0);
        run.signal(signal);
        run.end()
            .exits(code)
            .prints("")
            .says("interrupted: in batch")
            .says("hint: run the same command again");
    }
}

#[test]
fn too_few_credits_buy_nothing() {
    let desk = Desk::new(Settings { credits: 39, ..Settings::default() });
    let (url, _) = somebody_found(&desk);
    desk.run(["find", &url])
        .exits(5)
        .prints("")
        .says("the credits do not cover a search; nothing was sent");
    assert_eq!(desk.control().taken(), 0);
}

#[test]
fn a_price_that_is_not_known_yet_is_asked_of_the_api() {
    let desk = Desk::new(Settings { credits: 40, ..Settings::default() });
    let (url, number) = somebody_found(&desk);
    desk.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
}

#[test]
fn the_odd_402_of_this_endpoint_is_understood() {
    let desk = Desk::new(Settings { credits: 60, price: 100, ..Settings::default() });
    let (url, _) = somebody_found(&desk);
    desk.run(["find", &url]).exits(5).says("the credits do not cover a search");
    assert_eq!(desk.control().taken(), 0);
}

#[test]
fn a_refused_key_is_told() {
    let desk = Desk::new(Settings {
        keys: Keys { without_phones: vec!["key".to_owned()], ..Keys::default() },
        ..Settings::default()
    });
    let (url, _) = somebody_found(&desk);
    desk.run(["find", &url])
        .exits(4)
        .says("This account is not allowed to use the phone search feature");
    let mut keyless = desk.command();
    keyless.env_remove("ENROW_API_KEY").args(["find", &url]);
    crate::desk::Ran::of(keyless.output().unwrap()).exits(4).says("error: no API key");
}

#[test]
fn a_search_that_enrow_refuses_is_not_asked_again() {
    let desk = Desk::new(Settings::default());
    let (url, _) = somebody_found(&desk);
    let slug = url.rsplit('/').next().unwrap();
    desk.control().add_fault(format!("search:{slug}=poison-unnamed").parse().unwrap());
    for _ in 0..2 {
        desk.run(["find", &url]).exits(2).prints("").says("Invalid linkedin_url");
    }
    assert_eq!(desk.control().posts(), 1);
}
