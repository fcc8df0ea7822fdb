//! What every rendering promises, shown on one small report made by hand.

mod comparison;

use std::collections::BTreeMap;

use super::*;
use crate::measure::finding::{Finding, FindingKind, Place, Severity};
use crate::report::contract::*;

const NASTY: &str = "<script>alert('x')</script>|`a` @all [x](http://y) *b*\n# c.csv";

fn percentile(percent: f64, value: Option<f64>, needs: u64) -> Percentile {
    let interval = value.map(|value| Interval { low: Some(value * 0.9), high: None, level: 0.95 });
    Percentile { percent, value, needs, interval, effective_sample_size: None }
}

fn summary(n: u64, median: f64, max: f64) -> Summary {
    let enough = |needs: u64, value: f64| (n >= needs).then_some(value);
    Summary {
        n,
        mean: median,
        geometric_mean: None,
        mean_interval: None,
        min: median / 2.0,
        max,
        median,
        median_interval: Some(Interval { low: Some(median * 0.95), high: Some(median * 1.05), level: 0.95 }),
        median_effective_sample_size: None,
        heavy_tail: None,
        saturation: None,
        percentiles: vec![
            percentile(25.0, enough(4, median * 0.8), 4),
            percentile(75.0, enough(4, median * 1.2), 4),
            percentile(90.0, enough(10, median * 1.4), 10),
            percentile(95.0, enough(20, median * 1.5), 20),
            percentile(99.0, enough(100, median * 1.9), 100),
            percentile(99.9, enough(1000, max), 1000),
        ],
        stddev: Some(median / 4.0),
        cv: Some(0.25),
        iqr: Some(median * 0.4),
        mad: median / 5.0,
        shamos: None,
        sum: median * 10.0,
    }
}

fn population(label: Option<&str>, clean: Summary, raw: Option<Summary>, corrupted: u64) -> Population {
    Population {
        samples: None,
        buckets: Vec::new(),
        picked_one_in: None,
        runs: None,
        label: label.map(|text| Label { text: text.to_owned(), members: 1, examples: Vec::new() }),
        histogram: Some(Histogram {
            log: false,
            edges: vec![clean.min, clean.median, clean.max],
            counts: vec![5, clean.n - 5],
        }),
        series: Some(Series {
            stride: 1,
            points: vec![
                SeriesPoint { min: clean.min, median: clean.min, p95: None, max: clean.min, group: Some(0) };
                12
            ],
            corrupted: Vec::new(),
        }),
        clean: Some(clean),
        raw,
        outliers: None,
        order: None,
        modality: None,
        corrupted,
    }
}

fn metric(source: &str, name: &str, overall: Population, groups: Vec<Population>) -> Metric {
    Metric {
        id: format!("{source}/{name}"),
        recorded_unit: Some("s".to_owned()),
        grouped_by: Some("event".to_owned()),
        overall,
        groups,
        ..Metric::new(source, 0, name, Dimension::Time, Polarity::LowerIsBetter)
    }
}

fn source(name: &str) -> Source {
    Source {
        name: name.to_owned(),
        digest: "blake3:00".to_owned(),
        bytes: 1234,
        compression: None,
        format: "CSV".to_owned(),
        row: crate::measure::RowKind::Unnamed,
        evidence: vec!["header in line 1".to_owned()],
        lines: 30,
        rows_read: 26,
        rows_used: 25,
        set_aside: vec![SetAside { reason: "row of another table".to_owned(), rows: 1, first_lines: vec![30] }],
        tables: Vec::new(),
        environment: BTreeMap::new(),
        missed: Vec::new(),
        run: None,
        constants: Vec::new(),
        place_in_run: 0,
        families: crate::table::source::Families::default(),
        reported_caveats: Vec::new(),
    }
}

