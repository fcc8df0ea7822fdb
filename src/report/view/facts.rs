//! Facts about a metric or a group: spread, outliers, order, dependence, populations, a sentence each.

use crate::report::contract::{Modality, Mode, Order, Outliers, Population, Summary};
use crate::report::number::{self, Scale};
use crate::stats::modality::MULTIMODAL_P;

use super::named_text::NamedText;

pub(super) fn facts(population: &Population, scale: &Scale) -> Vec<NamedText> {
    let mut facts = Vec::new();
    if let Some(summary) = &population.clean {
        facts.push(NamedText::new("Spread", spread(summary, scale)));
    }
    if let Some(outliers) = &population.outliers {
        facts.push(NamedText::new("Outliers", outliers_text(outliers, scale)));
    }
    if let Some(order) = &population.order {
        facts.extend(order_facts(order, scale));
        facts.extend(dependence(order, population.clean.as_ref().map(|summary| summary.n)));
    }
    facts.extend(population.modality.as_ref().and_then(|modality| populations(modality, scale, true)));
    facts
}

/// What is odd about a group: its order, and that it is no single population.
pub(super) fn group_facts(group: &Population, scale: &Scale) -> Vec<NamedText> {
    let mut facts = group.order.as_ref().map(|order| order_facts(order, scale)).unwrap_or_default();
    facts.extend(group.modality.as_ref().and_then(|modality| populations(modality, scale, false)));
    facts
}

fn spread(summary: &Summary, scale: &Scale) -> String {
    let mut parts = Vec::new();
    if let Some(stddev) = summary.stddev {
        let cv = summary.cv.map_or_else(String::new, |cv| format!(" (CV {})", number::percent(cv)));
        parts.push(format!("stddev {}{cv}", scale.full(stddev)));
    }
    if let Some(iqr) = summary.iqr {
        parts.push(format!("interquartile range {}", scale.full(iqr)));
    }
    parts.push(format!("MAD {}", scale.full(summary.mad)));
    if let Some(shamos) = summary.shamos {
        parts.push(format!("Shamos {}", scale.full(shamos)));
    }
    parts.join(", ")
}

fn outliers_text(outliers: &Outliers, scale: &Scale) -> String {
    let side = |count: u64, word: &str, fence: Option<f64>| match fence {
        Some(fence) => Some(format!("{} {word} {}", number::count(count), scale.full(fence))),
        None if count > 0 => Some(format!("{} {word}", number::count(count))),
        None => None,
    };
    let sides: Vec<String> =
        [side(outliers.high, "above", outliers.high_fence), side(outliers.low, "below", outliers.low_fence)]
            .into_iter()
            .flatten()
            .collect();
    let kept = if outliers.low + outliers.high > 0 { "; kept in every number" } else { "" };
    let sides = if sides.is_empty() { "none".to_owned() } else { sides.join(", ") };
    format!("{sides}{kept} ({})", outliers.method())
}

fn order_facts(order: &Order, scale: &Scale) -> Vec<NamedText> {
    let mut facts = Vec::new();
    if let Some(warm_up) = &order.warm_up {
        let first = number::counted(warm_up.samples, "sample");
        let ratio = number::plain(warm_up.ratio);
        facts.push(NamedText::new("Warm-up", format!("the first {first} have {ratio} times the median of the rest")));
    }
    if let Some(drift) = &order.drift {
        let relative =
            drift.relative.map_or_else(String::new, |share| format!(" ({} of the median)", number::percent(share)));
        let (change, p) = (scale.signed(drift.change), number::p_value(drift.p));
        facts.push(NamedText::new("Drift", format!("{change}{relative} over the run, p {p}")));
    }
    if let Some(shift) = &order.level_shift {
        let line = shift.line.map_or_else(String::new, |line| format!(" (line {line})"));
        let sample = number::count(shift.index + 1);
        let (before, after, p) = (scale.full(shift.before), scale.full(shift.after), number::p_value(shift.p));
        let text = format!("from sample {sample}{line} on the median is {after} instead of {before}, p {p}");
        facts.push(NamedText::new("Level shift", text));
    }
    facts
}

fn dependence(order: &Order, samples: Option<u64>) -> Option<NamedText> {
    let lag1 = order.lag1_autocorrelation?;
    let mut text = format!("lag-1 autocorrelation of ranks {}", number::plain(lag1));
    if let (Some(effective), Some(samples)) = (order.effective_sample_size, samples) {
        let worth = number::count(effective.round().max(0.0) as u64);
        text = format!("{text}; {} are worth {worth} independent ones", number::counted(samples, "sample"));
    }
    Some(NamedText::new("Dependence", text))
}

fn populations(modality: &Modality, scale: &Scale, say_one: bool) -> Option<NamedText> {
    let p = number::p_value(modality.p);
    let text = if modality.modes.len() > 1 {
        let mode = |mode: &Mode| format!("{} ({})", scale.full(mode.location), number::percent(mode.weight));
        let modes: Vec<String> = modality.modes.iter().map(mode).collect();
        format!("several modes: {}; dip test p {p}", modes.join(", "))
    } else if modality.p < MULTIMODAL_P {
        format!("not one population (dip test p {p}), but no separate modes were found")
    } else if say_one {
        format!("nothing speaks against one population (dip test p {p})")
    } else {
        return None;
    };
    Some(NamedText::new("Populations", text))
}
