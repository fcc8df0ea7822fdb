//! What a comparison, targets and a gate look like in every rendering.

use super::*;
use crate::compare::outcome::{
    Change, Comparison, Counts, Drawing, Effect, EnvironmentDifference, Gate, GateOutcome, Growth, MetricSide, Reason,
    Scale, Side, TargetOutcome, TargetResult, Verdict as Found, samples,
};
use crate::measure::Statistic;
use crate::report::annotations::annotations;

fn effect(statistic: Statistic, before: f64, ratio: f64, verdict: Option<Found>) -> Effect {
    Effect {
        before: Some(before),
        after: Some(before * ratio),
        estimate: Some(ratio),
        low: Some(ratio * 0.97),
        high: Some(ratio * 1.03),
        p: Some(0.001),
        excluded: verdict != Some(Found::Inconclusive),
        verdict,
        ..Effect::new(statistic, Scale::Ratio)
    }
}

fn too_few(statistic: Statistic, needs: u64) -> Effect {
    Effect { needs: Some(needs), excluded: true, ..Effect::new(statistic, Scale::Ratio) }
}

fn change(metric: &str, group: Option<&str>, verdict: Found, ratio: f64) -> Change {
    let side = MetricSide { runs: 1, samples: 1_200, effective: 400.0, value_error: 0.0 };
    let judged = |statistic, before| effect(statistic, before, ratio, Some(verdict));
    let effects = vec![
        judged(Statistic::Center, 0.065),
        judged(Statistic::P50, 0.065),
        judged(Statistic::P95, 0.180),
        too_few(Statistic::P99, 2_000),
        effect(Statistic::Mean, 0.070, ratio, None),
    ];
    Change {
        verdict,
        before: Some(side),
        after: Some(MetricSide { samples: 1_180, ..side }),
        effects,
        ..Change::new("run.csv", metric, group, Dimension::Time, Polarity::LowerIsBetter)
    }
}

fn one_sided(metric: &str, verdict: Found, reason: Option<Reason>) -> Change {
    let whole = change(metric, None, verdict, 1.0);
    let before = whole.before.filter(|_| verdict != Found::New);
    let after = whole.after.filter(|_| verdict != Found::Missing);
    Change { reason, before, after, effects: Vec::new(), ..whole }
}

fn target(subject: &str, condition: &str, value: Option<f64>, outcome: TargetOutcome) -> TargetResult {
    TargetResult {
        subject: subject.to_owned(),
        source: value.map(|_| "run.csv".to_owned()),
        metric: value.map(|_| subject.to_owned()),
        condition: condition.to_owned(),
        value,
        low: value.map(|value| value * 0.95),
        high: value.map(|value| value * 1.05),
        ..samples::target(outcome)
    }
}

