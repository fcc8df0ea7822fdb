//! Which line each row of a table came from.
//!
//! In: the line of one row after the other; lines never decrease. Out: the line of any row, and the ranges of lines that a
//! table covers. Rows mostly come from consecutive lines, so that a stretch of millions is a few words; where tables take
//! turns line by line, two bytes a row.

use crate::table::stretch::PART;

/// The line of every row of a table.
#[derive(Debug, Clone, Default)]
pub struct LineMap {
    parts: Vec<Lines>,
    rows: u64,
    /// The stretch of the row before: its first row, that row's line, and by how much lines advance.
    last: Option<(u64, u64, u64)>,
}

/// The lines of [`PART`] rows.
#[derive(Debug, Clone)]
enum Lines {
    Stretches(Vec<Stretch>),
    /// How far behind the first line each row's line is.
    Near(u64, Box<[u16]>),
    Far(u64, Box<[u32]>),
}

/// Rows whose lines advance by a constant step.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// First row, within the part.
    row: u32,
    step: u32,
    line: u64,
    /// Whether it goes on from the part before.
    continues: bool,
}

/// More stretches in a part take more room than its rows.
const MOST_STRETCHES: usize = PART / 8;

impl LineMap {
    /// Records the line of the next row. Lines of a file never decrease from row to row.
    pub fn push(&mut self, line: u64) {
        let row = self.rows;
        self.rows += 1;
        if let Some((first, at, step)) = &mut self.last {
            let offset = row - *first;
            // The second row of a stretch decides its step; a new table or a comment breaks it later.
            if offset == 1 && line >= *at && (line - *at <= 1 || row == 1) && u32::try_from(line - *at).is_ok() {
                *step = line - *at;
                let step = *step as u32;
                if row.is_multiple_of(PART as u64) {
                    self.add(row, line, step, true);
                } else if let Some(Lines::Stretches(stretches)) = self.parts.last_mut()
                    && let Some(last) = stretches.last_mut()
                {
                    last.step = step;
                }
                return;
            }
            if offset != 1 && *at + offset * *step == line {
                let step = *step as u32;
                if row.is_multiple_of(PART as u64) {
                    self.add(row, line, step, true);
                }
                return;
            }
        }
        self.last = Some((row, line, 1));
        self.add(row, line, 1, false);
    }

    fn add(&mut self, row: u64, line: u64, step: u32, continues: bool) {
        let within = row % PART as u64;
        if within == 0 {
            self.close();
            self.parts.push(Lines::Stretches(Vec::new()));
        }
        if let Some(Lines::Stretches(stretches)) = self.parts.last_mut() {
            stretches.push(Stretch { row: within as u32, step, line, continues });
        }
    }

    /// Holds the lines of a part that is complete as narrowly as possible.
    fn close(&mut self) {
        let Some(last) = self.parts.last_mut() else { return };
        let Lines::Stretches(stretches) = last else { return };
        if stretches.len() <= MOST_STRETCHES {
            stretches.shrink_to_fit();
            return;
        }
        let lines: Vec<u64> = (0..PART as u32).map(|row| line_in(stretches, row)).collect();
        let first = lines[0];
        let far = lines[PART - 1] - first;
        if u16::try_from(far).is_ok() {
            *last = Lines::Near(first, lines.iter().map(|line| (line - first) as u16).collect());
        } else if u32::try_from(far).is_ok() {
            *last = Lines::Far(first, lines.iter().map(|line| (line - first) as u32).collect());
        }
    }

    /// Records the lines of the next rows, which stand on consecutive lines from `line` on.
    pub fn push_run(&mut self, line: u64, rows: u64) {
        let mut offset = 0;
        while offset < rows {
            self.push(line + offset);
            offset += 1;
            let row = self.rows;
            let settled =
                |(first, at, step): (u64, u64, u64)| step == 1 && row - first > 1 && row - first + at == line + offset;
            if self.last.is_some_and(settled) {
                // Up to the border of a part nothing else has to be noted.
                let free = (PART as u64 - row % PART as u64) % PART as u64;
                let more = free.min(rows - offset);
                self.rows += more;
                offset += more;
            }
        }
    }

    /// The line of a row.
    pub fn line(&self, row: u64) -> Option<u64> {
        if row >= self.rows {
            return None;
        }
        let within = (row % PART as u64) as u32;
        Some(match self.parts.get((row / PART as u64) as usize)? {
            Lines::Stretches(stretches) => line_in(stretches, within),
            Lines::Near(first, far) => first + u64::from(*far.get(within as usize)?),
            Lines::Far(first, far) => first + u64::from(*far.get(within as usize)?),
        })
    }

