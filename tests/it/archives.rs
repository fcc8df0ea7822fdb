//! Archives are read as the folders that they hold, and nothing in them gets out.

use std::fs::{self, File};
use std::io::{Cursor, Write};

use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::support::{Place, findings, fixtures};

/// Members by name.
type Members<'a> = &'a [(&'a str, Vec<u8>)];

fn zip_of(members: Members<'_>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default().compression_level(Some(9))).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn tar_of(members: Members<'_>) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // As it is, so that a name may lead anywhere.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        archive.append(&header, &bytes[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// The files of a fixture below `results/`.
fn results() -> Vec<(&'static str, Vec<u8>)> {
    let read = |name: &str| fs::read(fixtures().join(name)).unwrap();
    vec![
        ("results/memory_usage_metrics.csv", read("chat/memory_usage_metrics.csv")),
        ("results/deep/timeout_metrics.csv", read("chat/timeout_metrics.csv")),
        ("results/requests.csv.gz", gzip(&read("load/requests.csv"))),
        ("results/picture.png", b"\x89PNG".to_vec()),
        (".hidden/a.csv", b"a,b\n1,2\n".to_vec()),
    ]
}

/// A report without what names its sources.
fn without_names(mut report: Value, archive: &str) -> Vec<Value> {
    let names =
        |text: &str| text.replace(&format!("{archive}/results/deep/"), "").replace(&format!("{archive}/results/"), "");
    let mut parts: Vec<Value> = ["metrics", "requests"]
        .iter()
        .flat_map(|part| report[*part].as_array_mut().unwrap().drain(..).collect::<Vec<_>>())
        .map(|part| serde_json::from_str(&names(&part.to_string())).unwrap())
        .collect();
    for source in report["sources"].as_array().unwrap() {
        parts.push(serde_json::json!([source["digest"], source["bytes"], source["lines"], source["tables"]]));
    }
    parts
}

#[test]
fn an_archive_gives_the_numbers_of_the_folder_that_it_holds() {
    let place = Place::new();
    let results = results();
    for (name, bytes) in &results {
        place.write(&format!("plain/{name}"), bytes);
    }
    place.run("plain/results -q -o folder.json").exits(0);
    let folder = without_names(place.json("folder.json"), "nowhere");
    let tar = tar_of(&results);
    for (name, bytes) in [
        ("artifact.zip", zip_of(&results)),
        ("artifact.tar", tar.clone()),
        ("artifact.tar.gz", gzip(&tar)),
        ("artifact.tgz", gzip(&tar)),
        ("artifact.tar.zst", zstd::encode_all(&tar[..], 0).unwrap()),
    ] {
        place.write(name, &bytes);
        place.run(&format!("{name} -o a.json")).exits(0).says(&format!("{name}/results/memory_usage_metrics.csv"));
        let mut found = without_names(place.json("a.json"), name);
        // Members come in the order of their names, of which a folder's files are called by the end.
        let mut expected = folder.clone();
        let key = |part: &Value| part.to_string();
        found.sort_by_key(key);
        expected.sort_by_key(key);
        assert_eq!(found.len(), expected.len(), "{name}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{name}");
        }
        let report = place.json("a.json");
        let noted = findings(&report, "unread_file");
        assert!(noted.iter().any(|one| one["reasons"][0] == "other files in the archive: picture.png"), "{noted:?}");
        place.run(&format!("{name} --memory 64MiB -o b.json")).exits(0);
        assert_eq!(place.read("a.json"), place.read("b.json"), "{name}: the numbers are the same with any bound");
    }
    assert!(!place.path().join("results").exists(), "nothing is unpacked");
    // Archives of a folder are looked into.
    place.write("all/artifact.zip", zip_of(&results)).write("all/other.csv", "latency_ms\n1\n2\n");
    place.run("all -o -").exits(0).says("artifact.zip/results/requests.csv.gz").says("other.csv");
}

#[test]
fn a_member_pairs_with_the_file_of_a_folder_and_with_that_of_another_archive() {
    let place = Place::new();
    let read = |name: &str| fs::read(fixtures().join(name)).unwrap();
    let (before, after) = (read("compare/before.csv"), read("compare/after.csv"));
    let other = read("chat/timeout_metrics.csv");
    let side = |run: &[u8]| [("r/run.csv", run.to_vec()), ("r/timeout.csv", other.clone())];
    place.write("before.zip", zip_of(&side(&before))).write("after.tar", tar_of(&side(&after)));
    place.write("plain/run.csv", &after).write("plain/timeout.csv", &other);
    let archives = place.run("compare before.zip after.tar -o a.json");
    archives.exits(0);
    place.run("compare before.zip plain -o b.json").exits(0);
    place.run("after.tar --baseline before.zip -o c.json").exits(0);
    place.run("before.zip --save-baseline baseline.json").exits(0);
    place.run("after.tar --baseline baseline.json -o d.json").exits(0);
    let counts = place.json("a.json")["comparison"]["counts"].clone();
    assert!(counts["regressed"].as_u64() > Some(0) && counts["missing"] == 0 && counts["new"] == 0, "{counts}");
    for other in ["b.json", "c.json", "d.json"] {
        assert_eq!(place.json(other)["comparison"]["counts"], counts, "{other}");
    }
}

#[test]
fn what_unpacks_to_far_more_than_its_size_is_refused_with_the_ratio() {
    let place = Place::new();
    let mut zeros = b"latency_ms\n".to_vec();
    zeros.extend(b"100000000000000\n".repeat(2 << 20));
    place.write("bomb.zip", zip_of(&[("a.csv", zeros.clone())]));
    assert!(fs::metadata(place.path().join("bomb.zip")).unwrap().len() < 1 << 20);
    place.run("bomb.zip").exits(2).complains("more than 250 times its size");
    place.write("bomb.tgz", gzip(&tar_of(&[("a.csv", zeros)])));
    place.run("bomb.tgz").exits(2).complains("more than 250 times its size");
    assert!(place.files().iter().all(|name| name.starts_with("bomb")), "{:?}", place.files());
}

#[test]
fn unsafe_names_encrypted_members_and_links_are_noted_and_not_read() {
    let place = Place::new();
    let good = ("good.csv", b"latency_ms\n1\n2\n3\n".to_vec());
    let evil = b"latency_ms\n7\n7\n7\n".to_vec();
    let members = [good.clone(), ("../evil.csv", evil.clone()), ("/tmp/evil.csv", evil.clone())];
    let mut tar = tar::Builder::new(Vec::new());
    let mut link = tar::Header::new_ustar();
    link.set_entry_type(tar::EntryType::Symlink);
    link.set_path("link.csv").unwrap();
    link.set_link_name("/etc/passwd").unwrap();
    link.set_size(0);
    link.set_cksum();
    tar.append(&link, &[][..]).unwrap();
    let mut tar = tar.into_inner().unwrap();
    tar.truncate(512);
    tar.extend(tar_of(&members));
    place.write("a.zip", zip_of(&members)).write("a.tar", tar);
    for name in ["a.zip", "a.tar"] {
        place.run(&format!("{name} -o r.json")).exits(0).says("file passed over");
        let report = place.json("r.json");
        assert_eq!(report["sources"].as_array().unwrap().len(), 1, "{name}");
        let found = findings(&report, "unread_file");
        let says = |text: &str| found.iter().any(|finding| finding["reasons"][0].as_str().unwrap().contains(text));
        assert!(says("names lead out of the archive: ../evil.csv") && says("/tmp/evil.csv"), "{name} {found:?}");
        assert_eq!(says("links or devices in the archive: link.csv"), name == "a.tar", "{name} {found:?}");
    }
    assert!(!place.path().parent().unwrap().join("evil.csv").exists());
    // The bit that says that a password is needed, in the local header and in the directory.
    let mut encrypted = zip_of(&[good, ("secret.csv", evil)]);
    for (mark, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> =
            encrypted.windows(4).enumerate().filter(|(_, four)| *four == mark).map(|(at, _)| at).collect();
        encrypted[places[1] + flags] |= 1;
    }
    place.write("e.zip", encrypted);
    place.run("e.zip -o r.json").exits(0);
    let report = place.json("r.json");
    let found = findings(&report, "unread_file");
    assert!(found.iter().any(|finding| finding["severity"] == "suspicious"
        && finding["reasons"][0].as_str().unwrap().contains("encrypted members: secret.csv")));
}

#[test]
fn a_damaged_archive_says_so_and_what_can_be_read_of_it_is_read() {
    let place = Place::new();
    let results = results();
    let zip = zip_of(&results);
    place.write("cut.zip", &zip[..zip.len() / 2]);
    place.run("cut.zip").exits(2).complains("cannot be read as a ZIP archive");
    place.write("run.csv", "latency_ms\n1\n2\n3\n");
    place.run("run.csv cut.zip --keep-going").exits(0).says("cut.zip  file passed over");
    let tar = gzip(&tar_of(&results));
    place.write("cut.tar.gz", &tar[..tar.len() * 2 / 3]);
    place.run("cut.tar.gz").exits(0).says("cut.tar.gz").says("corrupted");
    // A byte of a member is another one: its checksum says so.
    let stored = zip_stored("a.csv", b"latency_ms\n1\n2\n3\n");
    place.write("sound.zip", &stored);
    place.run("sound.zip").exits(0);
    let at = stored.windows(4).position(|four| four == b"\n1\n2").unwrap() + 1;
    let mut wrong = stored;
    wrong[at] = b'9';
    place.write("wrong.zip", wrong);
    place.run("wrong.zip").exits(2).complains("its checksum is not the one that the archive states");
    // What has the ending and is none is read as before.
    place.write("none.zip", "latency_ms\n1\n2\n3\n");
    place.run("none.zip -o -").exits(0).says("none.zip");
    place.write("empty.zip", zip_of(&[("a.png", b"x".to_vec())]));
    place.run("empty.zip").exits(2).complains("no metrics files in this archive");
    place.run("sound.zip -o ./sound.zip --template report.md").exits(2).complains("one of the files to be read");
}

fn zip_stored(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file(name, options).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

#[cfg(target_os = "linux")]
#[test]
fn the_bound_on_memory_holds_for_members_too() {
    let place = Place::new();
    let mut rows = String::from("latency_ms,size\n");
    for index in 0..600_000_u64 {
        rows += &format!("{}.{},{}\n", 20 + index * 7919 % 613, index % 10, index * 31 % 9973);
    }
    place.write("big.tar.gz", gzip(&tar_of(&[("big.csv", rows.clone().into_bytes())])));
    place.write("big.csv", rows);
    let peak = |name: &str| {
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_perfreport"))
            .args([name, "--memory", "64MiB", "-q", "-o", "r.md"])
            .current_dir(place.path())
            .spawn()
            .unwrap();
        crate::support::peak_until_it_ends(&mut child)
    };
    let (plain, member) = (peak("big.csv"), peak("big.tar.gz"));
    assert!(member < plain + (16 << 10), "{member} kB of an archive, {plain} kB of the file");
    let _ = File::open(place.path().join("r.md")).unwrap();
}
