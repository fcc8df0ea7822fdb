//! What is fuzzed: functions from bytes to nothing, which have to end without a panic, whatever they get.
//!
//! libFuzzer calls them (`fuzz_targets/`, `run`), and so do ordinary tests (`tests/it/fuzz_targets.rs`), over the same small corpus and over
//! mutations of it. They go the way of the program: read, analyse, compare, render; only files and the terminal are left out.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use perfreport::analysis::{analyse, chat, swarm};
use perfreport::compare::baseline::Baseline;
use perfreport::compare::capture::{Capture, Environment};
use perfreport::compare::collect::{Reading, capture};
use perfreport::compare::gate::{FailOn, GateRules};
use perfreport::compare::judge::Criteria;
use perfreport::compare::sides::{self, NamedCaptures};
use perfreport::compare::subject_shares::subject_shares;
use perfreport::compare::subjects::subjects;
use perfreport::compare::target::evaluate;
use perfreport::config::{Config, overlay};
use perfreport::digest::{Ask, Digest, digest_source, next_ask, reported, seal};
#[cfg(feature = "parquet")]
use perfreport::export::parquet::Parquet;
use perfreport::export::samples::{Schema, Selection, batches};
use perfreport::export::text::{Csv, Ndjson};
use perfreport::history::file::{History, RunDetail};
use perfreport::history::gate::FailOn as HistoryFailOn;
use perfreport::history::judge::{HistoryQuestion, report as history_report};
use perfreport::history::line::Line;
use perfreport::history::series::Aspect;
use perfreport::history::{measured, rows, stated};
use perfreport::ingest::{SourceOptions, read};
use perfreport::report::annotations::annotations;
use perfreport::report::build::{Heading, Material, SourceAnalysis, build};
use perfreport::report::contract::Report;
use perfreport::report::history::render_history;
use perfreport::report::render::{Form, render, render_template};
use perfreport::stats::settings::Settings;

/// A target by its name, which is that of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("report", report),
    ("compare", compare),
    ("export", export),
    ("history", history),
    ("baseline", baseline),
    ("digest", digest),
    ("config", config),
    ("template", template),
];

/// What stands between two files, or between a configuration and a file.
const BORDER: &[u8] = b"\n=====\n";
/// The other side where bytes have only one, and what templates are about.
const RUN: &[u8] = include_bytes!("../corpus/report/requests.csv");
const FORMS: [Form; 6] = [Form::Markdown, Form::Html, Form::Json, Form::Text, Form::Comment, Form::Junit];

fn settings() -> Settings {
    Settings { keep_samples: true, ..Settings::default() }
}

/// Reads and analyses as the program does; `None` where the bytes are refused.
fn analysed(name: &str, bytes: &[u8], config: Option<&Config>) -> Option<SourceAnalysis> {
    let path = Path::new(name);
    let mut options = SourceOptions::default();
    let mut service_options = chat::ServiceOptions::default();
    if let Some(config) = config {
        overlay(&mut options, config.options_for(path).ok()?);
        service_options = config.service_for(path).ok()?;
    }
    let mut source = read(name, bytes, &options).ok()?;
    let service = chat::analyse(name, &mut source.tables, &service_options, &settings());
    let analysis = analyse(&source, &settings());
    Some(SourceAnalysis { source, analysis, service })
}

fn captured(item: &SourceAnalysis) -> Capture {
    let reading = Reading { analysis: &item.analysis, service: item.service.as_ref() };
    capture(&[reading], Environment::default())
}

fn side(name: &str, capture: Capture) -> NamedCaptures {
    NamedCaptures { name: name.to_owned(), captures: vec![capture] }
}

/// Every form of a report, and what a CI service is told.
fn rendered(report: &Report) {
    for form in FORMS {
        let bytes = render(report, form).unwrap_or_else(|error| panic!("{form:?}: {error}"));
        assert!(std::str::from_utf8(&bytes).is_ok(), "{form:?} is no text");
    }
    for line in annotations(report, str::to_owned) {
        assert!(!line.contains(['\n', '\r']) && line.starts_with("::"), "an annotation is one line: {line:?}");
    }
}

/// A file through every renderer.
pub fn report(data: &[u8]) {
    let Some(item) = analysed("any", data, None) else { return };
    let records = [swarm::Input { source: "any", records: &item.source.swarm }];
    let material = Material { swarm: swarm::analyse(&records), ..Material::default() };
    rendered(&build(vec![item], material, settings()));
}

