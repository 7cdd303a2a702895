use super::*;

fn read_for(body: &str, searches: usize) -> Option<BatchReport> {
    let response = HttpResponse { status: 200, body: body.into(), ..HttpResponse::default() };
    BatchReport::read(&response, searches)
}

fn read(body: &str) -> Option<BatchReport> {
    read_for(body, 3)
}

fn results(body: &str) -> Vec<SearchResult> {
    match read(body).unwrap_or_else(|| panic!("unreadable: {body}")).stage {
        Stage::Completed(results) => results,
        other => panic!("{other:?}: {body}"),
    }
}

#[test]
fn the_documented_answers_are_read() {
    let ongoing = r#"{"general":{"id":"b-1","status":"ongoing","custom":{"nonce":"n"}},"stats":{"requested":2,"finished":1}}"#;
    let report = read(ongoing).unwrap();
    assert_eq!((report.stage, report.nonce.as_deref()), (Stage::Ongoing, Some("n")));
    assert_eq!(report.stats.finished, Some(1));

    let done = r#"{"general":{"id":"b-1","status":"completed"},"results":[
        {"index":0,"qualification":"found","number":"+15705551234","country":"US",
         "params":{"linkedin_url":"https://www.linkedin.com/in/michael-scott"},"custom":"lead-1"},
        {"index":"1","qualification":"not_found","params":{},"new_field":[1,2]}],
        "stats":{"credits_cost":80,"credits_to_refund":40,"found":1,"requested":2}}"#;
    assert_eq!(results(done)[0].number.as_deref(), Some("+15705551234"));
    assert_eq!(
        (results(done)[1].index, &results(done)[1].qualification),
        (Some(1), &Qualification::NotFound)
    );
    assert_eq!(read(done).unwrap().stats.refunded, Some(Credits(40)));
}

#[test]
fn older_shapes_of_the_statistics_are_read() {
    let old = r#"{"general":{"status":"completed"},"results":[],
        "stats":{"valid":3,"credits_cost":{"initial":200,"refunded":80,"final":120}}}"#;
    let stats = read(old).unwrap().stats;
    assert_eq!((stats.found, stats.refunded), (Some(3), Some(Credits(80))));
}

#[test]
fn what_is_no_report_is_not_taken_for_one() {
    for body in [
        "<html>",
        "{}",
        "",
        "[]",
        r#"{"general":{"status":"completed"},"results":[{"ind"#,
        r#"{"general":{"id":"b-1"},"results":[]}"#,
    ] {
        assert_eq!(read(body), None, "{body}");
    }
}

#[test]
fn one_odd_result_costs_one_row() {
    let sound = r#"{"index":1,"qualification":"found","number":"+15705551234","params":{"firstname":"Ada"}}"#;
    for odd in [
        r#"{"index":0,"qualification":"found","number":"+15705550000","country":33}"#,
        r#"{"index":0,"qualification":"found","number":15705550000}"#,
        r#"{"index":0,"qualification":"found","number":["+15705550000"]}"#,
        r#"{"index":0,"qualification":"found","number":{"e164":"+15705550000"}}"#,
        r#"{"index":0,"qualification":"not_found","params":[]}"#,
        r#"{"index":0,"qualification":"not_found","params":"https://www.linkedin.com/in/ada"}"#,
        r#"{"index":-1,"qualification":7,"custom":[[]]}"#,
        r#"{"index":0,"qualification":"found","number":"\ud800"}"#,
        r#"{"index":0,"index":1,"\udfff":0}"#,
        "null",
        "7",
        "[]",
        r#""found""#,
    ] {
        let body = format!(r#"{{"general":{{"status":"completed"}},"results":[{odd},{sound}]}}"#);
        let results = results(&body);
        assert_eq!(results.len(), 2, "{odd}");
        assert_eq!(results[1].number.as_deref(), Some("+15705551234"), "{odd}");
        assert_eq!(results[1].qualification, Qualification::Found, "{odd}");
    }
}

#[test]
fn what_stands_around_the_results_may_be_odd() {
    let result = r#"{"index":0,"qualification":"found","number":"+15705551234"}"#;
    for body in [
        format!(
            r#"{{"general":{{"status":"Completed","id":17}},"results":[{result}],"stats":[]}}"#
        ),
        format!(
            r#"{{"general":{{"status":" COMPLETED "}},"results":{{"0":{result}}},"stats":null}}"#
        ),
        format!("\u{feff}{{\"general\":{{\"status\":\"completed\"}},\"results\":[{result}]}}"),
        format!(r#"{{"general":{{"status":"finished"}},"results":[{result}]}}"#),
        format!(r#"{{"general":{{"status":7,"custom":"x"}},"results":[{result}],"stats":"x"}}"#),
        format!(r#"{{"general":[],"results":[{result}]}}"#),
        format!(r#"{{"general":{{"status":"completed"}},"results":[{result}],"x":"\ud83d"}}"#),
    ] {
        let results = results(&body);
        assert_eq!(results[0].number.as_deref(), Some("+15705551234"), "{body}");
        assert_eq!(results[0].index, Some(0), "{body}");
    }
    let report = read(r#"{"general":{"status":"completed","id":17},"results":null}"#).unwrap();
    assert_eq!(report.id.unwrap().as_str(), "17");
    assert_eq!(read(r#"{"general":{"status":"paused"}}"#).unwrap().stage, Stage::Ongoing);
}

#[test]
fn an_index_is_taken_from_the_key_only_where_the_result_has_none() {
    let body = r#"{"general":{"status":"completed"},"results":{
        "0":{"qualification":"not_found"},"1":{"index":2,"qualification":"not_found"},"x":{}}}"#;
    let indexes: Vec<_> = results(body).iter().map(|result| result.index).collect();
    assert_eq!(indexes, [Some(0), Some(2), None]);
}

#[test]
fn no_more_is_read_than_was_asked() {
    let body = format!(
        r#"{{"general":{{"status":"completed"}},"results":[{}{{}}]}}"#,
        "{},".repeat(1_000_000)
    );
    let Stage::Completed(results) = read_for(&body, 30).unwrap().stage else { panic!() };
    assert_eq!(results.len(), 76);
}

#[test]
fn a_search_of_one_is_read() {
    let single = |status: u16, body: &str| {
        let response = HttpResponse { status, body: body.into(), ..HttpResponse::default() };
        BatchReport::read_single(&response, 1)
    };
    let found = r#"{"params":[],"custom":"n","number":"+15705551234","country":33,"qualification":"Found"}"#;
    let report = single(200, found).unwrap();
    let Stage::Completed(results) = &report.stage else { panic!("{report:?}") };
    assert_eq!((results[0].index, report.nonce.as_deref()), (Some(0), Some("n")));
    assert_eq!(results[0].qualification, Qualification::Found);
    let counts =
        |body| single(200, body).map(|report| (report.stats.requested, report.stats.found));
    assert_eq!(counts(found), Some((Some(1), Some(1))));
    assert_eq!(counts(r#"{"qualification":"not_found"}"#), Some((Some(1), Some(0))));
    assert_eq!(single(202, "{}").unwrap().stage, Stage::Ongoing);
    assert_eq!(single(200, r#"{"qualification":"ongoing"}"#).unwrap().stage, Stage::Ongoing);
    for body in ["{}", "", "<html>", r#"{"message":"x"}"#] {
        assert_eq!(single(200, body), None, "{body}");
    }
}
