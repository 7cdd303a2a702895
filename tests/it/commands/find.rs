use crate::support::people::{somebody_found, somebody_not_found};
use crate::support::{KEY, TestEnv};
use enrow_phone::sandbox::{Answer, Endpoint, Kind, Pace, Search, Settings};
use serde_json::{Value, json};

#[test]
fn the_number_alone_is_printed() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    let run = env.run(["find", &url]);
    run.exits(0).says("40 credits");
    run.prints(&format!("{number}\n"));
    assert_eq!(env.control().count(Endpoint::Submit(Kind::Single)), 1);
    assert_eq!(env.control().count(Endpoint::Submit(Kind::Bulk)), 0);
    let body: Value = serde_json::from_slice(&env.control().batches()[0].body).unwrap();
    assert_eq!(body["linkedin_url"], json!(url));
    assert_eq!(body["custom"].as_str().unwrap().len(), 32, "the nonce");
    assert_eq!(body.as_object().unwrap().len(), 2);
}

#[test]
fn quiet_says_nothing_but_the_number() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    let run = env.run(["find", "-q", &url]);
    run.exits(0);
    assert_eq!((run.stdout, run.stderr), (format!("{number}\n"), String::new()));
}

#[test]
fn a_known_person_costs_nothing_and_needs_neither_key_nor_network() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    env.write("in.csv", format!("linkedin_url\n{url}\n"));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let before = env.control().requests().len();
    // Another way of writing the same person.
    let slug = url.rsplit('/').next().unwrap().to_uppercase();
    let run = env.command(["find", &slug]).without_env("ENROW_API_KEY").run();
    run.exits(0).says("nothing was paid").prints(&format!("{number}\n"));
    assert_eq!(env.control().requests().len(), before);
}

#[test]
fn whom_find_has_found_bulk_need_not_ask_for() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    env.run(["find", &url]).exits(0);
    env.write("in.csv", format!("linkedin_url\n{url}\n"));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.control().posts(), 1);
    let out = std::fs::read_to_string(env.path("out.csv")).unwrap();
    assert!(out.contains(&number), "{out}");
}

#[test]
fn who_has_no_number_exits_1_and_is_not_paid_for() {
    let env = TestEnv::new(Settings::default());
    let url = somebody_not_found(&env);
    env.run(["find", &url]).exits(1).prints("").says("no number was found; nothing was paid");
    assert_eq!(env.control().credits().charged, 0);
    env.run(["find", &url]).exits(1).says("known since");
    assert_eq!(env.control().posts(), 1);
    env.run(["find", "--refresh", &url]).exits(1);
    assert_eq!(env.control().posts(), 2);
}

#[test]
fn a_person_is_found_by_name_and_company() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
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
        let Answer::Found { number, .. } = env.control().answer_for(&search) else {
            panic!("everybody is found")
        };
        env.run([&["find"], &args[..]].concat()).exits(0).prints(&format!("{number}\n"));
        assert_eq!(env.control().times_searched(&search), 1);
    }
    // Somebody who is in the ledger under one of two employers is one person.
    let named =
        ["--first", "Ada", "--last", "Example", "--domain", "acme.example", "--company", "Acme"];
    env.run([&["forget"], &named[..]].concat()).exits(0).says("forgot 1 of 1\n");
}

#[test]
fn nobody_is_asked_for_where_nobody_is_named() {
    let env = TestEnv::new(Settings::default());
    for (args, part) in [
        (&["find"][..], "required"),
        (&["find", "--first", "Ada"], "--last"),
        (&["find", "--first", "Ada", "--last", "Example"], "no company"),
        (&["find", "x-y", "--first", "Ada", "--last", "Example"], "cannot be used with"),
        (&["find", "https://www.linkedin.com/company/acme"], "LinkedIn page of a company"),
        (&["find", "https://acme.example/team"], "not a LinkedIn address"),
        (
            &["find", "--first", "Ada", "--last", "Example", "--domain", "gmail.com"],
            "`--domain` needs the domain of a company's website",
        ),
    ] {
        env.run(args).exits(2).prints("").says(part);
    }
    assert_eq!(env.control().requests(), []);
}

#[test]
fn the_outcome_is_told_as_json() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    let Answer::Found { country, .. } = env.control().answer_for(&Search::profile(&*url)) else {
        panic!("not found")
    };
    let mut told = env.run(["find", "--json", &url]).exits(0).json();
    let answered = told["answered"].take();
    assert!(answered.as_str().unwrap().ends_with('Z'), "{answered}");
    let id = env.control().batches()[0].id.clone();
    let mut expected = json!({
        "answered": null, "batch": id, "country": country, "credits": 40, "credits_earlier": 0,
        "credits_in_doubt": 0, "exit_code": 0, "from_ledger": false, "note": "", "number": number, "status": "found",
    });
    assert_eq!(told, expected);

    let mut told = env.run(["find", "--json", &url]).exits(0).json();
    assert_eq!(told["answered"].take(), answered);
    expected["batch"] = Value::Null;
    expected["credits"] = json!(0);
    expected["from_ledger"] = json!(true);
    assert_eq!(told, expected);

    let told = env.run(["find", "--json", &somebody_not_found(&env)]);
    let told = told.exits(1).json();
    assert_eq!(
        (&told["status"], &told["number"], &told["exit_code"]),
        (&json!("not_found"), &Value::Null, &json!(1))
    );
}