/// A file `name` with one metric: 25 clean samples, one corrupted, a group named `label`.
fn report(name: &str, label: &str) -> Report {
    let group = population(Some(label), summary(9, 0.02, 0.03), None, 0);
    let overall = population(None, summary(25, 0.065, 0.1), Some(summary(26, 0.066, 2_633_826.0)), 1);
    let mut finding = Finding::new(
        Severity::Corrupted,
        FindingKind::ForeignTable,
        Place::line(name, 30),
        "under another header",
        "left out of the clean numbers",
    );
    finding.label = Some(label.to_owned());
    Report {
        run_id: String::new(),
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: "perfreport".to_owned(), version: "1.2.3".to_owned() },
        generated: None,
        title: "Performance report".to_owned(),
        verdict: Verdict {
            service: ServiceStatus::Measured,
            headline: format!("25 samples in {name}"),
            data: DataStatus::Corrupted,
            data_note: format!("1 corrupted sample set aside in {name}"),
            failures: Vec::new(),
            corrupted_samples: 1,
            suspicious: 0,
            samples: 25,
        },
        goodput: Vec::new(),
        settings: Settings {
            service_levels: Vec::new(),
            quantile_method: crate::stats::quantile::QuantileMethod::Type6,
            steady: false,
            deep: false,
            depth: crate::stats::settings::Depth::Full,
            keep_samples: false,
            label_heat: false,
            confidence: 0.95,
            group_by: Vec::new(),
            collapse_labels: true,
            failing: 0.1,
            short_runs: crate::stats::settings::ShortRuns::BySource,
        },
        sources: vec![source(name)],
        metrics: vec![metric(name, "latency", overall, vec![group])],
        summaries: Vec::new(),
        sweeps: Vec::new(),
        requests: Vec::new(),
        reported: Vec::new(),
        findings: vec![finding.value("2633826").metric("latency")],
        service: Vec::new(),
        swarm: None,
        comparison: None,
        targets: Vec::new(),
        gate: None,
        assumptions: vec![Assumption {
            subject: name.to_owned(),
            text: "seconds".to_owned(),
            how_to_override: Some("--unit latency=ms".to_owned()),
        }],
    }
}

fn text(report: &Report, form: Form) -> String {
    String::from_utf8(render(report, form).unwrap()).unwrap()
}

fn template(report: &Report, name: &str, source: &str) -> String {
    String::from_utf8(render_template(report, name, source).unwrap()).unwrap().trim_end().to_owned()
}

#[test]
fn the_first_line_after_the_title_is_the_verdict() {
    let markdown = text(&report("run.csv", "start"), Form::Markdown);
    let mut lines = markdown.lines().filter(|line| !line.is_empty());
    assert_eq!(lines.next(), Some("# Performance report"));
    assert_eq!(lines.next(), Some("**Measured: 25 samples in run.csv**"));
}

#[test]
fn clean_and_raw_stand_below_each_other_and_withheld_is_a_dash_with_a_reason() {
    let markdown = text(&report("run.csv", "start"), Form::Markdown).replace(number::UNIT_SPACE, " ");
    let table: Vec<&str> = markdown.lines().skip_while(|line| !line.contains("| stddev |")).take(9).collect();
    let expected = "\
| metric                                         | unit |   n |  mean | median |   p90 |   p95 | p99 | p99.9 |   min |           max | stddev |    CV |   MAD |
| ---------------------------------------------- | ---- | --: | ----: | -----: | ----: | ----: | --: | ----: | ----: | ------------: | -----: | ----: | ----: |
| **`latency`** **clean**                        | ms   |  25 | 65.00 |  65.00 | 91.00 | 97.50 |   – |     – | 32.50 |         100.0 |  16.25 | 25.0% | 13.00 |
| `latency` **raw**, 1 corrupted sample included | ms   |  26 | 66.00 |  66.00 | 92.40 | 99.00 |   – |     – | 33.00 | 2,633,826,000 |  16.50 | 25.0% | 13.20 |
| · `start`                                      | ms   |   9 |    20 |     20 |     – |     – |   – |     – |    10 |            30 |      5 | 25.0% |     4 |

</details>

<sub>– stands where there are too few samples: p90 needs at least 10, p95 20, p99 100, p99.9 1,000.</sub>";
    assert_eq!(table.join("\n"), expected);
}

#[test]
fn intervals_that_cannot_be_bounded_are_open_and_explained() {
    let markdown = text(&report("run.csv", "start"), Form::Markdown).replace(number::UNIT_SPACE, " ");
    assert!(markdown.contains("| [87.75, ∞) ms     | open above"), "{markdown}");
    assert!(markdown.contains("25 samples cannot bound that percentile at 95% confidence"));
    assert!(markdown.contains("[61.75, 68.25] ms"));
}