/// Two files compared, with targets and a gate, through every renderer.
pub fn compare(data: &[u8]) {
    let border = data.windows(BORDER.len()).position(|part| part == BORDER);
    let (before, after) = border.map_or((RUN, data), |at| (&data[..at], &data[at + BORDER.len()..]));
    let Some((before, after)) = analysed("run.csv", before, None).zip(analysed("run.csv", after, None)) else { return };
    let criteria = Criteria::default();
    let (left, right) = (side("before", captured(&before)), side("after", captured(&after)));
    let comparison = sides::comparison(&left, &right, Vec::new(), &criteria);
    // Nothing is better than itself.
    let same = sides::comparison(&right, &right, Vec::new(), &criteria);
    assert_eq!(same.counts.regressed + same.counts.improved, 0, "a run differs from itself");
    let rules = GateRules {
        fail_on: vec![FailOn::Regression, FailOn::Target, FailOn::Corruption],
        strict: true,
        undecided_passes: false,
    };
    let config = Config::parse("[[target]]\nmetric = \"*\"\np95 = \"< 200ms\"\nmedian_change = \"< 5%\"\n");
    let targets = config.map(|config| config.target).unwrap_or_default();
    let readings = [Reading { analysis: &after.analysis, service: after.service.as_ref() }];
    let (found, shares) = (subjects(&readings, settings().failing), subject_shares(&readings));
    let targets = evaluate(&targets, &found, &shares, Some(&comparison), 0.95, settings().quantile_method);
    let material = Material {
        comparison: Some(comparison),
        targets: targets.unwrap_or_default(),
        gate: Some(rules),
        ..Material::default()
    };
    rendered(&build(vec![after], material, settings()));
}

/// The samples of a file in every form.
pub fn export(data: &[u8]) {
    let Some(item) = analysed("any", data, None) else { return };
    let schema = Schema::of(item.source.tables.iter());
    let settings = settings();
    for all in [false, true] {
        let selection = Selection { schema: &schema, all, settings: &settings };
        let (mut csv, mut ndjson) = (Vec::new(), Vec::new());
        let mut written = Csv::new(&mut csv, &schema).expect("memory is written to");
        let mut lines = Ndjson::new(&mut ndjson, &schema);
        #[cfg(feature = "parquet")]
        let mut columns = Parquet::new(Vec::new(), &schema).expect("memory is written to");
        for batch in batches(&item.source, &item.analysis.metrics, selection) {
            let batch = Arc::new(batch);
            written.write(&batch).expect("memory is written to");
            lines.write(&batch).expect("memory is written to");
            #[cfg(feature = "parquet")]
            columns.write(Arc::clone(&batch)).expect("memory is written to");
        }
        written.finish().expect("memory is written to");
        lines.finish().expect("memory is written to");
        #[cfg(feature = "parquet")]
        columns.finish().expect("memory is written to");
        for line in ndjson.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            serde_json::from_slice::<serde_json::Value>(line).expect("what is exported can be read");
        }
    }
}

/// A history, or a file of runs that becomes one, as every page.
pub fn history(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut histories = vec![History::parse(&text, RunDetail::Percentiles)];
    let stated = stated::Statement::of(data);
    if let Some(item) = analysed("any", data, None) {
        let mut lines: Vec<String> = rows::runs(&item.source)
            .unwrap_or_default()
            .into_iter()
            .map(|run| Line::Run(Box::new(run)).to_text())
            .collect();
        let occasion = measured::Occasion { at: stated.at.unwrap_or_default(), ..measured::Occasion::default() };
        let run = measured::run(&captured(&item), occasion);
        lines.extend(run.map(|run| Line::Run(Box::new(run)).to_text()));
        histories.push(History::parse(&lines.join("\n"), RunDetail::Percentiles));
    }
    for history in histories {
        for followed in [Aspect::Center, Aspect::P99, Aspect::Failures] {
            let fail_on = HistoryFailOn { change_days: Some(30.0), regression: true };
            let question = HistoryQuestion { followed, fail_on, ..HistoryQuestion::default() };
            let Ok(report) = history_report(&history, &question) else { continue };
            for form in [Form::Markdown, Form::Html, Form::Json, Form::Text] {
                render_history(&report, form).unwrap_or_else(|error| panic!("{form:?}: {error}"));
            }
        }
    }
}

