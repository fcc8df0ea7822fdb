//! Goodput: the share of requests that kept every declared service level, against counts made here by other means.

use std::fmt::Write as _;

use crate::support::Place;

/// 1,000 requests, 10 a second: every 50th fails in 20 ms, of the others every `slow`-th takes 400 ms and the rest 100 ms.
fn jtl(slow: usize) -> String {
    let mut text = "timeStamp,elapsed,label,responseCode,success\n".to_owned();
    for index in 0..1000_usize {
        let failed = index % 50 == 7;
        let took = match index {
            index if index % 50 == 7 => 20,
            index if index % slow == 3 => 400 + index % 5,
            index => 100 + index % 5,
        };
        let code = if failed { 500 } else { 200 };
        let _ = writeln!(text, "{},{took},GET /a,{code},{}", 1_710_504_000_000 + index * 100, !failed);
    }
    text
}

/// How many of these requests are answered within 300 ms.
fn good(slow: usize) -> u64 {
    (0..1000_usize).filter(|index| index % 50 != 7 && index % slow != 3).count() as u64
}

#[test]
fn failed_requests_keep_no_level_however_fast_they_fail() {
    let place = Place::new();
    place.write("run.jtl", jtl(10));
    place.run("summarize run.jtl --slo elapsed<300ms -o out.json -o out.md -o out.html").exits(0);
    let report = place.json("out.json");
    let found = &report["goodput"][0];
    assert_eq!((found["requests"].as_u64(), found["without_answer"].as_u64()), (Some(1000), Some(20)));
    assert_eq!((good(10), found["good"].as_u64()), (880, Some(880)));
    // Wilson (1927) of 880 of 1,000 by an independent program: 0.8584 to 0.8987.
    let ends = [&found["interval"]["low"], &found["interval"]["high"]].map(|end| end.as_f64().unwrap());
    assert!((ends[0] - 0.8584).abs() < 5e-5 && (ends[1] - 0.8987).abs() < 5e-5, "{ends:?}");
    // The last request begins after 99.9 s and takes 100 ms and a little.
    let rate = found["rate"].as_f64().unwrap();
    assert!((rate - 8.8).abs() < 0.01, "{rate}");
    assert_eq!(found["levels"][0]["kept"].as_u64(), Some(880));
    for file in ["out.md", "out.html"] {
        let text = place.read(file);
        assert!(text.contains("88% of 1,000 requests") && text.contains("20 failed or got no answer"), "{file}");
    }
}

#[test]
fn a_drop_of_goodput_regresses_and_a_target_holds_it() {
    let place = Place::new();
    place.write("before.jtl", jtl(100)).write("after.jtl", jtl(5));
    place.write(
        "perfreport.toml",
        "[[slo]]\nelapsed = \"< 300ms\"\n[[target]]\nmetric = \"goodput\"\nvalue = \">= 95%\"\n",
    );
    place.run("summarize before.jtl --save-baseline base.json --fail-on target -o out.json").exits(0);
    let target = place.json("out.json")["targets"][0].clone();
    assert_eq!((target["outcome"].as_str(), target["value"].as_f64()), (Some("met"), Some(good(100) as f64 / 1000.0)));
    place.run("summarize after.jtl --fail-on target -o out.json -o out.xml").exits(1);
    assert_eq!(place.json("out.json")["targets"][0]["outcome"], "missed");
    assert!(place.read("out.xml").contains("goodput"));
    place.run("compare before.jtl after.jtl -o out.json").exits(0);
    let report = place.json("out.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let change = changes.iter().find(|change| change["metric"] == "requests beyond elapsed < 300ms").unwrap();
    assert_eq!(change["verdict"], "regressed");
    let shares = [&change["effects"][0]["before"], &change["effects"][0]["after"]].map(|share| share.as_f64().unwrap());
    let expected = [100, 5].map(|slow| 1.0 - good(slow) as f64 / 1000.0);
    assert!((shares[0] - expected[0]).abs() < 1e-12 && (shares[1] - expected[1]).abs() < 1e-12, "{shares:?}");
}

#[test]
fn a_baseline_with_other_levels_is_neither_missing_nor_new() {
    let place = Place::new();
    place.write("before.jtl", jtl(50)).write("after.jtl", jtl(50).replace("GET /a,200", "GET /a,201"));
    place.run("summarize before.jtl --slo elapsed<300ms --save-baseline base.json").exits(0);
    place.run("summarize after.jtl --slo elapsed<200ms --baseline base.json -o out.json").exits(0);
    let report = place.json("out.json");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| !change["metric"].as_str().unwrap().contains("beyond")), "{changes:?}");
}

