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