/// A baseline, also with a digest that does not fit: who edits one can put in a digest that does.
pub fn baseline(data: &[u8]) {
    let parsed = Baseline::parse(data);
    let sniffed = Baseline::sniff(data);
    assert!(parsed.is_err() || sniffed, "a baseline is known by its beginning");
    let Ok(mut value) = serde_json::from_slice::<serde_json::Value>(data) else { return };
    let captures = value.get_mut("captures").map(serde_json::Value::take).unwrap_or_default();
    let Ok(captures) = serde_json::from_value::<Vec<Capture>>(captures) else { return };
    let resealed = Baseline { captures, ..Baseline::new("6") };
    let Ok(read) = Baseline::parse(&resealed.to_bytes()) else { return };
    let Some(item) = analysed("requests.csv", RUN, None) else { return };
    let (before, after) =
        (NamedCaptures { name: "before".to_owned(), captures: read.captures }, side("after", captured(&item)));
    for (left, right) in [(&before, &after), (&after, &before), (&before, &before)] {
        let comparison = sides::comparison(left, right, Vec::new(), &Criteria::default());
        let material = Material { comparison: Some(comparison), ..Material::default() };
        rendered(&build(Vec::new(), material, settings()));
    }
}

/// A digest as it is stored, and the content of one under a seal that fits: who writes one can seal it. With an ask behind the border.
pub fn digest(data: &[u8]) {
    let border = data.windows(BORDER.len()).position(|part| part == BORDER);
    let (content, ask) = border.map_or((data, &[][..]), |at| (&data[..at], &data[at + BORDER.len()..]));
    let sealed = seal(content).expect("memory is written to");
    for bytes in [data, &sealed] {
        let Ok(digest) = Digest::parse(bytes) else { continue };
        let again = digest.to_bytes().expect("what was read can be written");
        assert_eq!(Digest::parse(&again).as_ref(), Ok(&digest), "what was written is read as it was");
        let mut twice = digest.clone();
        assert!(twice.merge(&digest).is_err(), "a shard counts twice");
        if let Ok(next) = next_ask(&digest, &settings()) {
            let bytes = serde_json::to_vec(&next).expect("an ask is JSON");
            Ask::parse(&bytes).expect("what is asked can be answered");
        }
        let source = digest_source(&digest, "any.digest", (String::new(), 0));
        let analysis = reported(&digest, &source, &settings());
        rendered(&build(vec![SourceAnalysis { source, analysis, service: None }], Material::default(), settings()));
    }
    // Refused, or taken: what it says of any shard is looked at where it is answered.
    let _ = Ask::parse(ask);
}

/// A configuration, and behind the border a file that is read with it.
pub fn config(data: &[u8]) {
    let border = data.windows(BORDER.len()).position(|part| part == BORDER);
    let (text, file) = border.map_or((data, RUN), |at| (&data[..at], &data[at + BORDER.len()..]));
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(config) = Config::parse(text) else { return };
    let Some(item) = analysed("requests.csv", file, Some(&config)) else { return };
    let capture = captured(&item);
    let criteria = Criteria { margins: config.margins.clone(), ..Criteria::default() };
    let comparison = sides::comparison(&side("a", capture.clone()), &side("b", capture), Vec::new(), &criteria);
    let readings = [Reading { analysis: &item.analysis, service: item.service.as_ref() }];
    let (found, shares) = (subjects(&readings, settings().failing), subject_shares(&readings));
    let targets = evaluate(&config.target, &found, &shares, Some(&comparison), 0.95, settings().quantile_method);
    let material = Material {
        comparison: Some(comparison),
        targets: targets.unwrap_or_default(),
        heading: Heading { title: config.title.clone(), generated: None },
        ..Material::default()
    };
    rendered(&build(vec![item], material, settings()));
}

/// A template of a user, about a run.
pub fn template(data: &[u8]) {
    static REPORT: OnceLock<Report> = OnceLock::new();
    let report = REPORT.get_or_init(|| {
        let item = analysed("requests.csv", RUN, None).expect("the run of the corpus can be read");
        build(vec![item], Material::default(), settings())
    });
    let Ok(text) = std::str::from_utf8(data) else { return };
    // Templates are the user's own: a loop that they ask for is theirs.
    if text.contains("range") {
        return;
    }
    for name in ["t.md", "t.html", "t.txt"] {
        let _ = render_template(report, name, text);
    }
}
