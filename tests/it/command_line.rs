//! What a person types: paths without a command, help of one screen, completions, manual pages.

use crate::support::{Place, fixture};

/// Every command with those below it, as one types them: those that have a manual page.
pub(crate) fn commands(place: &Place) -> Vec<String> {
    place.run("man --out pages").exits(0).says("pages into pages");
    let pages = std::fs::read_dir(place.path().join("pages")).unwrap();
    let names = pages.map(|page| page.unwrap().file_name().to_string_lossy().into_owned());
    let mut commands: Vec<String> = names
        .filter_map(|name| Some(name.strip_prefix("perfreport-")?.strip_suffix(".1")?.replace('-', " ")))
        .collect();
    commands.sort();
    assert!(commands.len() > 15, "{commands:?}");
    commands
}

/// A terminal of a usual size, with a line for the prompt.
const SCREEN: usize = 40;

/// What `--help-all` calls the options of a command.
fn options(help: &str) -> Vec<&str> {
    let begins = |line: &&str| line.trim_start().starts_with('-');
    let names =
        help.lines().filter(begins).filter_map(|line| line.split_whitespace().find(|word| word.starts_with("--")));
    names.map(|name| name.trim_end_matches(',')).collect()
}

#[test]
fn a_path_without_a_command_is_summarized_and_options_may_stand_before_it() {
    let file = fixture("load/requests.csv");
    let place = Place::new();
    let whole = place.run(&format!("summarize {file} -o whole.json"));
    whole.exits(0);
    for (name, words) in [
        ("a.json", format!("{file} -o a.json")),
        ("b.json", format!("-o b.json {file}")),
        ("c.json", format!("--threads 2 --output=c.json -- {file}")),
        ("d.json", format!("-q -od.json {file}")),
    ] {
        let run = place.run(&words);
        run.exits(0);
        assert_eq!(place.read(name), place.read("whole.json"), "{words}");
        let same = run.stdout.replace(name, "whole.json");
        assert!(same == whole.stdout || words.starts_with("-q") && same.is_empty(), "{words}\n{same}");
    }
    let piped = place.run_words(&["-", "-o", "-"], b"latency_ms\n1\n2\n3\n");
    assert!(piped.exits(0).stdout.contains("standard input"));
}

#[test]
fn a_word_that_is_neither_command_nor_path_gets_the_nearest_command() {
    let place = Place::new();
    let slip = place.run("sumarize run.csv");
    slip.exits(2).complains("sumarize: there is no such file and no such command; did you mean `summarize`?");
    place.run("-q chekc").exits(2).complains("did you mean `check`?");
    place.run("frobnicate").exits(2).complains("frobnicate: there is no such file").complains("perfreport --help");
    place.run("gone.csv").exits(2).complains("gone.csv: cannot be read");
    place.run("-o out.html").exits(2).complains("<PATH>...");
    place.run("").exits(2).complains("Options:");
    // A command wins over a file of its name, which a path reaches all the same.
    place.write("check", "latency_ms\n1\n2\n3\n");
    place.run("check").exits(2).complains("<PATH>...");
    place.run("./check -o -").exits(0).says("latency");
    place.write("frobnicate", "latency_ms\n1\n2\n3\n");
    place.run("frobnicate -o -").exits(0).says("latency");
}

#[test]
fn the_first_help_of_every_command_is_a_screen_and_the_whole_one_has_every_option() {
    let place = Place::new();
    let first = place.run("--help");
    assert!(first.exits(0).stdout.lines().count() <= SCREEN, "{}", first.stdout);
    assert!(first.stdout.lines().all(|line| line.chars().count() <= 100));
    let position = |word: &str| first.stdout.find(word).unwrap();
    assert!(position("--output") < position("Commands:") && position("Commands:") < position("Examples:"));
    let commands = commands(&place);
    for command in &commands {
        let few = place.run(&format!("{command} --help"));
        assert!(few.exits(0).stdout.lines().count() <= SCREEN, "{command}\n{}", few.stdout);
        assert_eq!(place.run(&format!("{command} -h")).stdout, few.stdout, "{command}");
        let all = place.run(&format!("{command} --help-all"));
        all.exits(0);
        for option in options(&few.stdout) {
            assert!(options(&all.stdout).contains(&option), "{command}: {option}");
        }
        assert_eq!(place.run(&format!("help {command}")).exits(0).stdout, all.stdout, "{command}");
    }
    let all = place.run("summarize --help-all").stdout;
    for option in ["--memory", "--slo", "--steady", "--show-session-data", "--undecided", "--tail-margin"] {
        assert!(options(&all).contains(&option), "{option}");
    }
    let listed = place.run("--help-all").stdout;
    for command in commands.iter().filter(|command| !command.contains(' ')) {
        assert!(listed.lines().any(|line| line.trim_start().starts_with(command.as_str())), "{command}");
    }
}

