//! What no sign outweighs: a name that says by itself that its numbers came out.

use crate::table::{CellType, Table};

use super::super::design;
use super::super::name::{self, NameMeaning};
use super::super::vocabulary::{self, Kind, Words};

/// Shares that are given: of a graph, a matrix, a query.
pub(super) const OF_INPUT: Words = Words::of("density sparsity selectivity skew fill");

/// Whether a name says by itself that its numbers came out: a time, a rate in a unit, a part of a whole, a statistic, what failed, how good
/// an answer was, how many were asked.
pub(super) fn stands(table: &Table, index: usize, said: &NameMeaning, words: &[String]) -> bool {
    const COME_OUT: [Words; 8] = [
        // How many were made, of which some may have failed.
        vocabulary::REQUESTS,
        vocabulary::TESTS,
        vocabulary::COMES_OUT,
        vocabulary::QUALITY,
        vocabulary::DERIVED,
        vocabulary::FAILED,
        vocabulary::STATUS,
        vocabulary::VALUE,
    ];
    let column = &table.columns[index];
    // `n_bytes`, `size (MB)`: an amount of data may have been chosen.
    let amount = said.kind == Some(Kind::Bytes) && vocabulary::PARAMETER.among(words).is_some();
    // `target_qps` is what was asked for, and not what was reached.
    let asked = said.kind == Some(Kind::Rate) && vocabulary::ASKED_FOR.among(words).is_some();
    let kind = match said.kind {
        None | Some(Kind::Count) => false,
        Some(Kind::Rate) => said.unit.is_some() && !asked,
        Some(Kind::Bytes) => said.unit.is_some() && !amount,
        Some(Kind::Share) => OF_INPUT.among(words).is_none() && !design::are_levels(table.values(index)),
        Some(Kind::Duration | Kind::RunLength | Kind::Other) => true,
    };
    kind || said.statistic.is_some() && !is_limit(words)
        || said.unit.is_some() && !matches!(said.kind, Some(Kind::Count | Kind::Share)) && !amount && !asked
        || !amount && name::in_unknown_unit(&column.name, said)
        || COME_OUT.iter().any(|known| known.among(words).is_some())
        || !matches!(column.cells, CellType::Integer | CellType::Decimal)
}

/// `max_tokens`, `max_new_tokens`, `max_model_len`, `max_batch_size`: the most that was allowed, and no largest of anything.
pub(super) fn is_limit(words: &[String]) -> bool {
    const OF: Words =
        Words::of("tokens token len length seqs iterations iters iter depth concurrency workers connections");
    const WHAT: Words =
        Words::of("new output model input prompt batched num total completion gen generated seq context");
    match words {
        [most, of, size] if most == "max" && size == "size" => {
            matches!(of.as_str(), "batch" | "pool" | "chunk" | "queue" | "block")
        }
        [most, between @ .., of] => most == "max" && OF.has(of) && between.iter().all(|word| WHAT.has(word)),
        _ => false,
    }
}