#[test]
fn nasty_names_render_literally_in_markdown() {
    let markdown = text(&report(NASTY, NASTY), Form::Markdown);
    for acting in ["<script", "[x]", "*b*", "`a`", "@all", "# c.csv"] {
        let acts = |line: &&str| line.replace(&format!("\\{acting}"), "").contains(acting);
        let acting_lines: Vec<&str> = markdown
            .lines()
            .filter(|line| !line.starts_with("<summary>"))
            .filter(acts)
            .filter(|line| !(line.contains("␊# c.csv") && acting == "# c.csv"))
            .collect();
        assert!(acting_lines.is_empty(), "{acting}: {acting_lines:?}");
    }
    let widths: Vec<usize> = markdown
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.replace("\\|", "").matches('|').count())
        .collect();
    assert!(widths.iter().all(|width| [5, 7, 9, 15].contains(width)), "{widths:?}");
}

#[test]
fn nasty_names_render_literally_in_html() {
    let html = text(&report(NASTY, NASTY), Form::Html);
    assert_eq!(html.matches("<script").count(), 1, "the page's own");
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)"));
}

#[test]
fn the_page_needs_nothing_from_outside_and_runs_its_own_script_only() {
    let html = text(&report("run.csv", "start"), Form::Html);
    for request in ["src=", "url(", "@import", "<link"] {
        assert!(!html.contains(request), "{request}");
    }
    assert_eq!(html.matches("<script>").count(), 1);
    assert!(
        html.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-")
    );
    let addresses: Vec<_> = html.match_indices("http:").map(|(at, _)| &html[at..at + 26]).collect();
    assert!(addresses.iter().all(|address| *address == "http://www.w3.org/2000/svg"), "{addresses:?}");
}

#[test]
fn the_page_has_landmarks_one_title_unique_ids_and_headings_in_order() {
    let html = text(&report("run.csv", "start"), Form::Html);
    for part in
        ["<html lang=\"en\">", "<main", "<nav aria-label", "<footer", "class=\"skip\"", "<caption", "scope=\"row\""]
    {
        assert!(html.contains(part), "{part}");
    }
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let levels: Vec<u32> = html
        .match_indices("<h")
        .filter_map(|(at, _)| html[at + 2..].chars().next().and_then(|level| level.to_digit(10)))
        .collect();
    assert_eq!(levels.first(), Some(&1));
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    for link in html.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(html.contains(&format!("id=\"{link}\"")), "{link}");
    }
}

#[test]
fn the_plots_say_that_corrupted_samples_are_not_drawn() {
    let html = text(&report("run.csv", "start"), Form::Html);
    assert!(html.contains("1 corrupted sample is not drawn."));
    assert!(html.contains("role=\"img\""));
    assert!(!html.contains("NaN"));
}

#[test]
fn many_groups_are_folded_with_their_number() {
    let mut report = report("run.csv", "start");
    let group = report.metrics[0].groups[0].clone();
    report.metrics[0].groups = vec![group; 55];
    assert!(text(&report, Form::Markdown).contains("<summary>15 more rows</summary>"));
    assert!(text(&report, Form::Html).contains("<summary>15 more groups</summary>"));
    assert!(text(&report, Form::Text).contains("… and 49 more groups"));
}

#[test]
fn the_summary_of_the_origin_has_its_shape() {
    let mut report = report("memory_usage_metrics.csv", "start");
    let origin = |report: &Report| template(report, "origin.md", built_in("origin.md").unwrap());
    let head = "| file | samples | mean | median | min | max | p95 | stddev |\n|---|---|---|---|---|---|---|---|\n";
    let row = "| memory_usage_metrics.csv | 26 | 66.00 ms | 66.00 ms | 33.00 ms | 2,633,826,000.00 ms | 99.00 ms | 16.50 ms |";
    assert_eq!(origin(&report), format!("{head}{row}"));
    report.metrics[0].overall = population(None, summary(10, 0.065, 0.1), None, 0);
    assert!(origin(&report).contains("| withheld (n < 20) |"));
}

#[test]
fn the_terminal_summary_is_aligned_and_at_most_100_columns_wide() {
    let summary = text(&report(&"very_long_name_".repeat(12), "start"), Form::Text);
    assert!(summary.starts_with("Measured: 25 samples in very_long"));
    // The verdict may be longer: a terminal wraps it.
    assert!(summary.lines().skip(2).all(|line| line.chars().count() <= 100), "{summary}");
    assert_eq!(
        text(&report("run.csv", "start"), Form::Text).replace(number::UNIT_SPACE, " "),
        "\
Measured: 25 samples in run.csv
data: corrupted: 1 corrupted sample set aside in run.csv

run.csv (CSV, 30 lines, 1.23 kB)
                              n  median       p95          max
  latency                    25   65 ms  97.50 ms       100 ms
  └ raw, corrupted included  26   66 ms     99 ms  2,633,826 s
    start                     9   20 ms         –        30 ms

corrupted  run.csv:30  row of another table: 2633826
"
    );
}

