//! `gbps` where the file itself speaks of gigabytes, or of what processors, memory and disks do: people write it for both there.
//!
//! In: a table with units, and what stands above it. Out: the same, where such a rate has the unit that its row's bytes and seconds
//! give away, or none where only words contradict the name.

use crate::measure::unit::{Dimension, Unit};
use crate::table::{CellType, Role, Table, UnitChoice};

use super::name;
use super::vocabulary::Words;
use crate::ingest::options::SourceOptions;

/// Letters of a thousand and its powers, and how many they are.
const MULTIPLES: [(char, f64); 4] = [('k', 1e3), ('m', 1e6), ('g', 1e9), ('t', 1e12)];

/// Takes units away that the file contradicts.
pub(super) fn settle(table: &mut Table, above: &[String], options: &SourceOptions) {
    let metrics: Vec<usize> = table.columns_as(Role::Metric).collect();
    for index in metrics {
        let column = &table.columns[index];
        let given = options.column(&column.name).is_some_and(|given| given.unit.is_some());
        let Some((letter, factor)) = bits_by_name(&column.name).filter(|_| !given && column.cells.is_number()) else {
            continue;
        };
        if column.unit().dimension != Dimension::ByteRate || !column.unit().symbol.contains("bit") {
            continue;
        }
        let name = column.name.clone();
        let choice = if is_bytes_by_time(table, index, factor) {
            let unit = Unit::parse(&format!("{}B/s", written(letter))).unwrap_or(Unit::UNKNOWN);
            let reason = format!("`{name}` would be bits, but is bytes by seconds of the same rows");
            UnitChoice { unit, reason, assumed: false }
        } else if speaks_of_bytes(table, index, letter, above) {
            let reason =
                format!("`{name}` says bits, and the file speaks of {}B/s elsewhere: not stated", written(letter));
            UnitChoice { unit: Unit::UNKNOWN, reason, assumed: true }
        } else if name.contains(&format!("{letter}bps")) && may_be_either(table, letter, above) {
            let reason = format!("`{name}` in small letters may be bits as well as bytes here: not stated");
            UnitChoice { unit: Unit::UNKNOWN, reason, assumed: true }
        } else {
            continue;
        };
        table.columns[index].unit = Some(choice);
    }
}

/// `gbps` as it is written on the metric system, `k` small.
fn written(letter: char) -> char {
    if letter == 'k' { letter } else { letter.to_ascii_uppercase() }
}

/// The multiple of a name that ends in `gbps` or so.
fn bits_by_name(column: &str) -> Option<(char, f64)> {
    let words = name::words(name::leaf(column));
    let letter = words.iter().rev().find_map(|word| word.strip_suffix("bps").filter(|letter| letter.len() == 1))?;
    MULTIPLES.into_iter().find(|(known, _)| letter.starts_with(*known))
}

/// Whether nearly all rows hold bytes and seconds whose quotient is the rate.
fn is_bytes_by_time(table: &Table, index: usize, factor: f64) -> bool {
    const NEAR: f64 = 0.01;
    let of = |dimension: Dimension| {
        table.columns_as(Role::Metric).chain(table.columns_as(Role::Setting)).filter(move |other| {
            let column = &table.columns[*other];
            *other != index
                && column.cells.is_number()
                && unit_of(table, *other).is_some_and(|unit| unit.dimension == dimension)
        })
    };
    let values = table.values(index);
    let times: Vec<usize> = of(Dimension::Time).collect();
    of(Dimension::Bytes).any(|bytes| {
        times.iter().any(|time| {
            let (of_bytes, of_time) = (unit_of(table, bytes), unit_of(table, *time));
            let (Some(of_bytes), Some(of_time)) = (of_bytes, of_time) else { return false };
            let (mut known, mut near) = (0, 0);
            for row in 0..values.rows() {
                let numbers = (values.number(row), table.values(bytes).number(row), table.values(*time).number(row));
                let (Some(rate), Some(bytes), Some(time)) = numbers else { continue };
                let by_time = of_bytes.to_base(bytes) / of_time.to_base(time) / factor;
                known += 1;
                near += usize::from(rate > 0.0 && (by_time / rate - 1.0).abs() <= NEAR);
            }
            known >= 3 && 10 * near >= 9 * known
        })
    })
}

fn unit_of(table: &Table, index: usize) -> Option<Unit> {
    let column = &table.columns[index];
    column.unit.as_ref().map(|choice| choice.unit).or_else(|| name::read(&column.name).unit)
}

/// What links carry is counted in bits.
const LINKS: Words = Words::of(
    "net network networks link links iperf iperf3 netperf tcp udp sctp quic http mptcp tx rx retr retransmit retransmits retransmissions \
     jitter packet packets pkt pkts pps mtu mss cwnd congestion ping rtt iface interface nic eth ethernet wifi wlan lan wan vpn isp \
     upload download uplink downlink up down ul dl upstream downstream bitrate internet speedtest socket sockets port ip bit bits",
);
/// Beside these, a rate of data is that of a processor, a memory or a disk.
const MACHINES: Words = Words::of(
    "flops mflops gflops tflops cuda hip rocm gpu kernel kernels h2d d2h d2d hbm dram vram ddr sm gemm matmul copy memcpy memset memory mem \
     bytes byte triad disk ssd nvme hdd blocksize seqread seqwrite fio iops m k stride size sizes elements cache l1 l2 l3",
);

/// Whether nothing tells in which of both a rate is that is written in small letters: nothing speaks of a link, and `mbps` stands beside
/// what machines do. A bare `gbps` is written for both anywhere else.
fn may_be_either(table: &Table, letter: char, above: &[String]) -> bool {
    const MOST_TEXTS: usize = 200;
    let names = || table.columns.iter().map(|column| column.name.as_str());
    let labels = table.columns.iter().filter(|column| column.cells == CellType::Text);
    let labels = labels.flat_map(|column| column.dictionary.iter().take(MOST_TEXTS).map(String::as_str));
    let of_link = |text: &str| LINKS.among(&name::words(text)).is_some();
    if names().chain(labels).chain(above.iter().map(String::as_str)).any(of_link) {
        return false;
    }
    letter == 'g' || names().any(|name| MACHINES.among(&name::words(name)).is_some())
}

/// Whether another name, a text of the table, or a line above it speaks of bytes a second in that multiple, and none of bits.
fn speaks_of_bytes(table: &Table, index: usize, letter: char, above: &[String]) -> bool {
    const MOST_TEXTS: usize = 200;
    let upper = letter.to_ascii_uppercase();
    let lower = letter;
    let bytes = [
        format!("{upper}B/s"),
        format!("{upper}iB/s"),
        format!("{lower}B/s"),
        format!("{upper}B/sec"),
        format!("{upper}Bytes/s"),
    ];
    let bits = [format!("{upper}b/s"), format!("{upper}bit"), format!("{lower}bit")];
    let names =
        table.columns.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, column)| column.name.as_str());
    let texts =
        table.columns.iter().filter(|column| column.cells == CellType::Text && column.dictionary.len() <= MOST_TEXTS);
    let texts = texts.flat_map(|column| column.dictionary.iter().map(String::as_str));
    let said: Vec<&str> = names.chain(texts).chain(above.iter().map(String::as_str)).collect();
    let any = |known: &[String]| said.iter().any(|text| known.iter().any(|known| text.contains(known.as_str())));
    any(&bytes) && !any(&bits)
}