#[test]
fn what_find_has_paid_for_is_fetched_into_another_ledger() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    env.run(["find", &url]).exits(0);
    let id = env.control().batches()[0].id.clone();
    let with = |args: &[&str]| env.command(args).ledger(env.path("new.db")).run();
    with(&["fetch", &id]).exits(0).says("1 found, 1 new to the ledger").lists(&number);
    with(&["find", &url]).exits(0).prints(&format!("{number}\n"));
    env.assert_posts(1);
}

#[test]
fn where_there_is_no_answer_it_was_not_in_the_ledger() {
    let env = TestEnv::new(Settings::default());
    let told = env.run(["find", "--json", "--timeout", "0s", "ada-example"]).exits(3).json();
    assert_eq!((&told["status"], &told["from_ledger"]), (&json!("not_submitted"), &json!(false)));
}

#[test]
fn a_lost_answer_is_never_resent() {
    let env = TestEnv::new(Settings::default());
    let (url, _) = somebody_found(&env);
    env.control().change(|settings| settings.faults.push("post:1=reset-after".parse().unwrap()));
    let lost = env.run(["find", &url]);
    lost.exits(6).prints("").says("the search may have been paid: the answer to it was lost");
    let (_, command) = lost.stderr.rsplit_once("`enrow-phone ").unwrap();
    let command = command.split_once('`').unwrap().0.to_owned();
    let told = env.run(["find", "--json", &url]).exits(6).json();
    assert_eq!(
        (&told["status"], &told["from_ledger"], &told["credits_in_doubt"]),
        (&json!("unknown"), &json!(false), &json!(50))
    );
    env.write("in.csv", format!("linkedin_url\n{url}\n"));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(6);
    assert_eq!(env.control().posts(), 1);
    // The hint reopens this search, and no other that is unclear.
    env.control().change(|settings| settings.faults.push("post:2=reset-after".parse().unwrap()));
    env.run(["find", "somebody-else"]).exits(6);
    let command: Vec<&str> = command.split(' ').chain(["--yes"]).collect();
    env.run(&*command).exits(0).says("1 person");
    env.run(["find", "somebody-else"]).exits(6);
    assert_eq!(env.control().posts(), 2);
    env.run(["find", &url]).exits(0);
}

#[test]
fn a_lost_search_is_recovered_by_its_id() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    env.control().change(|settings| settings.faults.push("post:1=reset-after".parse().unwrap()));
    env.run(["find", &url]).exits(6);
    let id = env.control().batches()[0].id.clone();
    env.run(["recover", &id]).exits(0);
    env.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(env.control().posts(), 1);
}

#[test]
fn a_search_that_the_balance_proves_untaken_is_sent_again() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    env.control().change(|settings| settings.faults.push("post:1=reset".parse().unwrap()));
    env.run(["find", &url])
        .exits(0)
        .says("the balance proves that Enrow did not take the lost batch")
        .prints(&format!("{number}\n"));
    assert_eq!((env.control().posts(), env.control().taken()), (2, 1));
}

#[test]
fn a_search_without_a_number_leaves_the_books_right() {
    let env = TestEnv::new(Settings::default());
    env.run(["find", &somebody_not_found(&env)]).exits(1);
    // Its refund, which nobody announces, is just what this one holds.
    env.control().change(|settings| settings.faults.push("post:2=reset-after".parse().unwrap()));
    let (url, _) = somebody_found(&env);
    env.run(["find", &url]).exits(6);
    assert_eq!(env.control().posts(), 2);
}

#[test]
fn a_lost_request_after_a_search_without_a_number_is_proven_untaken() {
    let env = TestEnv::new(Settings::default());
    env.run(["find", &somebody_not_found(&env)]).exits(1);
    env.control().change(|settings| settings.faults.push("post:2=reset".parse().unwrap()));
    let (url, number) = somebody_found(&env);
    env.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!((env.control().posts(), env.control().taken()), (3, 2));
}

/// A search that was killed after Enrow took it, and has ended since.
fn killed_search() -> (TestEnv, String, String) {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&env);
    let run = env.spawn(["find", &url]);
    env.wait_until(|control| control.polls() > 0);
    run.kill();
    env.let_deaths_be_seen();
    env.control().release();
    (env, url, number)
}

#[test]
fn a_killed_search_is_collected_by_the_next() {
    let (env, url, number) = killed_search();
    env.run(["find", &url])
        .exits(0)
        .prints(&format!("{number}\n"))
        .says("40 credits, reserved by an earlier run");
    assert_eq!(env.control().posts(), 1);
}