/// Every verdict, reason and outcome there is.
fn changes() -> Vec<Change> {
    let bins = 24;
    let bell = |middle: f64| -> Vec<f64> {
        let shares: Vec<f64> = (0..bins).map(|bin| (-((f64::from(bin) - middle) / 4.0).powi(2)).exp()).collect();
        let sum: f64 = shares.iter().sum();
        shares.iter().map(|share| share / sum).collect()
    };
    let edges = (0..=bins).map(|edge| 0.02 * 1.15f64.powi(edge)).collect();
    let drawing = Drawing { log: true, edges, before: bell(8.0), after: bell(11.0) };
    let text = |text: &str| text.to_owned();
    let mut changes = vec![
        Change { drawing: Some(drawing.clone()), ..change("latency", Some("user_msg_*"), Found::Regressed, 1.123) },
        Change {
            drawing: Some(drawing),
            polarity: Polarity::HigherIsBetter,
            dimension: Dimension::Rate,
            ..change("throughput", None, Found::Regressed, 0.82)
        },
    ];
    let mut tail = change("queue_wait", None, Found::Regressed, 1.02);
    for effect in &mut tail.effects[..2] {
        effect.verdict = Some(Found::Unchanged);
    }
    tail.effects[2] = effect(Statistic::P95, 0.2, 4.2, Some(Found::Regressed));
    tail.effects[3] = effect(Statistic::P99, 0.4, 4.8, Some(Found::Regressed));
    changes.push(tail);
    let mut share = change("failed rows", None, Found::Regressed, 1.0);
    share.dimension = Dimension::Ratio;
    share.margin = 0.005;
    share.effects = vec![Effect {
        scale: Scale::Shift,
        after: Some(0.031),
        estimate: Some(0.021),
        low: Some(0.012),
        high: Some(0.030),
        ..effect(Statistic::FailureShare, 0.010, 1.0, Some(Found::Regressed))
    }];
    changes.push(share);
    changes.push(one_sided("cache_hits", Found::Missing, None));
    for (name, reason) in [
        ("rss", Reason::UnitChanged { before: text("ms"), after: text("B") }),
        ("size", Reason::UnitAssumed { before: text("KiB"), after: String::new() }),
        ("ttft", Reason::MeaningChanged { before: text("time to first byte"), after: text("time to first chunk") }),
        ("score", Reason::PolarityChanged),
        ("heap", Reason::EnvironmentDiffers { keys: vec![text("build")] }),
    ] {
        changes.push(one_sided(name, Found::Incomparable, Some(reason)));
    }
    changes.push(Change { polarity: Polarity::Unknown, ..change("level", None, Found::Changed, 1.4) });
    let mut unclear = change("render", None, Found::Inconclusive, 1.07);
    unclear.effects[0].low = Some(0.99);
    unclear.effects[0].high = None;
    unclear.effects[0].detectable = Some(1.18);
    unclear.effects[0].samples_for_margin = Some(14_000);
    changes.push(unclear);
    for (name, reason) in [("few", Reason::TooFewSamples { needs: 6 }), ("single", Reason::TooFewRuns { needs: 4 })] {
        changes.push(one_sided(name, Found::Inconclusive, Some(reason)));
    }
    changes.push(change("login", None, Found::Improved, 0.88));
    changes.extend((0..12).map(|index| change(&format!("step_{index}"), None, Found::Unchanged, 1.004)));
    changes.push(one_sided("gc_pause", Found::New, None));
    changes
}

fn sample() -> Report {
    let side = |name: &str, samples: u64| Side {
        name: name.to_owned(),
        sources: vec!["run.csv".to_owned()],
        runs: 1,
        samples,
        left_out: None,
    };
    let counts = Counts {
        regressed: 4,
        missing: 1,
        incomparable: 5,
        changed: 1,
        inconclusive: 4,
        improved: 1,
        unchanged: 12,
        center_unchanged: 0,
        new: 1,
    };
    let comparison = Comparison {
        before: side("baseline.json", 30_000),
        after: side("run.csv", 29_500),
        tests: 53,
        environment: vec![EnvironmentDifference {
            key: "cpu".to_owned(),
            before: Some("A".to_owned()),
            after: None,
            given: false,
            measured: false,
        }],
        rates: Vec::new(),
        unsettled: Vec::new(),
        grown: vec![Growth { source: "run.csv".to_owned(), seen_lines: 246, new_lines: 83 }],
        ..samples::comparison(counts, changes())
    };
    let mut report = report("run.csv", "start");
    report.comparison = Some(comparison);
    let mut no_data = target("latncy", "< 200ms", None, TargetOutcome::NoData);
    no_data.note = Some("no metric matches `latncy`; there is `latency`".to_owned());
    let mut grown = target("latency", "< 3%", Some(0.123), TargetOutcome::Missed);
    (grown.statistic, grown.is_change, grown.dimension) = ("p95_change".to_owned(), true, Dimension::Ratio);
    (grown.low, grown.high) = (Some(0.098), Some(0.15));
    report.targets = vec![
        target("login", "< 200ms", Some(0.120), TargetOutcome::Met),
        target("render", "< 200ms", Some(0.195), TargetOutcome::Undecided),
        no_data,
        target("latency where event = user_msg_*", "< 200ms", Some(0.251), TargetOutcome::Missed),
        grown,
    ];
    report.gate = Some(Gate {
        fail_on: vec!["regression".to_owned(), "target".to_owned()],
        strict: false,
        outcome: GateOutcome::Fail,
        passed: false,
        undecided: Vec::new(),
        undecided_targets: 0,
        notes: Vec::new(),
        failures: vec!["4 metrics regressed".to_owned(), "3 targets missed".to_owned()],
    });
    report.verdict.service = ServiceStatus::Regressed;
    report.verdict.headline = "4 regressed, 1 missing (12 unchanged), 2 targets missed of 5".to_owned();
    report
}

