//! Renderings of a report: Markdown, a page, JSON, the terminal summary, a comment for a pull request, test cases in
//! `JUnit`'s XML, and templates of the user's own.
//!
//! In: a [`Report`]. Out: the bytes of one document, ending in exactly one newline. Refuses templates that do not
//! parse or ask for something that the context does not have, naming template, line and what is missing.
//!
//! Every template of the user receives the fields of `View` at the top level, the views of the comment and of the
//! test cases as `comment` and `junit`, and the report's own JSON as `report`. What a
//! template prints is escaped by its name: `.html`, `.htm`, `.xml` and `.svg` as HTML, `.md` and `.markdown` as GitHub
//! Markdown, anything else not at all. Filters beside those of the engine: `prose` (a sentence in which names stand
//! between backticks, for the format of the template), `code` (a name as Markdown code), `md` (running text as
//! Markdown), `html`, `number` (`value | number(dimension="time")`), `count`, `percent`.

mod policy;
mod tidy;

use std::borrow::Cow;

use tera::{Context, ErrorKind, Kwargs, State, Tera, TeraResult, Value};

use crate::measure::unit::Dimension;
use crate::report::contract::Report;
use crate::report::escape;
use crate::report::number;
use crate::report::view::{CommentView, JunitView, View};

/// A form of the report that is built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// GitHub Markdown.
    Markdown,
    /// One page without outside references.
    Html,
    /// The same with every section open, so that nothing of it is left out in print.
    OpenHtml,
    /// The [`Report`] itself.
    Json,
    /// The short summary for a terminal.
    Text,
    /// Markdown for a comment on a pull request, never longer than [`LONGEST_COMMENT`].
    Comment,
    /// Test cases for continuous integration, as `JUnit` writes them.
    Junit,
}

/// Characters of a comment at most. GitHub takes 65,536; what a bot puts around it needs some room.
pub const LONGEST_COMMENT: usize = 65_000;

/// Why a report could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A template is wrong. The text names template, line and column, and shows the place.
    #[error("{name}: {explanation}")]
    Template {
        /// Name of the template.
        name: String,
        /// Line, from 1, where it is known.
        line: Option<usize>,
        /// What is wrong, and what would be right.
        explanation: String,
    },
    /// The report could not be written as JSON.
    #[error("the report cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The templates that are built in, by name. The user's own templates reach them as `builtin/report.html`, to include
/// or to extend.
pub const BUILT_INS: &[(&str, &str)] = &[
    ("report.md", include_str!("../../templates/report.md")),
    ("report.html", include_str!("../../templates/report.html")),
    ("report.css", include_str!("../../templates/report.css")),
    ("report.js", include_str!("../../templates/report.js")),
    ("figures.html", include_str!("../../templates/figures.html")),
    ("board.html", include_str!("../../templates/board.html")),
    ("requests.md", include_str!("../../templates/requests.md")),
    ("requests.html", include_str!("../../templates/requests.html")),
    ("goodput.md", include_str!("../../templates/goodput.md")),
    ("goodput.html", include_str!("../../templates/goodput.html")),
    ("service.md", include_str!("../../templates/service.md")),
    ("service.html", include_str!("../../templates/service.html")),
    ("swarm.md", include_str!("../../templates/swarm.md")),
    ("swarm.html", include_str!("../../templates/swarm.html")),
    ("origin.md", include_str!("../../templates/origin.md")),
    ("changes.md", include_str!("../../templates/changes.md")),
    ("changes.html", include_str!("../../templates/changes.html")),
    ("comment.md", include_str!("../../templates/comment.md")),
    ("history.html", include_str!("../../templates/history.html")),
    ("history.css", include_str!("../../templates/history.css")),
    ("history.md", include_str!("../../templates/history.md")),
    ("junit.xml", include_str!("../../templates/junit.xml")),
    ("summary.txt", include_str!("../../templates/summary.txt")),
];

/// How the user's own templates call the ones that are built in.
const BUILT_IN_PREFIX: &str = "builtin/";
/// How the built-in templates include one another.
const INCLUDES: &str = "include \"builtin/";
/// Endings after the one that tells the format: `report.html.tera`.
const TEMPLATE_ENDINGS: [&str; 3] = [".tera", ".j2", ".tpl"];

/// The text of a built-in template.
pub fn built_in(name: &str) -> Option<&'static str> {
    BUILT_INS.iter().find(|(built_in, _)| *built_in == name).map(|(_, text)| *text)
}

/// The names of the built-in templates.
pub fn built_in_names() -> impl Iterator<Item = &'static str> {
    BUILT_INS.iter().map(|(name, _)| *name)
}