#[test]
fn a_search_without_a_number_is_never_said_to_cost_anything() {
    // What was refunded stands on the board a moment after the answer stands in the ledger.
    let env = TestEnv::new(Settings { found_percent: 0, ..Settings::default() });
    for n in 0..8 {
        env.run(["find", &format!("person-{n}")])
            .exits(1)
            .says("no number was found; nothing was paid");
    }
}

#[test]
fn a_killed_search_is_collected_by_bulk() {
    let (env, url, number) = killed_search();
    env.write("in.csv", format!("linkedin_url\n{url}\n"));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let out = std::fs::read_to_string(env.path("out.csv")).unwrap();
    assert!(out.contains(&number), "{out}");
    assert_eq!(env.control().posts(), 1);
}

#[test]
fn two_who_ask_at_once_pay_once() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&env);
    let first = env.spawn(["find", &url]);
    env.wait_until(|control| control.taken() == 1);
    let second = env.spawn(["find", &url]);
    env.wait_until(|control| control.polls() > 1);
    env.control().release();
    for run in [first, second] {
        run.finish().exits(0).prints(&format!("{number}\n"));
    }
    assert_eq!(env.control().posts(), 1);
}

#[test]
fn a_search_that_takes_too_long_goes_on_at_enrow() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&env);
    env.run(["find", "--timeout", "2s", &url])
        .exits(3)
        .prints("")
        .says("`--timeout` is over")
        .says(&env.control().batches()[0].id);
    env.control().release();
    env.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(env.control().posts(), 1);
}

#[test]
fn an_earlier_number_is_not_taken_for_the_one_that_was_asked_for() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let (url, number) = somebody_found(&env);
    let first = env.spawn(["find", &url]);
    env.wait_until(|control| control.taken() == 1);
    env.control().release();
    first.finish().exits(0);
    env.run(["find", "--refresh", "--timeout", "2s", &url])
        .exits(3)
        .prints(&format!("{number}\n"))
        .says("this is an earlier number: the time of `--timeout` is over")
        .says("hint: run the same command again");
    env.control().release();
    env.run(["find", "--refresh", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(env.control().posts(), 2);
}

#[cfg(target_os = "linux")]
#[test]
fn a_number_that_cannot_be_printed_is_not_paid_for_again() {
    let env = TestEnv::new(Settings::default());
    let (url, number) = somebody_found(&env);
    let full = crate::support::Call::through_shell(
        &env,
        "exec \"$0\" \"$@\" > /dev/full",
        &["find", "--refresh", &url],
    )
    .run();
    full.exits(1)
        .says("No space left")
        .says("what was paid is in the ledger")
        .says("hint: run it again, without `--refresh`");
    env.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
    assert_eq!(env.control().posts(), 1);
}

#[cfg(unix)]
#[test]
fn an_interrupted_search_says_how_it_is_collected() {
    for (signal, code, words) in
        [("INT", 130, "interrupted: in batch"), ("TERM", 143, "terminated: in batch")]
    {
        let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
        let (url, _) = somebody_found(&env);
        let run = env.spawn(["find", &url]);
        env.wait_until(|control| control.polls() > 0);
        run.signal(signal);
        run.finish().exits(code).prints("").says(words).says("hint: run the same command again");
    }
}

#[test]
fn too_few_credits_buy_nothing() {
    let env = TestEnv::new(Settings { credits: 39, ..Settings::default() });
    let (url, _) = somebody_found(&env);
    env.run(["find", &url])
        .exits(5)
        .prints("")
        .says("the credits do not cover a search; nothing was sent");
    assert_eq!(env.control().taken(), 0);
}

#[test]
fn a_price_that_is_not_known_yet_is_asked_of_the_api() {
    let env = TestEnv::new(Settings { credits: 40, ..Settings::default() });
    let (url, number) = somebody_found(&env);
    env.run(["find", &url]).exits(0).prints(&format!("{number}\n"));
}

#[test]
fn the_odd_402_of_this_endpoint_is_understood() {
    let env = TestEnv::new(Settings { credits: 60, price: 100, ..Settings::default() });
    let (url, _) = somebody_found(&env);
    env.run(["find", &url]).exits(5).says("the credits do not cover a search");
    assert_eq!(env.control().taken(), 0);
}

#[test]
fn a_refused_key_is_told() {
    let env =
        TestEnv::new(Settings { keys_without_phones: vec![KEY.to_owned()], ..Settings::default() });
    let (url, _) = somebody_found(&env);
    env.run(["find", &url])
        .exits(4)
        .says("This account is not allowed to use the phone search feature");
    let keyless = env.command(["find", &url]).without_env("ENROW_API_KEY").run();
    keyless.exits(4).says("error: no API key");
}

#[test]
fn a_search_that_enrow_refuses_is_not_asked_again() {
    let env = TestEnv::new(Settings::default());
    let (url, _) = somebody_found(&env);
    let slug = url.rsplit('/').next().unwrap();
    env.control().change(|settings| {
        settings.faults.push(format!("search:{slug}=poison-unnamed").parse().unwrap());
    });
    for _ in 0..2 {
        env.run(["find", &url]).exits(2).prints("").says("Invalid linkedin_url");
    }
    assert_eq!(env.control().posts(), 1);
}
