//! The page: what stands on its first screen and in its one table is what the JSON report says, and leads where it belongs.

use serde_json::Value;

use crate::support::Place;

/// Requests of three endpoints, a second apart; of one of them all fail.
fn requests() -> String {
    let mut text = "timestamp,endpoint,status,latency_ms\n".to_owned();
    for index in 0..300u32 {
        let (endpoint, status, latency) = match index % 10 {
            0 => ("GET /broken", 503, 5.0),
            1..=4 => ("GET /slow", 200, 200.0 + f64::from(index % 37)),
            _ => ("GET /fast", 200, 20.0 + f64::from(index % 23)),
        };
        text += &format!("{},{endpoint},{status},{latency}\n", 1_767_225_600 + index);
    }
    text
}

fn page(place: &Place, inputs: &str) -> (String, Value) {
    place.run(&format!("{inputs} -q -o out.html -o out.json")).exits(0);
    (place.read("out.html"), serde_json::from_str(&place.read("out.json")).unwrap())
}

/// The cells of the row with that id, without their elements.
fn cells(page: &str, id: &str) -> Vec<String> {
    let row = page.split(&format!("<tr id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("no row {id}"));
    let row = row.split("</tr>").next().unwrap();
    row.split("<td").skip(1).map(|cell| plain(cell.split_once('>').unwrap().1)).collect()
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => text.push(if letter == '\u{a0}' { ' ' } else { letter }),
            _ => {}
        }
    }
    text
}

#[test]
fn a_row_of_the_table_is_what_the_report_says_and_an_endpoint_that_only_fails_has_one() {
    let place = Place::new();
    place.write("run.csv", requests());
    let (page, report) = page(&place, "summarize run.csv");
    let broken = cells(&page, "latency_ms/GET-broken");
    let length = report["requests"][0]["length"].as_f64().unwrap();
    let rate = format!("{:.4} /s", 30.0 / length);
    assert_eq!(broken[..4], ["30", rate.as_str(), "100%", "–"], "30 of 300 requests over {length} s");
    let slow = cells(&page, "latency_ms/GET-slow");
    let label = |one: &&Value| one["label"] == "GET /slow";
    let counted = report["requests"][0]["labels"].as_array().unwrap().iter().find(label).unwrap();
    assert_eq!(slow[0], counted["requests"].to_string());
    let group = |one: &&Value| one["label"]["text"] == "GET /slow";
    let group = report["metrics"][0]["groups"].as_array().unwrap().iter().find(group).unwrap();
    let median = group["clean"]["median"].as_f64().unwrap() * 1000.0;
    assert!((slow[3].parse::<f64>().unwrap() - median).abs() < 0.06, "{} is {median}", slow[3]);
    // The endpoint that fails stands above those that answer.
    let order = |id: &str| page.find(&format!("<tr id=\"latency_ms/{id}\"")).unwrap();
    assert!(order("GET-broken") < order("GET-slow") && order("GET-slow") < order("GET-fast"));
}

#[test]
fn corrupted_samples_are_crosses_that_lead_to_their_finding() {
    let place = Place::new();
    let mut rows = requests().replace("200.0\n", "200\n");
    rows = rows.replacen(",200,25\n", ",200,-1\n", 2);
    place.write("run.csv", rows);
    let (page, report) = page(&place, "summarize run.csv");
    let corrupted = report["requests"][0]["corrupted"].as_array().unwrap();
    assert_eq!(corrupted.len(), 2, "two durations below zero");
    for one in corrupted {
        let cross = page.split("<a href=\"#finding-").skip(1);
        let line = format!("line {}", one["line"]);
        let found: Vec<&str> = cross.filter(|rest| rest.split("</a>").next().unwrap().contains(&line)).collect();
        assert!(!found.is_empty(), "no cross of {line}");
        let id = found[0].split('"').next().unwrap();
        let finding = page.split(&format!("<tr id=\"finding-{id}\"")).nth(1).unwrap();
        assert!(finding.split("</tr>").next().unwrap().contains(&format!("run.csv:{}", one["line"])));
    }
}

