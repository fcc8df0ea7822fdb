//! A history as a document: the page, Markdown, the plain list, JSON.
//!
//! In: a [`HistoryReport`]. Out: the bytes of a document.

mod environment;
mod newest;
mod view;
mod words;

use crate::history::contract::HistoryReport;

use super::escape;
use super::render::{Form, RenderError, render_view};

pub(crate) use view::HistoryView;

/// A history in a form. Those that only a report of one run has are refused before.
///
/// # Errors
/// A built-in template that fails (a defect), or a number that JSON cannot hold.
pub fn render_history(report: &HistoryReport, form: Form) -> Result<Vec<u8>, RenderError> {
    match form {
        Form::Json => {
            let mut json = escape::json(serde_json::to_vec_pretty(report)?);
            json.push(b'\n');
            Ok(json)
        }
        Form::Html => render_view("history.html", &HistoryView::of(report, true)),
        Form::Text => {
            let lines = HistoryView::of(report, false).text(None);
            let mut text = lines.iter().map(|line| escape::visible(line)).collect::<Vec<String>>().join("\n");
            text.push('\n');
            Ok(text.into_bytes())
        }
        _ => render_view("history.md", &HistoryView::of(report, false)),
    }
}
