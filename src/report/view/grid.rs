//! Benchmarks with two parameters as a grid: one across, the other down, the median in each cell.
//!
//! In: the labels of a metric whose groups are measured apart. Out: a grid for each benchmark of which exactly two parameters take
//! several values; parameters are known by their names (`[size=64, threads=4]`, `/size=64/threads:4`), nothing is guessed from bare
//! numbers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::numbers::shown;
use crate::report::contract::Metric;
use crate::report::escape::visible;
use crate::report::number::{self, ABSENT};

/// Values of a parameter at most.
const MOST_VALUES: usize = 12;
/// Shades of cells.
const SHADES: usize = 5;

/// A benchmark by two parameters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GridView {
    /// The benchmark, with the parameters that are the same everywhere.
    pub name: String,
    /// The parameter across, and its values.
    pub across: String,
    pub columns: Vec<String>,
    /// The parameter down.
    pub down: String,
    pub rows: Vec<GridRowView>,
}

/// A value of the parameter down.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GridRowView {
    pub name: String,
    pub cells: Vec<GridCellView>,
}

/// The median at two values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct GridCellView {
    pub text: String,
    /// From 1 to 5, by the logarithm of the median; 0 where there is none.
    pub shade: usize,
}

type Parameter<'a> = (&'a str, &'a str);
/// The parameters of a group, and its median.
type Configuration<'a> = (Vec<Parameter<'a>>, f64);

/// A label: what it is without parameters, and its parameters.
#[derive(Debug, PartialEq)]
struct Parts<'a> {
    base: String,
    parameters: Vec<Parameter<'a>>,
}

impl GridView {
    pub(super) fn all(metric: &Metric) -> Vec<Self> {
        if !metric.measured_apart {
            return Vec::new();
        }
        let mut benchmarks: Vec<(String, Vec<Configuration<'_>>)> = Vec::new();
        let labels = || metric.groups.iter().filter_map(|group| group.label.as_ref());
        let suffix = common_suffix(labels().map(|label| label.text.as_str()));
        for group in &metric.groups {
            let Some((label, median)) = group.label.as_ref().zip(shown(group).map(|summary| summary.median)) else {
                continue;
            };
            let parts = Parts::of(label.text.strip_suffix(suffix).unwrap_or(&label.text));
            match benchmarks.iter_mut().find(|(base, _)| *base == parts.base) {
                Some((_, cells)) => cells.push((parts.parameters, median)),
                None => benchmarks.push((parts.base, vec![(parts.parameters, median)])),
            }
        }
        benchmarks.iter().filter_map(|(base, cells)| Self::of(metric, base, cells)).collect()
    }

    fn of(metric: &Metric, base: &str, cells: &[Configuration<'_>]) -> Option<Self> {
        let names: Vec<&str> = cells.first()?.0.iter().map(|(name, _)| *name).collect();
        let same = |parameters: &[(&str, &str)]| parameters.iter().map(|(name, _)| *name).eq(names.iter().copied());
        if !cells.iter().all(|(parameters, _)| same(parameters)) {
            return None;
        }
        let values: Vec<Vec<&str>> = (0..names.len()).map(|place| values_at(cells, place)).collect();
        let varied: Vec<usize> = (0..names.len()).filter(|place| values[*place].len() > 1).collect();
        let [down, across] = varied[..] else { return None };
        let (rows, columns) = (&values[down], &values[across]);
        let mut found: BTreeMap<(&str, &str), f64> = BTreeMap::new();
        for (parameters, median) in cells {
            found.insert((parameters[down].1, parameters[across].1), *median);
        }
        // Each pair once, and hardly any of them missing: otherwise it is no grid.
        let fits = rows.len().max(columns.len()) <= MOST_VALUES && found.len() == cells.len();
        if !fits || 4 * found.len() < 3 * rows.len() * columns.len() {
            return None;
        }
        let positive = || found.values().copied().filter(|median| *median > 0.0);
        let ends = positive().min_by(f64::total_cmp).zip(positive().max_by(f64::total_cmp));
        let cell = |row: &str, column: &str| match found.get(&(row, column)) {
            Some(median) => {
                GridCellView { text: number::short(metric.dimension, *median), shade: shade(*median, ends) }
            }
            None => GridCellView { text: ABSENT.to_owned(), shade: 0 },
        };
        let fixed = (0..names.len()).filter(|place| !varied.contains(place));
        let fixed: Vec<String> = fixed.map(|place| format!("{}={}", names[place], values[place][0])).collect();
        let name = if fixed.is_empty() { base.to_owned() } else { format!("{base} [{}]", fixed.join(", ")) };
        Some(Self {
            name: visible(&name),
            across: visible(names[across]),
            columns: columns.iter().map(|value| visible(value)).collect(),
            down: visible(names[down]),
            rows: rows
                .iter()
                .map(|row| GridRowView {
                    name: visible(row),
                    cells: columns.iter().map(|column| cell(row, column)).collect(),
                })
                .collect(),
        })
    }
}

impl<'a> Parts<'a> {
    /// `name [a=1, b=2]`, or `name/a=1/b:2`.
    fn of(label: &'a str) -> Self {
        let named =
            |text: &'a str| text.split_once(['=', ':']).filter(|(name, value)| is_name(name) && !value.is_empty());
        if let Some((base, inside)) = label.strip_suffix(']').and_then(|rest| rest.rsplit_once(" [")) {
            let parameters: Option<Vec<Parameter<'_>>> = inside.split(", ").map(named).collect();
            if let Some(parameters) = parameters {
                return Self { base: base.to_owned(), parameters };
            }
        }
        let (parameters, rest): (Vec<&str>, Vec<&str>) = label.split('/').partition(|part| named(part).is_some());
        Self { base: rest.join("/"), parameters: parameters.into_iter().filter_map(named).collect() }
    }
}

/// What Go writes behind the name of every benchmark of a run: `-8` for eight processors.
fn common_suffix<'a>(mut labels: impl Iterator<Item = &'a str>) -> &'a str {
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let Some(first) = labels.next() else { return "" };
    let start = first.rfind('-').filter(|start| is_number(&first[start + 1..]));
    let suffix = start.map_or("", |start| &first[start..]);
    if labels.all(|label| label.ends_with(suffix)) { suffix } else { "" }
}