    /// First and last line of each stretch of consecutive rows.
    pub fn ranges(&self) -> Vec<(u64, u64)> {
        self.first_ranges(usize::MAX).0
    }

    /// The first so many of the [`ranges`](Self::ranges), and how many more there are.
    pub fn first_ranges(&self, most: usize) -> (Vec<(u64, u64)>, u64) {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        let (mut open, mut more): (Option<(u64, u64)>, u64) = (None, 0);
        let mut close = |range: Option<(u64, u64)>| {
            if ranges.len() < most { ranges.extend(range) } else { more += u64::from(range.is_some()) }
        };
        let mut add = |first: u64, last: u64, continues: bool| match &mut open {
            Some(range) if continues || first <= range.1 + 1 => range.1 = last,
            _ => close(open.replace((first, last))),
        };
        for (index, part) in self.parts.iter().enumerate() {
            let rows = (self.rows - (index * PART) as u64).min(PART as u64);
            match part {
                Lines::Stretches(stretches) => {
                    for (number, stretch) in stretches.iter().enumerate() {
                        let next = stretches.get(number + 1).map_or(rows, |next| u64::from(next.row));
                        let last = stretch.line + (next - u64::from(stretch.row) - 1) * u64::from(stretch.step);
                        add(stretch.line, last, stretch.continues);
                    }
                }
                Lines::Near(first, far) => far.iter().for_each(|far| {
                    let line = first + u64::from(*far);
                    add(line, line, false);
                }),
                Lines::Far(first, far) => far.iter().for_each(|far| {
                    let line = first + u64::from(*far);
                    add(line, line, false);
                }),
            }
        }
        close(open);
        (ranges, more)
    }

    /// Rows recorded.
    pub fn rows(&self) -> u64 {
        self.rows
    }
}

fn line_in(stretches: &[Stretch], row: u32) -> u64 {
    let after = stretches.partition_point(|stretch| stretch.row <= row);
    let Some(stretch) = after.checked_sub(1).and_then(|before| stretches.get(before)) else { return 0 };
    stretch.line + u64::from(row - stretch.row) * u64::from(stretch.step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(map: &LineMap) -> Vec<u64> {
        (0..map.rows()).filter_map(|row| map.line(row)).collect()
    }

    #[test]
    fn lines_survive_gaps_and_steps() {
        for lines in [
            vec![2, 3, 4, 84, 85, 166, 170, 174],
            vec![1],
            vec![5, 5, 5, 6],
            vec![3, 8, 13, 18, 19, 20],
            vec![2, 4, 5, 6, 9, 12],
            (1..100).collect(),
            (1..200_000).collect(),
            (1..200_000).map(|line| 5 * line).collect(),
            (1..200_000).map(|line| line / 3 * 7 + line % 3).collect(),
            (1..200_000)
                .map(|line| line / 30 * 70_000 + line % 2)
                .scan(0, |most: &mut u64, line| {
                    *most = line.max(*most);
                    Some(*most)
                })
                .collect(),
        ] {
            let mut map = LineMap::default();
            for &line in &lines {
                map.push(line);
            }
            assert_eq!(back(&map), lines);
            assert_eq!(map.line(map.rows()), None);
        }
    }

    #[test]
    fn ranges_join_stretches_that_touch() {
        let ranges = |lines: &mut dyn Iterator<Item = u64>| {
            let mut map = LineMap::default();
            lines.for_each(|line| map.push(line));
            map.ranges()
        };
        assert_eq!(ranges(&mut [2, 3, 4, 84, 85, 86].into_iter()), vec![(2, 4), (84, 86)]);
        assert_eq!(ranges(&mut (2..200_000)), vec![(2, 199_999)]);
        assert_eq!(ranges(&mut (0..200_000).map(|row| 3 + 5 * row)), vec![(3, 3 + 5 * 199_999)]);
        assert_eq!(ranges(&mut (0..100_000).map(|row| row + row / 2)).len(), 50_000);
    }

    #[test]
    fn runs_are_many_lines() {
        for runs in [
            vec![(2, 5), (8, 1), (10, 1), (12, 3)],
            vec![(1, 1), (3, 4), (7, 100)],
            vec![(5, 2), (7, 2)],
            vec![(2, 65_536), (65_538, 1), (65_539, 70_000), (200_000, 65_000), (265_001, 600)],
        ] {
            let (mut one, mut many) = (LineMap::default(), LineMap::default());
            for (line, rows) in runs {
                many.push_run(line, rows);
                (line..line + rows).for_each(|line| one.push(line));
            }
            assert_eq!(one.rows(), many.rows());
            assert_eq!(one.ranges(), many.ranges());
            assert_eq!(back(&one), back(&many));
        }
    }
}
