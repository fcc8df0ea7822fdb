//! Lighthouse's result as JSON (`--output json`), alone, as `PageSpeed` Insights returns it, or as the steps of a user flow.
//!
//! In: documents with audits by their names; milliseconds, bytes and numbers without a unit, as `numericUnit` says. Out: a row a result: what was
//! measured of its page and the scores of its categories, from 0 to 1. A result with a `runtimeError` is a run that failed. What audits estimate
//! that could be saved is no measurement, and neither are their thresholds, screenshots and places in sources. Definition:
//! GoogleChrome/lighthouse, `types/lhr/lhr.d.ts` and `audit-result.d.ts`; before version 5 `numericValue` was called `rawValue`.

use serde_json::Value;

use crate::ingest::builder::TableBuilder;
use crate::ingest::format::{
    AnyRecords, CellType, Declared, Failures, FindingKind, Format, Head, Holds, IngestError, Polarity, Role, RowKind,
    Severity, Sink, Unit,
};
use crate::ingest::json::documents::{self, at};
use crate::ingest::json::outline::Outline;
use crate::ingest::summaries::setting;
use crate::ingest::text::row::RowBuffer;
use crate::table::LabelIdentity;

const PAINT: &str = "from the start of loading the page, as Lighthouse defines it";

pub(crate) const FORMAT: Format = Format {
    name: "lighthouse",
    about: "Lighthouse, the result of a page as JSON (`--output json`), of PageSpeed Insights, or of a user flow",
    latency: PAINT,
    failures: Failures::Recorded("results with a `runtimeError`"),
    holds: Holds::Samples,
    row: RowKind::Run,
    example: "lighthouse https://example.com --output json --output-path run-1.json && perfreport summarize run-1.json",
    upstream: "GoogleChrome/lighthouse, types/lhr/lhr.d.ts and audit-result.d.ts",
    sniff,
    read: |records, _, sink| read(records, sink),
};

/// What is measured of a page, the most telling first.
const MEASURED: &[(&str, Measure)] = &[
    ("first-contentful-paint", Measure::Time),
    ("largest-contentful-paint", Measure::Time),
    ("speed-index", Measure::Time),
    ("total-blocking-time", Measure::Time),
    ("cumulative-layout-shift", Measure::Number),
    ("interactive", Measure::Time),
    ("interaction-to-next-paint", Measure::Time),
    ("first-meaningful-paint", Measure::Time),
    ("first-cpu-idle", Measure::Time),
    ("max-potential-fid", Measure::Time),
    ("estimated-input-latency", Measure::Time),
    ("server-response-time", Measure::Time),
    ("time-to-first-byte", Measure::Time),
    ("mainthread-work-breakdown", Measure::Time),
    ("bootup-time", Measure::Time),
    ("network-rtt", Measure::Time),
    ("network-server-latency", Measure::Time),
    ("total-byte-weight", Measure::Bytes),
    ("dom-size", Measure::Count),
    ("dom-size-insight", Measure::Count),
];

/// What the number of an audit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measure {
    Time,
    Bytes,
    Count,
    /// Without a unit.
    Number,
}

impl Measure {
    /// By what the audit says of itself.
    fn said(unit: Option<&str>) -> Option<Self> {
        match unit? {
            "millisecond" => Some(Self::Time),
            "byte" => Some(Self::Bytes),
            "element" => Some(Self::Count),
            "unitless" => Some(Self::Number),
            _ => None,
        }
    }

    fn declared(self, column: &'static str) -> Declared {
        let (unit, meaning) = match self {
            Self::Time => (Unit::MILLISECOND, Some(PAINT)),
            Self::Bytes => (Unit::BYTE, None),
            Self::Count => (Unit::COUNT, None),
            Self::Number => (Unit::UNKNOWN, None),
        };
        let meaning = meaning.filter(|_| column.contains("paint") || matches!(column, "speed-index" | "interactive"));
        let reason = "Lighthouse: the number of an audit, in its unit";
        Declared::metric(column, Some(unit), Some(Polarity::LowerIsBetter), meaning, reason)
    }
}