#[test]
fn a_page_runs_nothing_but_its_own_script_and_has_everything_without_it() {
    let place = Place::new();
    place.write("run.csv", requests());
    let (page, _) = page(&place, "summarize run.csv");
    let policy = page.split("Content-Security-Policy\" content=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && policy.contains("script-src 'sha256-"));
    assert!(!policy.contains("unsafe"));
    for outside in ["src=\"", "url(", "@import", " onclick", " style=\""] {
        assert!(!page.contains(outside), "{outside}");
    }
    let (before, _) = page.split_once("<script>").unwrap();
    for word in ["GET /broken", "100%", "class=\"chart clock", "id=\"results\""] {
        assert!(before.contains(word), "{word} stands in the page itself");
    }
}

#[test]
fn pages_of_very_many_metrics_stay_small() {
    let place = Place::new();
    let names: Vec<String> = (0..200).map(|index| format!("stage{}_{}_ms", index / 26, index % 26)).collect();
    let mut text = format!("kind,{}\n", names.join(","));
    for row in 0..100u32 {
        let cells: Vec<String> =
            (0..200u32).map(|column| format!("{}.{}", 10 + column % 7, (row * 7 + column) % 100)).collect();
        text += &format!(
            "kind {},{}\n",
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"][row as usize % 10],
            cells.join(",")
        );
    }
    place.write("wide.csv", text);
    let (page, _) = page(&place, "summarize wide.csv");
    assert!(page.len() <= 1_000_000, "{} bytes", page.len());
}

#[test]
fn that_failed_requests_are_in_no_percentile_is_said_only_where_it_is_so() {
    let place = Place::new();
    let said = "How long failed requests took is in none of the percentiles";
    place.write("some.csv", requests()).write("all.csv", requests().replace(",200,", ",503,"));
    assert!(page(&place, "summarize some.csv").0.contains(said));
    // Where everything failed, the percentiles are those of failures.
    assert!(!page(&place, "summarize all.csv").0.contains(said));
}

#[test]
fn a_page_is_printed_as_its_brief_unless_its_details_are_asked_for() {
    let place = Place::new();
    place.write("run.csv", requests());
    let (brief, _) = page(&place, "summarize run.csv");
    let (whole, _) = page(&place, "summarize run.csv --print-details");
    let sections = brief.matches("<details").count();
    assert!(sections > 3 && !brief.contains("<details open"), "{sections}");
    assert_eq!(whole.matches("<details open").count(), sections);
    assert_eq!(whole.replace("<details open", "<details"), brief, "nothing else differs");
}

/// What stands in the element that begins with the first of these words, up to the second.
fn part<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    page.split(from).nth(1).unwrap_or_else(|| panic!("no {from}")).split(to).next().unwrap()
}

/// The lengths of all strokes of the cells of a heat map.
fn cells_drawn(picture: &str) -> u64 {
    let paths = picture.split(" d=\"").skip(1).map(|path| path.split('"').next().unwrap());
    let strokes = paths.flat_map(|path| path.split('h').skip(1));
    strokes.map(|stroke| stroke.split('M').next().unwrap().parse::<u64>().unwrap()).sum()
}

#[test]
fn an_endpoint_has_the_heat_map_of_its_own_requests() {
    let place = Place::new();
    place.write("run.csv", requests());
    let (page, report) = page(&place, "summarize run.csv");
    let run = &report["requests"][0];
    let numbers = |of: &Value| -> Vec<f64> { of.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect() };
    let counts = |heat: &Value| -> Vec<Vec<f64>> { heat["counts"].as_array().unwrap().iter().map(numbers).collect() };
    let of_label = |name: &str| {
        let labels = run["labels"].as_array().unwrap();
        &labels.iter().find(|one| one["label"] == name).unwrap()["heat"]
    };
    let whole = numbers(&run["heat"]["edges"]);
    let (slow, fast) = (of_label("GET /slow"), of_label("GET /fast"));
    for (heat, least, most, samples) in [(slow, 0.2, 0.236, 120.0), (fast, 0.02, 0.042, 150.0)] {
        let edges = numbers(&heat["edges"]);
        assert!(edges.iter().all(|edge| whole.contains(edge)), "{edges:?} are edges of the run");
        assert!(edges[0] <= least && least < edges[1] && most < *edges.last().unwrap(), "{edges:?}");
        assert_eq!(counts(heat).iter().flatten().sum::<f64>(), samples);
    }
    // Nothing of the failing endpoint took part: the two others are the whole.
    let sums = |heat: &Value| counts(heat).iter().map(|bin| bin.iter().sum()).collect::<Vec<f64>>();
    let both: Vec<f64> = sums(slow).iter().zip(sums(fast)).map(|(slow, fast)| slow + fast).collect();
    assert_eq!(both, sums(&run["heat"]));
    assert!(of_label("GET /broken").is_null());
    let details = part(&page, "<h4><span class=\"name\">GET /slow</span></h4>", "<h4>");
    let picture = part(details, "<svg class=\"chart heat gutter\"", "</figure>");
    let filled = counts(slow).iter().flatten().filter(|count| **count > 0.0).count();
    assert_eq!(cells_drawn(picture), filled as u64, "every cell that is not empty is drawn, and no other");
}