#[test]
fn a_level_with_a_slip_of_the_pen_or_without_a_unit_is_refused() {
    let place = Place::new();
    place.write("run.jtl", jtl(10));
    place.write("plain.csv", (0..50).fold("duration\n".to_owned(), |text, index| format!("{text}{}\n", 3 + index % 7)));
    for (command, said) in [
        ("summarize run.jtl --slo elapsd<300ms", "no file records it"),
        ("summarize run.jtl --slo elapsed<300", "has a unit: write it behind the limit"),
        ("summarize run.jtl --slo elapsed=300ms", "is no service level"),
        ("summarize plain.csv --slo duration<5ms", "is not stated: say it with --unit duration="),
    ] {
        place.run(command).exits(2).complains(said);
    }
    place.run("summarize plain.csv --unit duration=ms --slo duration<5ms -o out.json").exits(0);
    // 3, 4, 5, 6, 7, 8, 9 in turn; 50 rows are seven turns and a 3: 15 below 5.
    assert_eq!(place.json("out.json")["goodput"][0]["good"].as_u64(), Some(15));
}

#[test]
fn a_message_of_a_service_is_good_where_its_first_chunk_and_its_response_are_in_time() {
    let mut text = "request_id,sent_at,first_chunk_at,completed_at,status,output_tokens\n".to_owned();
    for index in 0..200_u64 {
        let sent = 1_710_504_000_000 + index * 500;
        // The first chunk after 200 ms or, for every 10th, 700 ms; nine further tokens, 50 ms each or, for every 4th, 120 ms.
        let first = sent + if index % 10 == 0 { 700 } else { 200 };
        let end = first + 9 * if index % 4 == 0 { 120 } else { 50 };
        let row = if index % 20 == 5 {
            format!("r{index},{sent},,,timeout,")
        } else {
            format!("r{index},{sent},{first},{end},ok,10")
        };
        let _ = writeln!(text, "{row}");
    }
    let place = Place::new();
    place.write("chat.csv", &text);
    place
        .run("summarize chat.csv --slo first_chunk<500ms --slo response<3s --slo time_per_output_token<100ms -o out.json")
        .exits(0);
    let report = place.json("out.json");
    assert_eq!(report["service"].as_array().map(Vec::len), Some(1));
    let found = &report["goodput"][0];
    let count = |is: &dyn Fn(u64) -> bool| (0..200).filter(|index| index % 20 != 5 && is(*index)).count() as u64;
    assert_eq!((found["requests"].as_u64(), found["without_answer"].as_u64()), (Some(200), Some(10)));
    let kept: Vec<u64> =
        found["levels"].as_array().unwrap().iter().map(|level| level["kept"].as_u64().unwrap()).collect();
    assert_eq!(kept, [count(&|index| index % 10 != 0), count(&|_| true), count(&|index| index % 4 != 0)]);
    assert_eq!(found["good"].as_u64(), Some(count(&|index| index % 10 != 0 && index % 4 != 0)));
}

#[test]
fn the_goodput_of_a_joint_run_is_that_of_all_its_requests() {
    let place = Place::new();
    let all = jtl(10);
    let (head, rows) = all.split_once('\n').unwrap();
    for shard in 0..2 {
        let part: Vec<&str> = rows.lines().skip(shard).step_by(2).collect();
        place.write(&format!("load-{shard}.jtl"), format!("{head}\n{}\n", part.join("\n")));
    }
    place.write("whole.jtl", &all);
    place
        .run("summarize load-0.jtl load-1.jtl --slo elapsed<300ms -o joint.json")
        .exits(0)
        .says("88% of 1,000 requests");
    place.run("summarize whole.jtl --slo elapsed<300ms -o whole.json -q").exits(0);
    let (joint, whole) = (place.json("joint.json"), place.json("whole.json"));
    let found = joint["goodput"].as_array().unwrap().iter().find(|one| one["source"] == "load-*.jtl").unwrap();
    for key in ["requests", "good", "without_answer", "share", "interval", "rate", "rate_interval"] {
        assert_eq!(found[key], whole["goodput"][0][key], "{key}");
    }
}