/// The result of one page.
#[derive(Debug, Default)]
struct Page {
    name: String,
    at: String,
    form_factor: String,
    throttling: String,
    /// By their places in [`MEASURED`].
    numbers: Vec<Option<f64>>,
    /// Scores by category.
    scores: Vec<(String, f64)>,
    failure: Option<String>,
    line: u64,
}

fn sniff(head: &Head<'_>) -> Option<Vec<String>> {
    const KEYS: [&[&str]; 3] = [
        &["lighthouseVersion", "audits"],
        &["lighthouseResult.lighthouseVersion", "lighthouseResult.audits"],
        &["steps.lhr.lighthouseVersion"],
    ];
    let of_array =
        head.bytes.trim_ascii_start().starts_with(b"[").then(|| Outline::of_first_object(head.bytes)).flatten();
    let outline = head.outline().or(of_array.as_ref())?;
    KEYS.iter().find_map(|keys| outline.evidence(keys))
}

fn read(records: &mut AnyRecords<'_>, sink: &mut Sink) -> Result<(), IngestError> {
    let mut pages: Vec<Page> = Vec::new();
    documents::each(records, sink, |document: Value, sink| take(&document, &mut pages, sink))?;
    if pages.is_empty() {
        return Err(IngestError::Malformed(
            "no result of Lighthouse: none has `lighthouseVersion` and `audits`".to_owned(),
        ));
    }
    if pages.iter().any(|page| page.throttling == "simulate") {
        let evidence = "throttling was simulated: paints and indexes are what Lighthouse computes for a slower network and processor";
        sink.provenance.evidence.push(evidence.to_owned());
    }
    sink.provenance
        .evidence
        .push("what audits estimate that could be saved is no measurement, and is left out".to_owned());
    push(&pages, sink);
    Ok(())
}

/// Takes the results of a document.
fn take(document: &Value, pages: &mut Vec<Page>, sink: &mut Sink) {
    if let Some(documents) = document.as_array() {
        for one in documents {
            take(one, pages, sink);
        }
        return;
    }
    if let Some(steps) = document.get("steps").and_then(Value::as_array) {
        for step in steps {
            let name = step.get("name").and_then(Value::as_str);
            pages.extend(step.get("lhr").and_then(|result| page(result, name, sink)));
        }
        return;
    }
    let result = document.get("lighthouseResult").unwrap_or(document);
    pages.extend(page(result, None, sink));
}

/// A result; `None` where it is none of Lighthouse.
fn page(result: &Value, step: Option<&str>, sink: &mut Sink) -> Option<Page> {
    let text = |names: &[&str]| at(result, names).and_then(Value::as_str).unwrap_or_default().to_owned();
    let version = text(&["lighthouseVersion"]);
    let audits = result.get("audits").and_then(Value::as_object)?;
    if version.is_empty() {
        return None;
    }
    let address = ["requestedUrl", "finalDisplayedUrl", "finalUrl"].map(|name| text(&[name]));
    let address = address.into_iter().find(|address| !address.is_empty()).unwrap_or_default();
    let setting_of = |names: [&str; 2]| {
        let found = names.map(|name| text(&["configSettings", name]));
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    };
    let line = 1;
    let mut page = Page {
        name: step.map_or(address, str::to_owned),
        at: text(&["fetchTime"]),
        form_factor: setting_of(["formFactor", "emulatedFormFactor"]),
        throttling: setting_of(["throttlingMethod", "throttlingMethod"]),
        line,
        ..Page::default()
    };
    let error = ["code", "message"].map(|name| text(&["runtimeError", name]));
    if !matches!(error[0].as_str(), "" | "NO_ERROR") {
        page.failure = Some(error[0].clone());
    }
    page.numbers = MEASURED.iter().map(|(name, measure)| number(audits.get(*name)?, *measure)).collect();
    let categories = result.get("categories").and_then(Value::as_object).into_iter().flatten();
    page.scores = categories
        .filter_map(|(name, category)| Some((name.clone(), category.get("score").and_then(Value::as_f64)?)))
        .collect();
    // A snapshot or a span of time has no paints.
    let whole = matches!(text(&["gatherMode"]).as_str(), "" | "navigation");
    let said = |audit: &Value, field: &str| audit.get(field).and_then(Value::as_str).map(str::to_owned);
    let ended = |(name, _): &&(&str, Measure)| {
        audits.get(*name).and_then(|audit| said(audit, "scoreDisplayMode")).as_deref() == Some("error")
    };
    let failed: Vec<&str> = MEASURED.iter().filter(ended).map(|(name, _)| *name).collect();
    if let Some(first) = failed.first().filter(|_| whole && page.failure.is_none()) {
        let message = said(&audits[*first], "errorMessage").unwrap_or_else(|| "not said".to_owned());
        let reason = format!("audits that ended in an error: {}; the first: {message}", failed.join(", "));
        sink.find(Severity::Suspicious, FindingKind::MalformedRecord, line, reason, "they have no number");
    }
    setting(sink, "lighthouse", Some(version));
    setting(sink, "form factor", Some(&page.form_factor));
    setting(sink, "throttling", Some(&page.throttling));
    Some(page)
}

