//! Digests of shards: the numbers of the whole file, however it was divided, and no way to count anything twice.

use serde_json::Value;

use crate::support::{Place, findings, metric};

const HEADER: &str = "timestamp,endpoint,latency_ms,connect_us,status\n";

/// Whole milliseconds are few numbers; fractions of a microsecond are very many.
fn rows(n: u64) -> Vec<String> {
    let mut state = 88_172_645_463_325_252_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut row = move |place: u64| {
        let endpoint = ["/cart", "/items", "/login"][(next() * 3.0) as usize];
        let latency = (20.0 / (1.0 - 0.98 * next())) as u64 + if endpoint == "/items" { 7 } else { 0 };
        let connect = 180.0 * (1.5 * (next() + next() - 1.0)).exp();
        let status = if next() < 0.03 { 503 } else { 200 };
        format!("{},{endpoint},{latency},{connect:.9},{status}\n", 1_764_000_000_000 + place * 40)
    };
    (0..n).map(&mut row).collect()
}

/// Digests of shards by the plan of the whole, merged; and the report about it.
fn report_of(place: &Place, shards: &[String]) -> Value {
    let mut names = Vec::new();
    for (number, shard) in shards.iter().enumerate() {
        let name = format!("part-{number:03}.csv");
        place.write(&name, shard);
        place.run(&format!("digest {name} --plan plan.json --strict-plan --threads 1 -o {number:03}.digest")).exits(0);
        names.push(format!("{number:03}.digest"));
    }
    let merge = |names: &[String], to: &str| {
        place.run(&format!("merge {} -o {to}", names.join(" "))).exits(0);
        std::fs::read(place.path().join(to)).unwrap()
    };
    let all = merge(&names, "all.digest");
    // In another order, and as a tree.
    let halves: Vec<String> = names
        .chunks(names.len().div_ceil(2))
        .rev()
        .enumerate()
        .map(|(half, names)| {
            merge(names, &format!("half-{half}.digest"));
            format!("half-{half}.digest")
        })
        .collect();
    assert!(merge(&halves, "again.digest") == all, "the order of merging shows");
    place.run("summarize all.digest -o digest.json -o digest.md -o digest.html").exits(0);
    place.json("digest.json")
}

const EXACT: [&str; 8] = ["n", "sum", "mean", "stddev", "min", "max", "median", "mad"];

fn assert_exact(found: &Value, expected: &Value, what: &str) {
    for number in EXACT {
        assert_eq!(found[number], expected[number], "{number} of {what}");
    }
    let values = |of: &Value| -> Vec<Value> {
        of["percentiles"].as_array().unwrap().iter().map(|one| one["value"].clone()).collect()
    };
    assert_eq!(values(found), values(expected), "percentiles of {what}");
}