#[test]
fn a_shell_is_told_every_option() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.run(&format!("completions {shell}"));
        let script = &script.exits(0).stdout;
        for word in ["summarize", "completions", "save-baseline", "tail-margin", "show-session-data"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
    place.run("completions csh").exits(2).complains("bash");
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_and_the_options_of_a_path() {
    let place = Place::new();
    place.write("perfreport.bash", &place.run("completions bash").exits(0).stdout);
    let script = r#"
        source perfreport.bash || exit 1
        ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _perfreport perfreport "${!#}"; echo "${COMPREPLY[@]}"; }
        ask perfreport expo
        ask perfreport --save
        ask perfreport history rep
        ask perfreport compare --tail
    "#;
    let output = std::process::Command::new("bash").args(["-c", script]).current_dir(place.path()).output();
    // A machine without bash has nothing to complete for it.
    let Ok(output) = output else { return };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text, "export\n--save-baseline\nreport\n--tail-margin\n", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn every_command_has_a_manual_page_with_all_its_options() {
    let place = Place::new();
    let commands = commands(&place);
    for command in ["summarize", "check", "baseline add", "history report", "explain", "init", "man"] {
        assert!(commands.iter().any(|known| known == command), "{command}");
    }
    assert!(place.read("pages/perfreport.1").contains("perfreport\\-summarize(1)"));
    for command in &commands {
        let page = place.run(&format!("man {command}"));
        let page = &page.exits(0).stdout;
        assert_eq!(*page, place.read(&format!("pages/perfreport-{}.1", command.replace(' ', "-"))), "{command}");
        for option in options(&place.run(&format!("{command} --help-all")).stdout) {
            assert!(page.contains(&option.replace('-', "\\-")), "{command}: {option}");
        }
    }
    place.run("man sumarize").exits(2).complains("did you mean `summarize`?");
    let page = place.run("man summarize").stdout;
    assert!(page.contains("Delimiter of a delimited text"), "what the first help leaves out is told, too");
}

#[test]
fn every_word_of_a_report_is_explained_and_a_slip_finds_the_nearest() {
    let place = Place::new();
    let one = place.run("explain truncated last line");
    one.exits(0).says("truncated last line (a kind of finding)").says("The last line was cut off.").says("to do");
    assert_eq!(place.run("explain truncated_line").stdout, one.stdout);
    place.run("explain Undecided").exits(0).says("in the first line)").says("(of a target)").says("(of a gate)");
    // What is said of samples, and what a gate is asked for.
    for word in ["outlier", "outliers", "drift", "warm-up", "level shift", "goodput", "steady part", "incident"] {
        place.run(&format!("explain {word}")).exits(0).says("(of samples and runs)").says("to do");
    }
    for word in ["regression", "target", "corruption", "suspicious", "inconclusive"] {
        place.run(&format!("explain {word}")).exits(0).says("(what `--fail-on` looks for)");
    }
    place.run("explain truncted-last-line").exits(2).complains("did you mean `truncated last line`?");
    place.run("explain nonsense").exits(2).complains("`perfreport explain` lists every word");
    let list = place.run("explain");
    let words = ["center unchanged", "row of another table", "failing", "large", "acknowledged"];
    for word in words {
        list.exits(0).says(&format!("  {word} "));
    }
    let narrow = place.run_with(&["explain"], b"", &[("COLUMNS", "60")]);
    assert!(narrow.stdout.lines().all(|line| line.chars().count() <= 60), "{}", narrow.stdout);
}

#[test]
fn whoever_reads_of_a_finding_learns_where_more_is_said_where_a_small_window_has_room() {
    let place = Place::new();
    place.write("cut.csv", "name,latency_ms\na,1\nb,2\nc,3\nd,4\ne,5\nf");
    let run = place.run("cut.csv");
    run.exits(0).says("(perfreport explain truncated last line: what it means, and what to do)");
    assert!(run.stdout.lines().count() <= 25);
    let clean = place.write("clean.csv", "name,latency_ms\na,1\nb,2\nc,3\nd,4\ne,5\n").run("clean.csv");
    assert!(!clean.exits(0).stdout.contains("explain"), "{}", clean.stdout);
}