/// The number of an audit, where it is in the unit that its definition has.
fn number(audit: &Value, measure: Measure) -> Option<f64> {
    let unit = audit.get("numericUnit").and_then(Value::as_str);
    let fits = unit.is_none() || Measure::said(unit) == Some(measure);
    let value = audit.get("numericValue").or_else(|| audit.get("rawValue"))?.as_f64()?;
    let ended = audit.get("scoreDisplayMode").and_then(Value::as_str) != Some("error");
    (fits && ended && value.is_finite()).then_some(value)
}

/// Gives a table with a row for each result, with the columns that some of them have.
fn push(pages: &[Page], sink: &mut Sink) {
    let measured: Vec<usize> =
        (0..MEASURED.len()).filter(|index| pages.iter().any(|page| page.numbers[*index].is_some())).collect();
    let mut categories: Vec<&str> = Vec::new();
    for (name, _) in pages.iter().flat_map(|page| &page.scores) {
        if !categories.contains(&name.as_str()) {
            categories.push(name);
        }
    }
    // Of the others nothing says how fast the page is.
    categories.sort_by_key(|name| *name != "performance");
    let scores: Vec<String> = categories.iter().map(|name| format!("{name} score")).collect();
    let texts = ["fetchTime", "page", "form_factor", "throttling", "outcome"];
    let types = [CellType::Timestamp, CellType::Text, CellType::Text, CellType::Text, CellType::Text];
    let mut columns: Vec<(&str, CellType)> = texts.into_iter().zip(types).collect();
    columns.extend(measured.iter().map(|index| (MEASURED[*index].0, CellType::Decimal)));
    columns.extend(scores.iter().map(|name| (name.as_str(), CellType::Decimal)));
    let mut table = TableBuilder::of(&sink.storage, None, &columns);
    for page in pages {
        let mut row = RowBuffer::default();
        let outcome = page.failure.as_ref().map_or_else(|| "ok".to_owned(), |code| format!("failed: {code}"));
        for text in [&page.at, &page.name, &page.form_factor, &page.throttling, &outcome] {
            row.push(text.as_bytes());
        }
        let of_category = |name: &&str| page.scores.iter().find(|(known, _)| known == name).map(|(_, score)| *score);
        let numbers = measured.iter().map(|index| page.numbers[*index]).chain(categories.iter().map(of_category));
        for number in numbers {
            row.push(number.map(|number| number.to_string()).unwrap_or_default().as_bytes());
        }
        table.push(row.row(), page.line);
    }
    // A snapshot of a flow has no paints, and a run that failed has nothing.
    table.absence_is_told = true;
    sink.tables.push(table);
    declare(&measured, scores, sink);
}

