//! The file of a digest: `perfreport-digest`, its version, the digest of the content, and the content, compressed.
//!
//! In: bytes of anybody. Out: a [`Digest`], and bytes of one, the same of the same. Refuses what is no digest, was cut or changed, was
//! written by a newer program, is larger than its bytes can be, or holds what no shards add up to.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::codec::{Fault, Reader, Writer};
use super::found::{FindingCounts, are_sound};
use super::parts::{Causes, Digest, Group, MOST_GROUPS, MOST_MEMBERS, NAMED_MEMBERS, Part};
use super::plan::Plan;
use super::refine::shown;
use super::time::TimeCounts;

/// What every digest begins with; a version and a new line follow.
const MAGIC: &[u8] = b"perfreport-digest ";
/// The version that is written; those before are read, too.
const VERSION: u64 = 2;
/// Bytes of a BLAKE3 digest.
const HASH: usize = 32;
/// Content that a digest may have, be it written as few bytes or many: 10,000 shards and a thousand groups stay far below.
const MOST_CONTENT: u64 = 256 << 20;
const TOO_LARGE: &str = "its content is larger than that of any digest";
/// Twice the effort gives a few per cent.
const LEVEL: i32 = 3;

/// Why bytes are no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// They are something else.
    #[error("this is no digest of perfreport; make one with `perfreport digest FILE -o x.digest`")]
    NoDigest,
    /// It was written by a newer program.
    #[error("this digest is of version {0}, which a newer perfreport has written; this one reads version {VERSION}")]
    Newer(u64),
    /// It was cut, or changed.
    #[error("this digest is damaged: {0}; make it again from its shard")]
    Damaged(&'static str),
    /// It says what no shards add up to.
    #[error("this digest was not written by perfreport, or was changed: {0}")]
    Impossible(String),
}

/// What stands before the numbers, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    plan: Plan,
    parts: Vec<Part>,
    causes: Causes,
    found: FindingCounts,
}

/// Whether bytes begin as a digest does.
pub(crate) fn sniff(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

impl Digest {
    /// Its file.
    ///
    /// # Errors
    /// Where it is too large, or the compressor has no memory left.
    pub fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        packed(&self.content())
    }

    pub(super) fn content(&self) -> Vec<u8> {
        let head = Head {
            plan: self.plan.clone(),
            parts: self.parts.values().cloned().collect(),
            causes: self.causes.clone(),
            found: self.found.clone(),
        };
        let names = names_of(&head.parts);
        let place = |name: &str| names.binary_search(&name).unwrap_or_default();
        let mut writer = Writer::default();
        // Nothing in it is a map whose keys are no texts, and every number in it is finite.
        writer.text(&serde_json::to_vec(&head).unwrap_or_default());
        writer.time(&self.time);
        for groups in &self.groups {
            writer.number(groups.len() as u128);
            for (name, group) in groups {
                writer.text(name.as_bytes());
                writer.number(group.members.len() as u128);
                group.members.iter().for_each(|member| writer.bytes.extend(member.to_le_bytes()));
                writer.number(group.examples.len() as u128);
                group.examples.iter().for_each(|example| writer.text(example.as_bytes()));
                writer.number(u128::from(group.corrupted));
                group.outcomes.iter().for_each(|count| writer.number(u128::from(*count)));
                writer.numbers(&group.others, &place);
                writer.numbers(&group.failed, &place);
            }
        }
        if let Some(refinement) = &self.refinement {
            writer.refinement(refinement);
        }
        writer.bytes
    }

    /// Reads a file.
    ///
    /// # Errors
    /// Where it is none, or is not whole.
    pub fn parse(bytes: &[u8]) -> Result<Self, DigestError> {
        let content = opened(bytes)?;
        Self::of_content(&content).map_err(DigestError::Impossible)
    }

    fn of_content(content: &[u8]) -> Result<Self, String> {
        let mut reader = Reader { left: content };
        let head: Head = serde_json::from_slice(reader.text()?).map_err(|error| error.to_string())?;
        if !head.plan.is_known() {
            return Err("its plan is of another version".to_owned());
        }
        if !are_sound(&head.found) || !head.causes.are_sound() {
            return Err("its findings or causes are not as perfreport writes them".to_owned());
        }
        let keys: Vec<(String, String)> = head.parts.iter().map(Part::key).collect();
        if head.parts.is_empty() || !keys.is_sorted_by(|a, b| a < b) {
            return Err("its shards are not as perfreport writes them".to_owned());
        }
        let twice =
            keys.windows(2).zip(&head.parts[1..]).any(|(pair, part)| pair[0].0 == pair[1].0 && part.rows_read > 0);
        if twice {
            return Err("a shard is in it twice".to_owned());
        }
        let names = names_of(&head.parts);
        let time = reader.time()?;
        let names: Vec<Arc<str>> = names.into_iter().map(Arc::from).collect();
        let groups = head.plan.metrics.iter().map(|_| reader.groups(&names)).collect::<Result<_, Fault>>()?;
        // Answers stand behind all the rest, where there are any.
        let refinement = if reader.left.is_empty() { None } else { Some(reader.refinement()?) };
        if !reader.left.is_empty() {
            return Err("something stands behind its end".to_owned());
        }
        let parts = keys.into_iter().zip(head.parts).collect();
        let digest = Self { plan: head.plan, parts, groups, causes: head.causes, time, found: head.found, refinement };
        shown::check(&digest)?;
        Ok(digest)
    }
}