/// Whether a text is the name of a parameter.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter))
}

/// The values that a parameter takes: numbers ascending, other ones in order of appearance.
fn values_at<'a>(cells: &[Configuration<'a>], place: usize) -> Vec<&'a str> {
    let mut values: Vec<&str> = Vec::new();
    for (parameters, _) in cells {
        let value = parameters[place].1;
        if !values.contains(&value) {
            values.push(value);
        }
    }
    let numbers: Option<Vec<f64>> = values.iter().map(|value| value.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]));
        values = order.into_iter().map(|place| values[place]).collect();
    }
    values
}

fn shade(median: f64, ends: Option<(f64, f64)>) -> usize {
    let Some((least, most)) = ends.filter(|(least, most)| least < most && median > 0.0) else { return 1 };
    let share = (median / least).ln() / (most / least).ln();
    1 + ((share * (SHADES - 1) as f64).round() as usize).min(SHADES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_by_their_names() {
        for (label, base, parameters) in [
            ("sort [size=64, threads=4]", "sort", vec![("size", "64"), ("threads", "4")]),
            ("BenchmarkSort/n=64/procs:2", "BenchmarkSort", vec![("n", "64"), ("procs", "2")]),
            ("BM_Copy/64/threads:8", "BM_Copy/64", vec![("threads", "8")]),
            ("BM_Sort/4096/2", "BM_Sort/4096/2", vec![]),
            ("GET http://host:80/a", "GET http://host:80/a", vec![]),
            ("x [1 of 2]", "x [1 of 2]", vec![]),
        ] {
            let found = Parts::of(label);
            if label.starts_with("GET") {
                assert!(found.parameters.iter().all(|(name, _)| *name == "host"), "{label}: {found:?}");
                continue;
            }
            assert_eq!(found, Parts { base: base.to_owned(), parameters }, "{label}");
        }
    }

    #[test]
    fn processors_behind_every_name_are_no_part_of_a_value() {
        assert_eq!(common_suffix(["Sort/n=64/threads=1-8", "Sort/n=64/threads=2-8"].into_iter()), "-8");
        assert_eq!(common_suffix(["Sort/n=64-8", "Sort/n=64-2"].into_iter()), "");
        assert_eq!(common_suffix(["a-b", "c-b"].into_iter()), "");
    }

    #[test]
    fn values_stand_in_the_order_of_their_numbers_and_shades_by_their_size() {
        let cells = [(vec![("n", "128")], 1.0), (vec![("n", "16")], 1.0), (vec![("n", "64")], 1.0)];
        assert_eq!(values_at(&cells, 0), ["16", "64", "128"]);
        assert_eq!(values_at(&[(vec![("m", "b")], 1.0), (vec![("m", "a")], 1.0)], 0), ["b", "a"]);
        let ends = Some((1.0, 10_000.0));
        assert_eq!([1.0, 10.0, 100.0, 10_000.0].map(|median| shade(median, ends)), [1, 2, 3, 5]);
        assert_eq!((shade(2.0, Some((2.0, 2.0))), shade(0.0, ends)), (1, 1));
    }
}