fn declare(measured: &[usize], scores: Vec<String>, sink: &mut Sink) {
    // Each page is as large as it is.
    sink.labels = LabelIdentity::Compared;

    sink.declared.extend([
        Declared::column("fetchTime", Role::Timestamp, "Lighthouse: when the result was made"),
        Declared::column("page", Role::Label, "Lighthouse: the page that was asked for, or the step of a flow"),
        Declared::column("form_factor", Role::Setting, "Lighthouse: the device that was emulated"),
        Declared::column("throttling", Role::Setting, "Lighthouse: how the network and the processor were slowed down"),
        Declared::column("outcome", Role::Status, "Lighthouse: failed where it says a `runtimeError`"),
    ]);
    sink.declared.extend(measured.iter().map(|index| MEASURED[*index].1.declared(MEASURED[*index].0)));
    let score = || {
        let meaning = Some("score of a category, from 0 to 1");
        let reason = "Lighthouse: a weighted mean of the scores of its audits";
        Declared::metric("", Some(Unit::UNKNOWN), Some(Polarity::HigherIsBetter), meaning, reason)
    };
    sink.declared_by_file.extend(scores.into_iter().map(|name| (name, score())));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::read_text;

    fn result(address: &str, paint: f64, score: f64) -> String {
        format!(
            r#"{{"lighthouseVersion":"12.1.0","requestedUrl":"{address}","fetchTime":"2026-01-05T10:00:00.000Z",
            "configSettings":{{"formFactor":"mobile","throttlingMethod":"simulate"}},
            "audits":{{"first-contentful-paint":{{"score":0.9,"scoreDisplayMode":"numeric","numericValue":{paint},"numericUnit":"millisecond",
              "scoringOptions":{{"p10":1800,"median":3000}}}},
              "cumulative-layout-shift":{{"score":1,"scoreDisplayMode":"numeric","numericValue":0.05,"numericUnit":"unitless"}},
              "total-byte-weight":{{"score":1,"scoreDisplayMode":"numeric","numericValue":2048,"numericUnit":"byte"}},
              "unused-javascript":{{"score":0.5,"scoreDisplayMode":"metricSavings","numericValue":450,"numericUnit":"millisecond"}}}},
            "categories":{{"performance":{{"score":{score}}},"pwa":{{"score":null}}}}}}"#
        )
    }

    #[test]
    fn audits_have_their_units_and_scores_rise() {
        let found = read_text("run.json", result("https://a.test/", 1250.5, 0.75));
        assert_eq!(found.provenance.format, "lighthouse");
        let table = &found.tables[0];
        let of = |name: &str| &table.columns[table.position(name).unwrap()];
        let paint = of("first-contentful-paint");
        assert_eq!((paint.unit(), paint.polarity), (Unit::MILLISECOND, Polarity::LowerIsBetter));
        let score = of("performance score");
        assert_eq!((score.role, score.polarity), (Role::Metric, Polarity::HigherIsBetter));
        assert_eq!(table.numbers(table.position("performance score").unwrap()), [Some(0.75)]);
        assert_eq!(of("total-byte-weight").unit(), Unit::BYTE);
        let metrics = table.columns_as(Role::Metric).count();
        assert_eq!(metrics, 4, "savings, thresholds and categories without a score are none");
        assert_eq!(found.provenance.environment["form factor"], "mobile");
    }

    #[test]
    fn a_run_that_failed_is_one_and_has_no_numbers() {
        let failed = r#"{"lighthouseVersion":"12.1.0","requestedUrl":"https://a.test/","fetchTime":"2026-01-05T10:05:00.000Z",
            "runtimeError":{"code":"NO_FCP","message":"The page did not paint any content."},
            "audits":{"first-contentful-paint":{"score":null,"scoreDisplayMode":"error","errorMessage":"NO_FCP"}},"categories":{}}"#;
        let found = read_text("runs.json", format!("[{}, {failed}]", result("https://a.test/", 1250.5, 0.75)));
        let table = &found.tables[0];
        assert_eq!(table.numbers(table.position("first-contentful-paint").unwrap()), [Some(1250.5), None]);
        assert_eq!(table.columns[table.position("outcome").unwrap()].dictionary, ["ok", "failed: NO_FCP"]);
    }

    #[test]
    fn pagespeed_and_flows_hold_results() {
        let one = result("https://a.test/", 900.5, 0.5);
        let found = read_text("psi.json", format!(r#"{{"id":"https://a.test/","lighthouseResult":{one}}}"#));
        assert_eq!(found.tables[0].lines.rows(), 1);
        let flow =
            format!(r#"{{"steps":[{{"name":"Start","lhr":{one}}},{{"name":"Search","lhr":{one}}}],"name":"flow"}}"#);
        let found = read_text("flow.json", flow);
        let table = &found.tables[0];
        assert_eq!(table.columns[table.position("page").unwrap()].dictionary, ["Start", "Search"]);
    }
}