/// The file of a content, whatever that is.
///
/// # Errors
/// Where it is too large, or the compressor has no memory left.
pub fn packed(content: &[u8]) -> std::io::Result<Vec<u8>> {
    if content.len() as u64 > MOST_CONTENT {
        return Err(std::io::Error::other("the digest is larger than 256 MiB: group by something with fewer labels"));
    }
    let mut bytes = MAGIC.to_vec();
    bytes.extend(format!("{VERSION}\n").bytes());
    bytes.extend(blake3::hash(content).as_bytes());
    bytes.extend(zstd::bulk::compress(content, LEVEL)?);
    Ok(bytes)
}

/// The names of shards in their order, each once.
fn names_of(parts: &[Part]) -> Vec<&str> {
    let mut names: Vec<&str> = parts.iter().map(|part| part.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The content of a file whose version and digest are right.
fn opened(bytes: &[u8]) -> Result<Vec<u8>, DigestError> {
    const CUT: DigestError = DigestError::Damaged("it ends in the middle");
    let rest = bytes.strip_prefix(MAGIC).ok_or(DigestError::NoDigest)?;
    let line = rest.iter().take(20).position(|byte| *byte == b'\n').ok_or(CUT)?;
    let version = std::str::from_utf8(&rest[..line]).ok().and_then(|text| text.parse::<u64>().ok());
    match version.ok_or(DigestError::NoDigest)? {
        1..=VERSION => {}
        newer if newer > VERSION => return Err(DigestError::Newer(newer)),
        _ => return Err(DigestError::NoDigest),
    }
    let (hash, compressed) = rest[line + 1..].split_at_checked(HASH).ok_or(CUT)?;
    let (mut content, mut left) = (Vec::new(), compressed);
    let unpacked = zstd::Decoder::with_buffer(&mut left)
        .and_then(|decoder| decoder.single_frame().take(MOST_CONTENT + 1).read_to_end(&mut content));
    if content.len() as u64 > MOST_CONTENT {
        return Err(DigestError::Damaged(TOO_LARGE));
    }
    match unpacked {
        Ok(_) if !left.is_empty() => Err(DigestError::Damaged("something stands behind its end")),
        Ok(_) if blake3::hash(&content).as_bytes() == hash => Ok(content),
        Ok(_) => Err(DigestError::Damaged("its content is not what was written")),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(CUT),
        Err(_) => Err(DigestError::Damaged("its content cannot be unpacked")),
    }
}

impl Writer {
    fn time(&mut self, time: &TimeCounts) {
        let (flags, instants, counts) = time.stored();
        self.number(counts.len() as u128);
        if time.is_empty() {
            return;
        }
        self.number(u128::from(flags));
        for instant in instants {
            self.signed(i128::from(instant));
        }
        let mut before = 0;
        for (number, rows, failed) in counts {
            self.signed(i128::from(number) - before);
            before = i128::from(number);
            self.number(u128::from(rows));
            self.number(u128::from(failed));
        }
    }
}

impl Reader<'_> {
    fn time(&mut self) -> Result<TimeCounts, Fault> {
        const FAULT: Fault = "its rows over time are not as perfreport writes them";
        let count = self.count(u64::from(u16::MAX), FAULT)?;
        if count == 0 {
            return Ok(TimeCounts::default());
        }
        let flags = self.number()?;
        let mut instants = [0; 4];
        for instant in &mut instants {
            *instant = i64::try_from(self.signed()?).map_err(|_| FAULT)?;
        }
        let (mut counts, mut before) = (Vec::new(), 0_i128);
        for _ in 0..count {
            before = before.checked_add(self.signed()?).ok_or(FAULT)?;
            counts.push((i64::try_from(before).map_err(|_| FAULT)?, self.number()?, self.number()?));
        }
        TimeCounts::of_stored(flags, instants, &counts).ok_or(FAULT)
    }

    fn groups(&mut self, names: &[Arc<str>]) -> Result<BTreeMap<String, Group>, Fault> {
        const ORDER: Fault = "its groups are not as perfreport writes them";
        let count = self.count(MOST_GROUPS as u64, "it has more groups than perfreport writes")?;
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        for _ in 0..count {
            let name = self.words()?;
            if groups.last_key_value().is_some_and(|(last, _)| *last >= name) {
                return Err(ORDER);
            }
            let mut group = Group::default();
            for _ in 0..self.count(MOST_MEMBERS as u64, ORDER)? {
                let (member, left) = self.left.split_first_chunk().ok_or(ORDER)?;
                self.left = left;
                let member = u64::from_le_bytes(*member);
                if group.members.last().is_some_and(|last| *last >= member) {
                    return Err(ORDER);
                }
                group.members.insert(member);
            }
            for _ in 0..self.count(NAMED_MEMBERS as u64, ORDER)? {
                let example = self.words()?;
                if group.examples.last().is_some_and(|last| *last >= example) {
                    return Err(ORDER);
                }
                group.examples.insert(example);
            }
            group.corrupted = self.number()?;
            for count in &mut group.outcomes {
                *count = self.number()?;
            }
            group.others = self.numbers(names)?;
            group.failed = self.numbers(names)?;
            groups.insert(name, group);
        }
        Ok(groups)
    }
}