fn spaced(report: &Report, form: Form) -> String {
    text(report, form).replace(number::UNIT_SPACE, " ")
}

/// Balanced elements, quoted attributes, no bare marks, and only the characters that XML 1.0 allows.
fn assert_well_formed(xml: &str) {
    let allowed = |c: char| matches!(c, '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed));
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").unwrap();
    while let Some((before, after)) = rest.split_once('<') {
        assert!(!before.contains('>') || before.contains("&gt;"), "{before}");
        let (tag, behind) = after.split_once('>').unwrap();
        assert!(tag.matches('"').count().is_multiple_of(2) && !tag.contains('<'), "{tag}");
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        rest = behind;
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?}");
    for entity in xml.split('&').skip(1) {
        assert!(["amp;", "lt;", "gt;", "quot;", "#39;"].iter().any(|known| entity.starts_with(known)), "{entity}");
    }
}

#[test]
fn the_worst_change_stands_directly_below_the_verdict_and_what_is_quiet_is_folded_but_counted() {
    let markdown = spaced(&sample(), Form::Markdown);
    let order = [
        "**Regressed: ",
        "**Gate: failed: 4 metrics",
        "## Results",
        "## Findings",
        "## Changes since the baseline",
        "## Targets",
    ];
    let places: Vec<usize> = order.iter().map(|part| markdown.find(part).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    for part in [
        "`run.csv` (1 file, 1 run, 29,500 samples) compared with `baseline.json`",
        "run-to-run noise is not included",
        "over all 53 tests",
        "the first 246 lines are what the baseline has seen; 83 new lines were compared",
        "`cpu` differs: `A` before, not said after",
        "<summary>12 unchanged, 1 new</summary>",
        "p99 needs at least 2,000 on each side",
    ] {
        assert!(markdown.contains(part), "{part}\n{markdown}");
    }
    let row = markdown.lines().find(|line| line.contains("`user_msg_*` |")).unwrap();
    for part in ["**regressed** (slower)", "65.00 → 73.00 ms", "**+12.3%** [+8.9%, +15.7%]", "1,200 → 1,180"] {
        assert!(row.contains(part), "{part}: {row}");
    }
}

#[test]
fn every_verdict_and_reason_is_explained_in_words() {
    let markdown = spaced(&sample(), Form::Markdown);
    for part in [
        "worse; higher is better",
        "slower, at p95 and p99",
        "**×4.2** [×4.1, ×4.3]",
        "**+2.10 pp** [+1.20, +3.00]",
        "the baseline has it, this run does not",
        "the unit changed from `ms` to `B`",
        "`KiB` and is no unit",
        "`time to first byte` before, `time to first chunk` after",
        "one side calls higher values better",
        "the environments differ in `build`",
        "which way is better is not known",
        "+7.0% [-1.0%, ∞)",
        "a change of 18.0% would have been found four times out of five",
        "each side needs about 14,000 samples like these",
        "each side needs at least 6",
        "too few runs",
    ] {
        assert!(markdown.contains(part), "{part}\n{markdown}");
    }
}

#[test]
fn targets_stand_missed_first_with_value_interval_and_note() {
    let markdown = spaced(&sample(), Form::Markdown);
    let rows: Vec<&str> = markdown
        .lines()
        .skip_while(|line| *line != "## Targets")
        .filter(|line| line.starts_with("| "))
        .skip(2)
        .collect();
    let outcomes: Vec<&str> = rows[..5].iter().map(|row| row.split('|').nth(1).unwrap().trim()).collect();
    assert_eq!(outcomes, ["**missed**", "**missed**", "**no data**", "undecided", "met"]);
    assert!(rows[0].contains("251.0 ms") && rows[0].contains("[238.5, 263.6] ms"), "{}", rows[0]);
    assert!(rows[1].contains("+12.3%") && rows[1].contains("[+9.8%, +15.0%]"), "{}", rows[1]);
    assert!(rows[2].contains("there is `latency`"), "{}", rows[2]);
}

#[test]
fn the_page_draws_intervals_and_both_distributions_without_anything_from_outside() {
    let html = text(&sample(), Form::Html);
    assert_eq!(html.matches("before and after</title>").count(), 3, "the worst one leads the page as well");
    for part in ["id=\"changes-intervals-title\"", "class=\"regressed\"", "class=\"margin\"", "class=\"gate failed\""] {
        assert!(html.contains(part), "{part}");
    }
    for broken in ["NaN", "src=", "url(", " style="] {
        assert!(!html.contains(broken), "{broken}");
    }
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn a_page_lists_at_most_200_changes_and_counts_the_others() {
    let mut report = sample();
    let comparison = report.comparison.as_mut().unwrap();
    comparison.changes = (0..450).map(|index| change(&format!("m{index}"), None, Found::Regressed, 1.2)).collect();
    for form in [Form::Markdown, Form::Html] {
        let page = text(&report, form);
        assert!(page.contains("250 more metrics not listed here; all are in the JSON."), "{form:?}");
        assert!(page.contains("170 more changes"), "{form:?}");
        assert!(page.contains("m199") && !page.contains("m200"), "{form:?}");
    }
}

#[test]
fn the_terminal_lists_changes_aligned_and_ends_with_the_gate() {
    let summary = spaced(&sample(), Form::Text);
    let lines: Vec<&str> = summary.lines().collect();
    assert!(lines[0].starts_with("Regressed: 4 regressed"));
    assert_eq!(lines[1], "data: corrupted: 1 corrupted sample set aside in run.csv");
    assert_eq!(lines[3], "changes since baseline.json (1 run before, 1 after, margin 5%)");
    assert!(lines[4].starts_with("  regressed     latency / user_msg_*  "), "{}", lines[4]);
    assert!(summary.contains("  … and 4 more changed metrics\n"));
    assert!(summary.contains("  12 unchanged, 4 inconclusive, 1 new"), "{summary}");
    assert!(summary.contains("Gate: failed: 4 metrics regressed; 3 targets missed\n"));
    assert!(lines.iter().skip(1).all(|line| line.chars().count() <= 100), "{summary}");
}

#[test]
fn a_comment_fits_whatever_it_is_about_and_keeps_its_rows_whole() {
    let small = text(&sample(), Form::Comment);
    assert!(small.starts_with("<!-- perfreport -->\n"));
    assert!(small.contains("<details><summary>") && !small.contains("has all of them"), "{small}");
    assert!(small.rfind("**regressed**") < small.find("`step_1`"), "what is unchanged comes last: {small}");
    let mut report = sample();
    let nasty = "$@a|`ü🦀".repeat(400);
    report.verdict.headline.clone_from(&nasty);
    report.gate.as_mut().unwrap().failures = vec![nasty.clone(); 50];
    let target = report.targets[3].clone();
    report.targets = vec![TargetResult { subject: nasty.clone(), note: Some(nasty.clone()), ..target }; 300];
    let comparison = report.comparison.as_mut().unwrap();
    comparison.after.name.clone_from(&nasty);
    comparison.changes = vec![change(&nasty, Some(&nasty), Found::Regressed, 1.2); 3_000];
    let comment = text(&report, Form::Comment);
    assert!(comment.chars().count() <= LONGEST_COMMENT, "{}", comment.chars().count());
    assert!(comment.contains("more rows; the JSON report has all of them."), "{comment}");
    for row in comment.lines().filter(|line| line.starts_with('|')) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 6, "{row}");
    }
    // As many rows as fit, not just a few.
    let mut many = sample();
    many.comparison.as_mut().unwrap().changes = (0..3_000)
        .map(|index| change(&format!("{}{index}", "m".repeat(110)), Some(&"g".repeat(200)), Found::Regressed, 1.2))
        .collect();
    let comment = text(&many, Form::Comment);
    assert!((64_000..=LONGEST_COMMENT).contains(&comment.chars().count()), "{}", comment.chars().count());
}

#[test]
fn test_cases_are_counted_escaped_and_well_formed() {
    let mut report = sample();
    report.comparison.as_mut().unwrap().changes[0].group = Some("a\u{1b}\"<b>&'\u{ffff}\n\u{85}".to_owned());
    let xml = text(&report, Form::Junit);
    assert_well_formed(&xml);
    assert!(xml.contains("tests=\"35\" failures=\"14\" errors=\"0\" skipped=\"5\">"), "{xml}");
    assert_eq!(xml.matches("<testcase ").count(), 35);
    assert_eq!(xml.matches("<failure ").count(), 14);
    assert_eq!(xml.matches("<skipped ").count(), 5);
    for part in
        ["type=\"regressed\"", "type=\"missed\"", "type=\"no-data\"", "type=\"missing\"", "type=\"incomparable\""]
    {
        assert!(xml.contains(part), "{part}");
    }
    report.comparison = None;
    report.targets.clear();
    let xml = text(&report, Form::Junit);
    assert_well_formed(&xml);
    assert!(xml.contains("<failure type=\"corrupted\" message=\"1 corrupted sample\">"), "{xml}");
    assert!(xml.contains("tests=\"2\" failures=\"1\""), "{xml}");
}

#[test]
fn annotations_name_file_and_line_and_put_errors_first() {
    let lines = annotations(&sample(), str::to_owned);
    assert!(lines.iter().filter(|line| line.starts_with("::error ")).count() == 10);
    assert!(lines[0].starts_with("::error file=run.csv,title=latency / user_msg_* regressed::"), "{}", lines[0]);
    assert!(lines[9].contains("title=4 more"), "{}", lines[9]);
    assert!(lines[10].starts_with("::notice "), "{}", lines[10]);
    let mut corrupted = report("run.csv", "start");
    corrupted.findings.truncate(1);
    assert_eq!(
        annotations(&corrupted, str::to_owned),
        [
            "::error file=run.csv,line=30,title=Corrupted%3A row of another table::row of another table 2633826: under another header"
        ]
    );
}

#[test]
fn nasty_names_stay_in_their_place_in_every_rendering_of_a_comparison() {
    let mut report = sample();
    for change in &mut report.comparison.as_mut().unwrap().changes {
        change.metric = NASTY.to_owned();
        change.source = NASTY.to_owned();
        change.group = Some(NASTY.to_owned());
    }
    report.targets[3].subject = NASTY.to_owned();
    report.targets[3].note = Some(NASTY.to_owned());
    assert_eq!(text(&report, Form::Html).matches("<script").count(), 1, "the page's own");
    assert_well_formed(&text(&report, Form::Junit));
    let comment = text(&report, Form::Comment);
    assert!(!comment.contains("\n# c.csv") && !comment.replace("\\<script", "").contains("> <script"));
    assert!(text(&report, Form::Text).chars().all(|character| character == '\n' || !character.is_control()));
    assert!(annotations(&report, str::to_owned).iter().all(|line| !line.contains('\n')));
}

#[test]
fn own_templates_have_changes_targets_gate_comment_and_test_cases() {
    let report = sample();
    let source =
        "{{ gate.status }} {{ changes.rows[0].metric }} {{ targets.summary }} {{ comment.word }} {{ junit.tests }}";
    assert_eq!(
        template(&report, "a.txt", source),
        "failed latency 2 targets missed, 1 without data, 1 undecided of 5 Regressed 35"
    );
    assert!(template(&report, "a.xml", "{% include \"builtin/junit.xml\" %}").contains("<testsuites"));
    assert!(template(&report, "a.md", "{% include \"builtin/comment.md\" %}").contains("<!-- perfreport -->"));
}

#[test]
fn every_field_that_templates_receive_is_described() {
    fn keys<'v>(value: &'v serde_json::Value, found: &mut Vec<&'v str>) {
        match value {
            serde_json::Value::Object(fields) => fields.iter().for_each(|(key, value)| {
                found.push(key);
                keys(value, found);
            }),
            serde_json::Value::Array(all) => all.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let report = sample();
    let context = [
        serde_json::to_value(View::of(&report)).unwrap(),
        serde_json::to_value(CommentView::of(&report)).unwrap(),
        serde_json::to_value(JunitView::of(&report)).unwrap(),
    ];
    let described = include_str!("../../../../docs/templates.md");
    let mut found = Vec::new();
    for part in &context {
        keys(part, &mut found);
    }
    for key in found {
        let named = [format!("`{key}`"), format!("`{key}[]`")];
        assert!(named.iter().any(|name| described.contains(name.as_str())), "{key}");
    }
}