/// A report in a built-in form.
///
/// # Errors
/// A built-in template that fails (a defect), or a number that JSON cannot hold.
pub fn render(report: &Report, form: Form) -> Result<Vec<u8>, RenderError> {
    match form {
        Form::Markdown => render_built_in(report, "report.md").map(|text| tidy::align_tables(&text).into_bytes()),
        Form::Html => render_built_in(report, "report.html").map(String::into_bytes),
        // No text of a report looks like a section: it would be escaped.
        Form::OpenHtml => {
            let page = render_built_in(report, "report.html")?;
            Ok(page.replace("<details", "<details open").into_bytes())
        }
        Form::Text => render_built_in(report, "summary.txt").map(String::into_bytes),
        Form::Comment => render_comment(report),
        Form::Junit => {
            let mut context = Context::new();
            context.insert("junit", &JunitView::of(report));
            render_with("junit.xml", &context, &[]).map(String::into_bytes)
        }
        Form::Json => {
            let mut json = escape::json(serde_json::to_vec_pretty(report)?);
            json.push(b'\n');
            Ok(json)
        }
    }
}

/// A report through a template. `name` decides how its output is escaped and is named in errors; `source` is the
/// template's text.
///
/// # Errors
/// A template that does not parse, or that asks for what the context does not have.
pub fn render_template(report: &Report, name: &str, source: &str) -> Result<Vec<u8>, RenderError> {
    // It may extend or include any of its format.
    let format = Format::of(name);
    let fits = |built_in: &str| {
        Format::of(built_in) == format
            || format == Format::Html && matches!(built_in, "report.css" | "report.js" | "history.css")
    };
    let texts: Vec<(&str, &str)> = BUILT_INS.iter().copied().filter(|(built_in, _)| fits(built_in)).collect();
    let engine = engine(name, &texts, Some(source)).map_err(|error| explain(name, &error))?;
    let text = engine.render(name, &context(report)?).map_err(|error| explain(name, &error))?;
    Ok(finished(&text, Format::of(name)).into_bytes())
}

/// The text of a template as a document.
fn finished(text: &str, format: Format) -> String {
    let text = tidy::tidy(text, format == Format::Markdown);
    if format == Format::Html { policy::fill(text) } else { text }
}

/// The report as a comment on a pull request. Rows are dropped from the end until it has at most [`LONGEST_COMMENT`]
/// characters, and their number is told.
fn render_comment(report: &Report) -> Result<Vec<u8>, RenderError> {
    let comment = CommentView::of(report);
    let render = |comment: &CommentView| {
        let mut context = Context::new();
        context.insert("comment", comment);
        render_with("comment.md", &context, &[])
    };
    let fits = |text: &str| text.chars().count() <= LONGEST_COMMENT;
    let whole = render(&comment)?;
    if fits(&whole) {
        return Ok(whole.into_bytes());
    }
    // The most rows that fit, by halving; without any row every text is bounded, so that this one always fits.
    let (mut fitting, mut too_many) = (0, comment.rows());
    let mut best = render(&comment.limited(0))?;
    while too_many - fitting > 1 {
        let middle = usize::midpoint(fitting, too_many);
        let text = render(&comment.limited(middle))?;
        if fits(&text) {
            (fitting, best) = (middle, text);
        } else {
            too_many = middle;
        }
    }
    Ok(best.into_bytes())
}

fn render_built_in(report: &Report, name: &str) -> Result<String, RenderError> {
    // The built-in templates need nothing but the view; the whole report as a second copy would be large.
    let view = if Format::of(name) == Format::Html { View::of(report) } else { View::of_text(report) };
    render_with(name, &context_of(&view)?, &idle_parts(&view))
}

/// Another view than that of a report, through a built-in template.
pub(super) fn render_view(name: &str, view: &impl serde::Serialize) -> Result<Vec<u8>, RenderError> {
    let context = Context::from_serialize(view).map_err(|error| explain("the template context", &error))?;
    let text = render_with(name, &context, &[])?;
    Ok(if Format::of(name) == Format::Markdown { tidy::align_tables(&text) } else { text }.into_bytes())
}

/// `idle`: parts that have nothing to show; they are not even parsed.
fn render_with(name: &str, context: &Context, idle: &[&str]) -> Result<String, RenderError> {
    let full = format!("{BUILT_IN_PREFIX}{name}");
    let engine = engine(&full, &with_parts(name, idle), None).map_err(|error| explain(&full, &error))?;
    let text = engine.render(&full, context).map_err(|error| explain(&full, &error))?;
    Ok(finished(&text, Format::of(name)))
}

/// Parts of the report in Markdown that show nothing of a view.
fn idle_parts(view: &View) -> Vec<&'static str> {
    let changes = view.changes.is_some() || view.targets.is_some() || view.gate.is_some();
    let parts = [("changes.md", changes), ("service.md", !view.service.is_empty()), ("swarm.md", view.swarm.is_some())];
    parts.into_iter().filter(|(_, speaks)| !speaks).map(|(part, _)| part).collect()
}