#[test]
fn an_only_endpoint_has_the_heat_map_of_the_run() {
    let place = Place::new();
    let rows: String =
        (0..200).map(|index| format!("{},GET /a,200,{}\n", 1_767_225_600 + index, 20 + index % 23)).collect();
    place.write("run.csv", format!("timestamp,endpoint,status,latency_ms\n{rows}"));
    let (page, report) = page(&place, "summarize run.csv");
    let run = &report["requests"][0];
    assert!(run["heat"].is_object() && run["labels"].to_string().matches("heat").count() == 0, "{}", run["labels"]);
    assert_eq!(page.matches("class=\"chart heat gutter\"").count(), 1);
}

#[test]
fn few_failures_look_like_little_and_a_third_of_all_like_much() {
    let place = Place::new();
    for (every, end) in [(50, "10%"), (3, "50%")] {
        let rows: String = (0..2000)
            .map(|index| {
                format!(
                    "{}.{:02},{},{}\n",
                    1_767_225_600 + index / 100,
                    index % 100,
                    if index % every == 0 { 503 } else { 200 },
                    20 + index % 23
                )
            })
            .collect();
        place.write("run.csv", format!("timestamp,status,latency_ms\n{rows}"));
        let (page, _) = page(&place, "summarize run.csv");
        let lead = part(&page, "<figure class=\"lead\"", "</figure>");
        assert!(lead.contains(&format!("up to {end}.")), "one in {every}: {}", plain(lead));
    }
}

#[test]
fn what_fails_more_often_than_before_is_said_in_its_row() {
    let place = Place::new();
    let run = |failing: u32| {
        let mut text = "timestamp,endpoint,status,latency_ms\n".to_owned();
        for index in 0..600u32 {
            let endpoint = ["GET /a", "GET /b"][index as usize % 2];
            let failed = index % 2 == 1 && index % 10 < failing;
            text += &format!(
                "{},{endpoint},{},{}\n",
                1_767_225_600 + index,
                if failed { 503 } else { 200 },
                20 + (index * 7) % 23
            );
        }
        text
    };
    place.write("before.csv", run(0));
    place.write("after.csv", run(6));
    let (page, report) = page(&place, "compare before.csv after.csv");
    let b = cells(&page, "latency_ms/GET-b");
    let changes = report["comparison"]["changes"].as_array().unwrap();
    let change = changes.iter().find(|one| one["metric"] == "failed rows" && one["group"] == "GET /b").unwrap();
    assert_eq!(change["verdict"], "regressed", "{change:#}");
    assert!(b.iter().any(|cell| cell.starts_with("regressed, failures")), "{b:?}");
    assert!(b.iter().any(|cell| cell.starts_with("+60.0 pp")), "by how much: {b:?}");
    assert!(!page.contains("id=\"change/failed-rows"), "and has no row apart");
    let first = page.split("<tr id=\"latency_ms/").nth(2).unwrap();
    assert!(first.starts_with("GET-b\""), "the worst stands first behind the whole: {}", &first[..40]);
}

#[test]
fn figures_of_one_file_among_several_say_so() {
    let place = Place::new();
    place.write(
        "a.csv",
        "latency_ms\n".to_owned() + &(0..40).map(|index| format!("{}\n", 20 + index)).collect::<String>(),
    );
    place.write(
        "b.csv",
        "size_bytes\n".to_owned() + &(0..40).map(|index| format!("{}\n", 20 + index)).collect::<String>(),
    );
    let (page, _) = page(&place, "summarize a.csv b.csv");
    assert!(page.contains("Of <code>a.csv</code>, one of 2 files:"));
}