#[test]
fn shards_of_any_size_and_order_have_the_numbers_of_the_whole() {
    let place = Place::new();
    let rows = rows(12_000);
    place.write("whole.csv", HEADER.to_owned() + &rows.concat());
    place.run("plan whole.csv").exits(0).says("wrote plan.json").says("by endpoint");
    place.run("summarize whole.csv -o whole.json").exits(0);
    let whole = place.json("whole.json");
    let headed = |rows: &[String]| HEADER.to_owned() + &rows.concat();
    // One; parts of a divided file, of very unequal size and without a header but for the first; rows in any order.
    let one = vec![headed(&rows)];
    let cuts = [0, 3, 5000, 5001, 5400, 9000, 11_990, 12_000];
    let parts: Vec<String> = cuts.windows(2).map(|pair| rows[pair[0]..pair[1]].concat()).collect();
    let parts: Vec<String> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| if place == 0 { HEADER.to_owned() + part } else { part.clone() })
        .collect();
    let shuffled: Vec<String> = (0..48)
        .map(|shard| {
            headed(
                &(0..rows.len())
                    .filter(|row| row * 7919 % 48 == shard)
                    .map(|row| rows[row].clone())
                    .collect::<Vec<_>>(),
            )
        })
        .collect();
    for shards in [one, parts, shuffled] {
        let found = report_of(&place, &shards);
        let (narrow, expected) = (metric(&found, "latency_ms"), metric(&whole, "latency_ms"));
        assert_exact(&narrow["overall"]["clean"], &expected["overall"]["clean"], "latency");
        assert_exact(&narrow["failed"], &expected["failed"], "failed latency");
        for group in narrow["groups"].as_array().unwrap() {
            let label = &group["label"]["text"];
            let of_whole = expected["groups"].as_array().unwrap();
            let same = of_whole.iter().find(|other| other["label"]["text"] == *label).unwrap();
            assert_exact(&group["clean"], &same["clean"], label.as_str().unwrap());
        }
        for count in ["failed", "total", "not_said", "unclear", "convention"] {
            assert_eq!(narrow["failures"][count], expected["failures"][count], "{count}");
        }
        assert_eq!(narrow["evidence"]["relative_error"], 0.0);
        let (run, of_whole) = (&found["requests"][0], &whole["requests"][0]);
        for number in ["requests", "failed", "length", "rate", "clock"] {
            assert_eq!(run[number], of_whole[number], "{number} of the run");
        }
        let pairs = |of: &Value, name: &str| -> Vec<(String, u64)> {
            let all = of.as_array().unwrap().iter();
            all.map(|one| (one[name].as_str().unwrap().to_owned(), one["failed"].as_u64().unwrap())).collect()
        };
        assert_eq!(pairs(&run["causes"], "cause"), pairs(&of_whole["causes"], "cause"));
        assert_eq!(pairs(&run["endpoints"], "label"), pairs(&of_whole["endpoints"], "label"));
        let bins = run["bins"].as_array().unwrap();
        let sum = |name: &str| bins.iter().map(|bin| bin[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!((sum("requests"), Some(sum("failed"))), (12_000, run["failed"].as_u64()));
        assert!((40..=120).contains(&bins.len()), "{} stretches of time", bins.len());
        let (wide, expected) = (metric(&found, "connect_us"), metric(&whole, "connect_us"));
        let (clean, of_whole) = (&wide["overall"]["clean"], &expected["overall"]["clean"]);
        for number in ["n", "sum", "mean", "stddev", "min", "max"] {
            assert_eq!(clean[number], of_whole[number], "{number} of connect times");
        }
        let error = wide["evidence"]["relative_error"].as_f64().unwrap();
        assert_eq!(error, 1.0 / 8192.0);
        let near = |found: &Value, expected: &Value| {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            assert!((found - expected).abs() <= error * expected, "{found} and {expected}");
        };
        near(&clean["median"], &of_whole["median"]);
        for (found, expected) in
            clean["percentiles"].as_array().unwrap().iter().zip(of_whole["percentiles"].as_array().unwrap())
        {
            near(&found["value"], &expected["value"]);
        }
    }
    let text = place.read("digest.md");
    assert!(text.contains("every percentile are exact") && text.contains("are within 0.0123% of the sample"), "{text}");
    assert!(text.contains("a digest of 48 shards of csv"), "{text}");
    assert!(text.contains("Largest: ") && text.contains("part-0"), "{text}");
    assert!(text.contains("503") && text.contains("digests do not know how many were in progress"), "{text}");
}

#[test]
fn a_digest_is_taken_where_files_are() {
    let place = Place::new();
    let before = rows(4000);
    let slower: Vec<String> = before.iter().map(|row| row.replacen(",/items,", ",/items,1", 1)).collect();
    place.write("before.csv", HEADER.to_owned() + &before.concat());
    place.write("after.csv", HEADER.to_owned() + &slower.concat());
    place.run("plan before.csv").exits(0);
    for side in ["before", "after"] {
        place.run(&format!("digest {side}.csv --plan plan.json -o {side}.digest")).exits(0);
    }
    place.run("compare before.digest after.digest --fail-on regression").exits(1).says("/items").says("regressed");
    place.run("check before.digest").exits(0);
    place.run("history add h.jsonl before.digest --at 2026-01-01T00:00:00Z").exits(0);
    place.write("perfreport.toml", "[[target]]\nmetric = \"latency_ms\"\np50 = \"< 1ms\"\nerror_rate = \"< 50%\"\n");
    place.run("summarize before.digest --fail-on target -o r.md").exits(1).says("1 target");
    // Two digests stay two sources, as two files do; the same bytes through a pipe are the same numbers.
    let bytes = std::fs::read(place.path().join("before.digest")).unwrap();
    std::fs::remove_file(place.path().join("perfreport.toml")).unwrap();
    place.run_words(&["summarize", "-", "-o", "pipe.json"], &bytes).exits(0);
    assert_eq!(metric(&place.json("pipe.json"), "latency_ms")["evidence"]["kind"], "digest");
}

#[test]
fn what_would_count_twice_or_differently_is_refused() {
    let place = Place::new();
    let rows = rows(600);
    place.write("a.csv", HEADER.to_owned() + &rows[..300].concat());
    place.write("b.csv", HEADER.to_owned() + &rows[300..].concat());
    place.write("copy.csv", HEADER.to_owned() + &rows[..300].concat());
    place.run("plan a.csv b.csv").exits(0);
    for name in ["a", "b", "copy"] {
        place.run(&format!("digest {name}.csv --plan plan.json -o {name}.digest")).exits(0);
    }
    place.run("merge a.digest b.digest -o ab.digest").exits(0).says("2 shards, 600 samples");
    place
        .run("merge ab.digest copy.digest -o all.digest")
        .exits(2)
        .complains("copy.digest: the shard copy.csv is there already");
    assert!(!place.files().contains(&"all.digest".to_owned()));
    place.run("digest b.csv --group-by status -o other.digest").exits(0);
    place
        .run("merge a.digest other.digest -o all.digest")
        .exits(2)
        .complains("other.digest: it was made by another plan");
    let whole = std::fs::read(place.path().join("a.digest")).unwrap();
    place.write("cut.digest", &whole[..whole.len() / 2]);
    place.run("merge b.digest cut.digest -o all.digest").exits(2).complains("cut.digest").complains("damaged");
    place.run("summarize cut.digest -o r.md").exits(2).complains("damaged");
    place.write("newer.digest", b"perfreport-digest 7\n");
    place.run("summarize newer.digest -o r.md").exits(2).complains("newer perfreport");
    place.run("merge a.csv -o all.digest").exits(2).complains("a.csv").complains("no digest");
    place.write("events.csv", std::fs::read(crate::support::fixtures().join("service/chat_events.csv")).unwrap());
    place.run("digest events.csv -o x.digest").exits(2).complains("interactive service");
    place.run("plan events.csv -o x.json").exits(2).complains("interactive service");
    place.run("digest a.digest -o x.digest").exits(2).complains("a digest already");
    place.run_words(&["digest", "-", "-o", "x.digest"], b"latency_ms\n1\n").exits(2).complains("--name");
}

#[test]
fn a_shard_that_does_not_fit_is_a_finding_or_an_error() {
    let place = Place::new();
    place.write("a.csv", HEADER.to_owned() + &rows(300).concat());
    place.write(
        "odd.csv",
        "timestamp,endpoint,duration_s,status\n1764000000000,/cart,0.2,200\n1764000000040,/cart,0.3,200\n",
    );
    place.write("empty.csv", "").write("header.csv", HEADER);
    place.run("plan a.csv -o p.json").exits(0);
    for name in ["a", "odd", "empty", "header"] {
        place.run(&format!("digest {name}.csv --plan p.json -o {name}.digest")).exits(0);
    }
    place
        .run("digest odd.csv --plan p.json --strict-plan -o x.digest")
        .exits(2)
        .complains("`latency_ms`, which the plan counts, is not there");
    for name in ["empty", "header"] {
        place.run(&format!("digest {name}.csv --plan p.json --strict-plan -o {name}.digest")).exits(0);
    }
    place
        .run("merge odd.digest empty.digest a.digest header.digest -o all.digest")
        .exits(0)
        .says("4 shards, 300 samples");
    place.run("summarize all.digest -o all.json").exits(0);
    let report = place.json("all.json");
    let told = findings(&report, "other_plan");
    assert!(told.iter().any(|finding| finding["place"]["source"] == "odd.csv"), "{told:?}");
    assert_eq!(metric(&report, "latency_ms")["overall"]["clean"]["n"], {
        let failed = metric(&report, "latency_ms")["failures"]["failed"].as_u64().unwrap();
        300 - failed
    });
    place.run("digest a.csv --plan p.json --unit latency_ms=s -o x.digest").exits(2).complains("--plan");
    place.write("bad.json", "{\"plan\": 9}");
    place.run("digest a.csv --plan bad.json -o x.digest").exits(2).complains("version 9");
}

#[test]
fn corrupted_rows_of_shards_are_named_by_file_and_line() {
    let place = Place::new();
    let mut rows = rows(400);
    rows[210] = "1764000008400,/cart,NaN,180.5,200\n".to_owned();
    rows[211] = "1764000008440,/cart,-5,181.5,200\n".to_owned();
    place.write("a.csv", HEADER.to_owned() + &rows[..200].concat());
    // Without its header: its lines are counted as they stand in its file.
    place.write("b.csv", rows[200..].concat());
    place.run("plan a.csv").exits(0);
    for name in ["a", "b"] {
        place.run(&format!("digest {name}.csv --plan plan.json -o {name}.digest")).exits(0);
    }
    place.run("merge a.digest b.digest -o all.digest").exits(0);
    place.run("check all.digest").exits(1).says("b.csv:11").says("b.csv:12");
    place.run("summarize all.digest -o all.json").exits(0);
    let report = place.json("all.json");
    let latency = metric(&report, "latency_ms");
    let n = latency["overall"]["clean"]["n"].as_u64().unwrap() + latency["failed"]["n"].as_u64().unwrap_or(0);
    assert_eq!(n, 398);
    assert_eq!(report["sources"][0]["rows_read"], 400);
}

#[test]
fn labels_are_put_together_by_the_plan_and_not_by_the_shard() {
    let place = Place::new();
    let shard = |users: std::ops::Range<u32>| {
        let row = |user: u32| format!("user_{user},{}\nuser_{user},{}\n", 20 + user % 7, 30 + user % 5);
        "name,latency_ms\n".to_owned() + &users.map(row).collect::<String>()
    };
    place.write("a.csv", shard(0..60)).write("b.csv", shard(60..61)).write("c.csv", shard(61..90));
    place.run("plan a.csv").exits(0);
    for name in ["a", "b", "c"] {
        place.run(&format!("digest {name}.csv --plan plan.json -o {name}.digest")).exits(0);
    }
    place.run("merge c.digest b.digest a.digest -o all.digest").exits(0);
    place.run("summarize all.digest -o all.json").exits(0);
    let report = place.json("all.json");
    let label = &metric(&report, "latency_ms")["overall"]["label"];
    assert_eq!((label["text"].as_str(), label["members"].as_u64()), (Some("user_*"), Some(90)));
}

/// Rounds of `refine` until nothing is left to ask: how many, and the digest of the last one in `all.digest`.
fn refined(place: &Place, shards: &[String]) -> u64 {
    let merge = |ask: &str| {
        let mut names = Vec::new();
        for number in 0..shards.len() {
            let command = format!("digest part-{number}.csv --plan plan.json {ask} --threads 1 -o {number}.digest");
            place.run(&command).exits(0);
            names.push(format!("{number}.digest"));
        }
        names.reverse();
        place.run(&format!("merge {} -o all.digest", names.join(" "))).exits(0);
    };
    for (number, shard) in shards.iter().enumerate() {
        place.write(&format!("part-{number}.csv"), shard);
    }
    merge("");
    for round in 0..8 {
        let asked = place.run("refine ask all.digest");
        asked.exits(0).says("wrote ask.json");
        if place.json("ask.json")["open"] == 0 {
            asked.says("nothing is left to ask");
            return round;
        }
        merge("--refine ask.json");
    }
    panic!("something is still to be asked after eight rounds");
}

/// Every number of a summary is that of the other one, but those that a digest knows from its buckets, and intervals that one machine makes
/// wider because it has seen that neighbours depend on each other. How many intervals of order statistics were compared.
fn assert_same(found: &Value, whole: &Value, what: &str) -> usize {
    if whole.is_null() {
        assert!(found.is_null(), "{what}");
        return 0;
    }
    let mut intervals = 0;
    let mut same = |found: &Value, whole: &Value, name: &str, is_wider: bool| {
        if name.contains("interval") && is_wider {
            return;
        }
        intervals += usize::from(name.contains("interval"));
        assert_eq!(found, whole, "{name} of {what}");
    };
    for (name, number) in whole.as_object().unwrap() {
        match name.as_str() {
            "shamos" | "mean_interval" | "median_effective_sample_size" => {}
            "geometric_mean" => {
                let (near, exact) = (found[name].as_f64().unwrap(), number.as_f64().unwrap());
                assert!((near / exact - 1.0).abs() < 1.0 / 8192.0, "{what}");
            }
            "percentiles" => {
                for (found, whole) in found[name].as_array().unwrap().iter().zip(number.as_array().unwrap()) {
                    for name in ["percent", "value", "needs", "interval"] {
                        same(&found[name], &whole[name], name, !whole["effective_sample_size"].is_null());
                    }
                }
            }
            _ => same(&found[name], number, name, !whole["median_effective_sample_size"].is_null()),
        }
    }
    intervals
}

#[test]
fn refined_numbers_are_those_of_one_machine() {
    let place = Place::new();
    let rows = rows(12_000);
    place.write("whole.csv", HEADER.to_owned() + &rows.concat());
    place.run("plan whole.csv").exits(0);
    place.run("summarize whole.csv -o whole.json").exits(0);
    let whole = place.json("whole.json");
    let cuts = [0, 1, 40, 5000, 5001, 9000, 11_990, 12_000];
    let headed = |rows: &[String]| HEADER.to_owned() + &rows.concat();
    let parts: Vec<String> = cuts.windows(2).map(|pair| headed(&rows[pair[0]..pair[1]])).collect();
    for shards in [parts, vec![headed(&rows)]] {
        let rounds = refined(&place, &shards);
        assert!((1..=3).contains(&rounds), "{rounds} rounds");
        place.run("summarize all.digest -o digest.json -o digest.md").exits(0);
        let found = place.json("digest.json");
        let (wide, expected) = (metric(&found, "connect_us"), metric(&whole, "connect_us"));
        assert_eq!(wide["evidence"]["refined"], true);
        let mut intervals = assert_same(&wide["overall"]["clean"], &expected["overall"]["clean"], "connect times");
        assert_eq!(wide["overall"]["histogram"], expected["overall"]["histogram"]);
        intervals += assert_same(&wide["failed"], &expected["failed"], "failed connects");
        let groups = wide["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 3);
        for group in groups {
            let of_whole = expected["groups"].as_array().unwrap();
            let same = of_whole.iter().find(|other| other["label"]["text"] == group["label"]["text"]).unwrap();
            intervals += assert_same(&group["clean"], &same["clean"], "a group");
        }
        assert!(intervals > 10, "only {intervals} intervals are those of independent samples");
        assert!(place.read("digest.md").contains("for which the shards were asked again"));
    }
}

#[test]
fn rounds_of_another_run_or_plan_are_refused() {
    let place = Place::new();
    let rows = rows(9000);
    for (name, rows) in [("a", &rows[..4000]), ("b", &rows[4000..])] {
        place.write(&format!("{name}.csv"), HEADER.to_owned() + &rows.concat());
    }
    place.run("plan a.csv b.csv").exits(0);
    for name in ["a", "b"] {
        place.run(&format!("digest {name}.csv --plan plan.json -o {name}.digest")).exits(0);
    }
    place.run("merge a.digest b.digest -o all.digest").exits(0);
    place.run("refine ask all.digest").exits(0).says("round 1 for 2 shards");
    for name in ["a", "b"] {
        place.run(&format!("digest {name}.csv --plan plan.json --refine ask.json -o {name}2.digest")).exits(0);
    }
    place.run("merge a.digest b2.digest -o x.digest").exits(2).complains("answers another ask");
    place.run("refine ask a2.digest").exits(2).complains("an ask about 2 shards and holds 1");
    // Some of the answers are none: what buckets say is left, and the report says so.
    place.run("summarize b2.digest -o some.json").exits(0);
    let some = place.json("some.json");
    assert!(metric(&some, "connect_us")["evidence"].get("refined").is_none());
    assert!(some["sources"][0]["evidence"].to_string().contains("are not used"), "{}", some["sources"][0]["evidence"]);
    place.run("plan a.csv --group-by status -o other.json").exits(0);
    place.run("digest a.csv --plan other.json --refine ask.json -o x.digest").exits(2).complains("another plan");
    place.run("digest a.csv --refine ask.json -o x.digest").exits(2).complains("--plan");
    place.write("bad.json", "{\"ask\": 7}");
    place.run("digest a.csv --plan plan.json --refine bad.json -o x.digest").exits(2).complains("version 7");
    place.run("refine ask a.csv").exits(2).complains("no digest");
    // Levels of intervals that the report has, and the ask did not.
    place.run("refine ask all.digest --confidence 0.99 -o other-ask.json").exits(0);
    assert_ne!(place.read("ask.json"), place.read("other-ask.json"));
    place.run("refine ask all.digest --confidence 2").exits(2).complains("--confidence");
}
