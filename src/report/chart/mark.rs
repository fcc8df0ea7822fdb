//! Values marked in a plot, and where their labels stand.

use crate::report::number::Scale;

use super::axis::Axis;

/// Width of a plot on the narrowest screen, in CSS pixels; labels have to fit there.
pub(super) const NARROWEST: f64 = 328.0;
/// Width of a letter at the size of the labels, in CSS pixels, on the generous side.
pub(super) const LETTER: f64 = 6.8;
/// Room between a mark and its label, in CSS pixels.
pub(super) const GAP: f64 = 5.0;

/// A value marked in a plot.
pub(super) struct Mark {
    pub(super) share: f64,
    pub(super) class: &'static str,
    pub(super) text: String,
}

/// The values that lie on an axis as marks from left to right. Each comes with its name and its class.
pub(super) fn marks(axis: &Axis, scale: &Scale, values: &[(&str, &'static str, Option<f64>)]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = values
        .iter()
        .filter_map(|(name, class, value)| Some((name, class, value.filter(|value| axis.contains(*value))?)))
        .map(|(name, class, value)| Mark {
            share: axis.share(value),
            class,
            text: format!("{name} {}", scale.bare(value)),
        })
        .collect();
    marks.sort_by(|a, b| a.share.total_cmp(&b.share));
    marks
}

/// On which side of its mark a label stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelSide {
    Left,
    Right,
}

impl Mark {
    /// Share of the width that the label takes on the narrowest screen.
    fn width(&self) -> f64 {
        (self.text.chars().count() as f64 * LETTER + GAP) / NARROWEST
    }

    fn fits(&self, side: LabelSide) -> bool {
        match side {
            LabelSide::Right => self.share + self.width() <= 1.0,
            LabelSide::Left => self.share >= self.width(),
        }
    }

    pub(super) fn best_side(&self) -> LabelSide {
        if self.fits(LabelSide::Right) { LabelSide::Right } else { LabelSide::Left }
    }
}

/// Rows of labels from the top such that no line runs through a label: all on the right with the leftmost on top, or
/// all on the left with the rightmost on top. Where neither fits, each on the side that does.
pub(super) fn arranged(marks: &[Mark]) -> Vec<(&Mark, LabelSide)> {
    if marks.iter().all(|mark| mark.fits(LabelSide::Right)) {
        marks.iter().map(|mark| (mark, LabelSide::Right)).collect()
    } else if marks.iter().all(|mark| mark.fits(LabelSide::Left)) {
        marks.iter().rev().map(|mark| (mark, LabelSide::Left)).collect()
    } else {
        marks.iter().map(|mark| (mark, mark.best_side())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_runs_through_a_label_where_that_can_be_avoided() {
        let mark = |share: f64| Mark { share, class: "mark", text: "p95 98.25".to_owned() };
        let sides = |shares: &[f64]| -> Vec<(f64, LabelSide)> {
            let marks: Vec<Mark> = shares.iter().copied().map(mark).collect();
            arranged(&marks).into_iter().map(|(mark, side)| (mark.share, side)).collect()
        };
        assert_eq!(sides(&[0.2, 0.5]), [(0.2, LabelSide::Right), (0.5, LabelSide::Right)]);
        assert_eq!(sides(&[0.5, 0.95]), [(0.95, LabelSide::Left), (0.5, LabelSide::Left)]);
        assert_eq!(sides(&[0.05, 0.95]), [(0.05, LabelSide::Right), (0.95, LabelSide::Left)]);
    }
}
