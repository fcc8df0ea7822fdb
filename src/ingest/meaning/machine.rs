//! Facts of the machine among numbers: cores, clock rates, sizes of caches, numbers of models.
//!
//! In: a column of numbers among the others of its table. Out: its role, where all words of its name speak of a machine and its numbers
//! are the same in all rows, or the same for each text of a label. What differs from row to row was measured.

use std::collections::HashMap;

use crate::table::{CellType, Role, Table};

use super::vocabulary::Words;

/// Parts of a machine; one of them has to stand in the name.
const PART: Words = Words::of(
    "cpu cpus gpu gpus tpu npu processor processors core cores vcpu vcpus socket sockets numa cache l1 l2 l3 l1d l1i ram dram vram pcie \
     mhz ghz stepping microcode",
);
/// What else may stand in the name of a fact.
const OF_PART: Words = Words::of(
    "logical physical total installed family model number count num n per size max min base boost turbo clock freq frequency speed mhz ghz \
     khz kb mb gb kib mib gib bytes gen width lanes lane bus bits version host machine hw hardware system memory mem threads thread sm \
     compute capability major minor nominal cur current link core cache specs",
);
/// One of these has to be said of a part: `max_cpu` and `cpu_system` are shares of time.
const FACT: Words = Words::of(
    "cores vcpus count num number mhz ghz khz freq frequency clock family model stepping microcode sockets numa gen width lanes bits \
     capability logical physical",
);
/// Parts whose sizes are facts, and what is said of them then.
const CACHE: Words = Words::of("cache l1 l2 l3 l1d l1i");
const SIZE: Words = Words::of("size kb mb kib mib bytes");
/// Memory of a machine: whole, or a multiple of 1,024; what is used of it is neither.
const MEMORY: Words = Words::of("ram vram dram");
/// Names of processors' models in numbers, which stand alone beside other facts.
const ALONE: Words = Words::of("family stepping microcode");

/// The role of a fact of the machine.
pub(super) fn fact(table: &Table, index: usize, words: &[String]) -> Option<(Role, String)> {
    let speaks = speaks_of_fact(words) || is_memory(words) && table.values(index).all(is_size_of_memory);
    let alone = matches!(words, [only] if ALONE.has(only) || matches!(only.as_str(), "cores" | "mhz" | "ghz" | "vcpus"))
        || matches!(words, [clock, hertz] if clock == "clock" && matches!(hertz.as_str(), "hz" | "khz" | "mhz" | "ghz"))
        || matches!(words, [only] if only == "model")
            && table.columns[index].cells == CellType::Integer
            && has_fact_beside(table, index);
    if !speaks && !alone {
        return None;
    }
    let rows = usize::try_from(table.lines.rows()).ok()?;
    let values = table.values(index);
    // One row of numbers may be of a moment.
    let of_moment = words.iter().any(|word| {
        matches!(word.as_str(), "cur" | "current" | "freq" | "frequency" | "clock" | "mhz" | "ghz" | "speed")
    });
    let (low, high) = values.extremes()?;
    if rows == 1 {
        let limit = words.iter().any(|word| matches!(word.as_str(), "max" | "min" | "base" | "boost" | "nominal"));
        let is_fact = !of_moment && !is_memory(words) || limit || has_fact_beside(table, index);
        return is_fact.then(|| (Role::Unused, "a fact of the machine, not measured".to_owned()));
    }
    if low == high {
        if values.count() < rows {
            return Some((Role::Unused, "a fact of the machine, the same in all rows that have it".to_owned()));
        }
        return Some((Role::Setting, "the same fact of the machine in all rows".to_owned()));
    }
    // A clock that is read anew for every row wavers by a thousandth.
    let wavers = of_moment && high - low <= 0.01 * high && low > 100.0;
    if wavers && !super::design::has_clock(table, index) {
        return Some((Role::Unused, "a clock rate of the machine, the same within a hundredth in all rows".to_owned()));
    }
    let label = one_for_each_text(table, index, rows).filter(|_| speaks_of_fact(words) || alone)?;
    Some((Role::Unused, format!("a fact of the machine: each `{label}` has one")))
}

/// Whether all words speak of the machine, one of a part, and one of what is a fact of it.
fn speaks_of_fact(words: &[String]) -> bool {
    let any = |known: Words| words.iter().any(|word| known.has(word));
    let of_cache = any(CACHE) && any(SIZE);
    words.len() > 1 && any(PART) && (any(FACT) || of_cache) && words.iter().all(|word| is_of_machine(word))
}

/// Whether a name speaks of the memory that a machine has: `total_memory_gb`, `ram_gb`.
fn is_memory(words: &[String]) -> bool {
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    let of_all = any(&["total", "installed", "physical"]) && any(&["memory", "mem", "ram"]);
    let stated = words.last().is_some_and(|last| matches!(last.as_str(), "mb" | "gb" | "kb" | "mib" | "gib"));
    stated && (of_all || words.iter().any(|word| MEMORY.has(word))) && words.iter().all(|word| is_of_machine(word))
}

/// Whether a machine may have so much memory; what is used of it comes in no such numbers.
fn is_size_of_memory(number: f64) -> bool {
    number.fract() == 0.0 && number >= 1.0 && (number <= 2048.0 || number % 1024.0 == 0.0)
}

fn is_of_machine(word: &str) -> bool {
    PART.has(word) || OF_PART.has(word)
}

/// Whether another column of numbers speaks of the machine alone, too.
fn has_fact_beside(table: &Table, index: usize) -> bool {
    (0..table.columns.len()).any(|other| {
        let words = super::name::words(super::name::leaf(&table.columns[other].name));
        other != index && speaks_of_fact(&words)
    })
}

/// The label of which each text has one number, in several rows.
fn one_for_each_text(table: &Table, index: usize, rows: usize) -> Option<&str> {
    let values = table.values(index);
    let texts = table.columns.iter().enumerate().filter(|(_, column)| column.cells == CellType::Text);
    let mut found = texts.filter(|(other, column)| {
        let labels = column.dictionary.iter().filter(|text| !text.is_empty()).count();
        if labels < 2 || 2 * labels > rows {
            return false;
        }
        let codes = table.text_cells(*other);
        let mut number_of: HashMap<u32, u64> = HashMap::new();
        (0..rows).all(|row| match (codes.code(row), values.number(row)) {
            (Some(code), Some(number)) => *number_of.entry(code).or_insert(number.to_bits()) == number.to_bits(),
            _ => true,
        })
    });
    found.next().map(|(_, column)| column.name.as_str())
}