/// A built-in template and the ones it includes; those without anything to show are empty. Parsing all of them takes longer
/// than a small report.
fn with_parts<'a>(name: &'a str, idle: &[&str]) -> Vec<(&'a str, &'static str)> {
    let mut texts: Vec<(&str, &str)> = Vec::new();
    let mut wanted = vec![name];
    while let Some(name) = wanted.pop() {
        let text = if idle.contains(&name) { "" } else { built_in(name).unwrap_or_default() };
        if !texts.iter().any(|(known, _)| *known == name) {
            texts.push((name, text));
            wanted.extend(text.split(INCLUDES).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0)));
        }
    }
    texts
}

fn context_of(view: &View) -> Result<Context, RenderError> {
    Context::from_serialize(view).map_err(|error| explain("the template context", &error))
}

fn context(report: &Report) -> Result<Context, RenderError> {
    let mut context = context_of(&View::of(report))?;
    context.insert("comment", &CommentView::of(report));
    context.insert("junit", &JunitView::of(report));
    // Through JSON, so that templates see exactly what the JSON output has.
    context.insert("report", &serde_json::to_value(report)?);
    Ok(context)
}

/// What a template writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Html,
    Markdown,
    Plain,
}

impl Format {
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let bare = TEMPLATE_ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
        match bare.rsplit_once('.').map(|(_, ending)| ending) {
            Some("html" | "htm" | "xhtml" | "xml" | "svg") => Self::Html,
            Some("md" | "markdown") => Self::Markdown,
            _ => Self::Plain,
        }
    }
}

/// An engine for one template: with its escaping, the filters, and these built-in templates.
fn engine(name: &str, built_ins: &[(&str, &'static str)], source: Option<&str>) -> TeraResult<Tera> {
    let mut engine = Tera::new();
    match Format::of(name) {
        Format::Html => {
            engine.set_escape_fn(escape::write_html);
            engine.autoescape_on([name.to_owned(), ".html".to_owned(), ".xml".to_owned()]);
        }
        Format::Markdown => {
            engine.set_escape_fn(escape::write_markdown);
            engine.autoescape_on([name.to_owned(), ".md".to_owned()]);
        }
        Format::Plain => engine.autoescape_on(Vec::<Cow<'static, str>>::new()),
    }
    register_filters(&mut engine, Format::of(name));
    engine.add_raw_templates(built_ins.iter().map(|(name, text)| (format!("{BUILT_IN_PREFIX}{name}"), *text)))?;
    if let Some(source) = source {
        engine.add_raw_template(name, source)?;
    }
    Ok(engine)
}

fn register_filters(engine: &mut Tera, format: Format) {
    let prose = match format {
        Format::Html => escape::prose_html,
        Format::Markdown => escape::prose_markdown,
        Format::Plain => str::to_owned,
    };
    engine.register_filter("prose", move |text: &str, _: Kwargs, _: &State| Value::safe_string(&prose(text)));
    engine.register_filter("code", |text: &str, _: Kwargs, _: &State| Value::safe_string(&escape::code(text)));
    engine.register_filter("md", |text: &str, _: Kwargs, _: &State| Value::safe_string(&escape::markdown(text)));
    engine.register_filter("html", |text: &str, _: Kwargs, _: &State| Value::safe_string(&escape::html(text)));
    engine.register_filter("number", filter_number);
    engine.register_filter("count", |value: u64, _: Kwargs, _: &State| number::count(value));
    engine.register_filter("percent", |value: &Value, _: Kwargs, _: &State| number::percent_or_absent(value.as_f64()));
}

/// `value | number(dimension="time")`: a value of the JSON in the unit that suits it; `–` for null.
#[allow(clippy::needless_pass_by_value)] // The engine asks for this signature.
fn filter_number(value: &Value, kwargs: Kwargs, _: &State) -> TeraResult<String> {
    let name = kwargs.get::<&str>("dimension")?.unwrap_or("unknown");
    let dimension: Dimension = serde_json::from_value(serde_json::Value::from(name)).map_err(|_| {
        tera::Error::message(format!(
            "`number` does not know the dimension `{name}`; a metric has it as `dimension`: time, bytes, count, ratio, rate, byte_rate, unknown"
        ))
    })?;
    Ok(value.as_f64().map_or_else(|| number::ABSENT.to_owned(), |value| number::quantity(dimension, value)))
}

/// What is wrong with a template, with the line.
fn explain(name: &str, error: &tera::Error) -> RenderError {
    let line = match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => Some(report.span().start_line),
        _ => None,
    };
    let mut explanation = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        explanation.push_str("\ncaused by: ");
        explanation.push_str(&inner.to_string());
        cause = inner.source();
    }
    if explanation.contains("not defined") || explanation.contains("undefined") {
        explanation.push_str("\n`?.` and the filter `default` allow for values that may be absent.");
    }
    RenderError::Template { name: name.to_owned(), line, explanation }
}

#[cfg(test)]
mod tests;