#[test]
fn an_escape_sequence_in_a_label_does_not_reach_the_terminal() {
    let summary = text(&report("run\u{1b}[31m.csv", "start\u{7}"), Form::Text);
    assert!(summary.chars().all(|character| character == '\n' || !character.is_control()));
}

#[test]
fn every_form_ends_in_exactly_one_newline_and_is_the_same_each_time() {
    let report = report("run.csv", "start");
    for form in [Form::Markdown, Form::Html, Form::Json, Form::Text, Form::Comment, Form::Junit] {
        let document = text(&report, form);
        assert!(document.ends_with('\n') && !document.ends_with("\n\n"), "{form:?}");
        assert_eq!(document, text(&report, form));
    }
    assert!(!text(&report, Form::Markdown).contains("\n\n\n"));
}

#[test]
fn json_is_the_report_itself() {
    let report = report("run.csv", "start");
    let read: Report = serde_json::from_str(&text(&report, Form::Json)).unwrap();
    assert_eq!(text(&read, Form::Json), text(&report, Form::Json));
}

#[test]
fn own_templates_are_escaped_by_their_name() {
    let report = report("<b>|x", "start");
    let source = "{{ sources[0].name }}";
    assert_eq!(template(&report, "mine.html", source), "&lt;b&gt;|x");
    assert_eq!(template(&report, "mine.html.tera", source), "&lt;b&gt;|x");
    assert_eq!(template(&report, "mine.md", source), "\\<b>\\|x");
    assert_eq!(template(&report, "mine.txt", source), "<b>|x");
}

#[test]
fn own_templates_have_the_report_the_filters_and_the_built_in_templates() {
    let report = report("run.csv", "start");
    let source = "{{ report.metrics[0].overall.clean.median | number(dimension=report.metrics[0].dimension) }}";
    assert_eq!(template(&report, "a.txt", source), "65\u{a0}ms");
    assert_eq!(template(&report, "a.txt", "{{ report.generated | number }}"), "–");
    assert_eq!(template(&report, "a.md", "{{ 'a|b' | code }}"), "<code>a&#124;b</code>");
    assert_eq!(template(&report, "a.txt", "{{ 12345 | count }} {{ 0.125 | percent }}"), "12,345 12.5%");
    let extended = "{% extends \"builtin/report.html\" %}{% block verdict %}<p>mine</p>{% endblock %}";
    let page = template(&report, "a.html", extended);
    assert!(page.contains("<p>mine</p>") && page.contains("id=\"provenance\"") && !page.contains("class=\"verdict"));
}

#[test]
fn a_wrong_template_is_explained_with_its_line_and_what_there_is() {
    let report = report("run.csv", "start");
    let error = render_template(&report, "mine.md", "a\n{{ verdict.hedline }}").unwrap_err();
    let RenderError::Template { line, .. } = &error else { panic!("{error}") };
    assert_eq!(*line, Some(2));
    for part in ["mine.md:2:", "hedline", "headline"] {
        assert!(error.to_string().contains(part), "{part}: {error}");
    }
    let error = render_template(&report, "mine.md", "{% for x in sources %}").unwrap_err();
    assert!(error.to_string().contains("mine.md:1:"), "{error}");
}

#[test]
fn an_empty_report_renders() {
    let mut report = report("run.csv", "start");
    report.metrics.clear();
    report.findings.clear();
    report.assumptions.clear();
    for form in [Form::Markdown, Form::Html, Form::Text] {
        assert!(!text(&report, form).contains("Findings"));
    }
    assert!(text(&report, Form::Markdown).contains("No measured values in this file."));
}

#[test]
fn a_population_without_clean_samples_shows_dashes_and_says_so() {
    let mut report = report("run.csv", "start");
    report.metrics[0].overall.clean = None;
    let markdown = text(&report, Form::Markdown);
    let row = markdown.lines().find(|line| line.contains("no clean sample is left")).unwrap();
    assert_eq!(row.matches('–').count(), 11, "{row}");
    text(&report, Form::Html);
}
