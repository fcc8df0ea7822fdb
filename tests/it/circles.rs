//! Which file of the crate uses names of which other file, read from its text: `use` lines and paths, without tests.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::path::Path;

/// A module from the root of the crate, or a path to a name in one.
type Segments = Vec<String>;

#[derive(Clone, PartialEq, Eq, Debug)]
enum Token {
    Word(String),
    /// `::`
    Separator,
    Mark(char),
}

use Token::{Mark, Separator, Word};

/// Words and marks of a source text; comments are left out, strings and characters become a mark.
fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let (c, next) = (chars[at], chars.get(at + 1).copied().unwrap_or(' '));
        if c == '/' && next == '/' {
            at += chars[at..].iter().take_while(|c| **c != '\n').count();
        } else if c == '/' && next == '*' {
            let rest: String = chars[at..].iter().collect();
            at += rest.find("*/").map_or(rest.chars().count(), |end| rest[..end].chars().count() + 2);
        } else if c == '"' {
            at += 1;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            found.push(Mark('"'));
        } else if c == 'r' && (next == '"' || next == '#') && raw_string(&chars[at + 1..]).is_some() {
            at += 1 + raw_string(&chars[at + 1..]).unwrap();
            found.push(Mark('"'));
        } else if c == '\'' && (next == '\\' || chars.get(at + 2) == Some(&'\'')) {
            at += 2 + usize::from(next == '\\');
            at += chars[at..].iter().take_while(|c| **c != '\'').count() + 1;
            found.push(Mark('"'));
        } else if is_word(c) {
            let word: String = chars[at..].iter().copied().take_while(|c| is_word(*c)).collect();
            at += word.chars().count();
            found.push(Word(word));
        } else if c == ':' && next == ':' {
            at += 2;
            found.push(Separator);
        } else {
            at += 1;
            if !c.is_whitespace() {
                found.push(Mark(c));
            }
        }
    }
    found
}

/// The length of a raw string from behind its `r`.
fn raw_string(chars: &[char]) -> Option<usize> {
    let hashes = chars.iter().take_while(|c| **c == '#').count();
    if chars.get(hashes) != Some(&'"') {
        return None;
    }
    let mut at = hashes + 1;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    None
}

/// What stands between brackets, braces or parentheses from `at` on is passed over.
fn behind_group(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < tokens.len() {
        match tokens[at] {
            Mark('(' | '[' | '{') => depth += 1,
            Mark(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// The tokens without the items that only tests have, and the modules declared among those.
fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let word = |text: &str| Word(text.to_owned());
    let attribute = [Mark('#'), Mark('['), word("cfg"), Mark('('), word("test"), Mark(')'), Mark(']')];
    let (mut kept, mut modules, mut at) = (Vec::new(), Vec::new(), 0);
    while at < tokens.len() {
        if !tokens[at..].starts_with(&attribute) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += attribute.len();
        while tokens.get(at) == Some(&Mark('#')) {
            at = behind_group(tokens, at + 1);
        }
        while at < tokens.len() {
            match &tokens[at] {
                Mark(';') => {
                    at += 1;
                    break;
                }
                Mark('{') => {
                    at = behind_group(tokens, at);
                    break;
                }
                Mark('(' | '[') => at = behind_group(tokens, at),
                Word(keyword) if keyword == "mod" => {
                    if let (Some(Word(name)), Some(Mark(';'))) = (tokens.get(at + 1), tokens.get(at + 2)) {
                        modules.push(name.clone());
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }
    (kept, modules)
}

struct File {
    name: String,
    module: Segments,
    /// Paths from the root of the crate that stand in it.
    paths: Vec<Segments>,
    /// What a name that is imported here stands for.
    imports: HashMap<String, Segments>,
    /// Names that it only hands on from its own children.
    handed_on: HashSet<String>,
    /// Words that may stand for an imported name: types, and functions that are called.
    words: HashSet<String>,
    tests: Vec<Segments>,
}

/// The files of the crate and which names they use of each other.
pub(crate) struct House {
    files: HashMap<Segments, File>,
    /// From one file to another: the names.
    pub(crate) arrows: BTreeMap<(String, String), BTreeSet<String>>,
}

impl House {
    /// From names of files inside of `src`, and their texts.
    pub(crate) fn new(sources: &[(String, String)]) -> Self {
        let modules: HashSet<Segments> = sources.iter().map(|(name, _)| module(name)).collect();
        let mut files: Vec<File> = sources.iter().map(|(name, text)| File::read(name, text, &modules)).collect();
        let tests: Vec<Segments> = files.iter().flat_map(|file| file.tests.clone()).collect();
        files.retain(|file| !tests.iter().any(|test| file.module.starts_with(test)) && file.name != "main.rs");
        let files = files.into_iter().map(|file| (file.module.clone(), file)).collect();
        let mut house = Self { files, arrows: BTreeMap::new() };
        for file in house.files.values() {
            for path in &file.paths {
                if let Some((to, name)) = house.home(path, 0)
                    && to != file.name
                {
                    house.arrows.entry((file.name.clone(), to)).or_default().insert(name);
                }
            }
        }
        house
    }

    /// The file in which a path ends, through the imports of those on the way, and the name there.
    fn home(&self, path: &[String], depth: usize) -> Option<(String, String)> {
        let (length, file) =
            (0..=path.len()).rev().find_map(|length| Some((length, self.files.get(&path[..length])?)))?;
        // A module that is only brought into reach: what is used of it stands in other paths.
        let name = path.get(length)?;
        if let Some(import) = file.imports.get(name)
            && depth < 10
        {
            let further: Segments = import.iter().chain(&path[length + 1..]).cloned().collect();
            return self.home(&further, depth + 1);
        }
        Some((file.name.clone(), name.clone()))
    }

    /// The shortest circle of files, with the names that tie them.
    pub(crate) fn circle(&self, tolerated: &[(&str, &str)]) -> Option<String> {
        let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (from, to) in self.arrows.keys() {
            if !tolerated.contains(&(from, to)) {
                users.entry(from).or_default().push(to);
            }
        }
        let circles = users.keys().filter_map(|start| back_to(start, &users));
        let shortest = circles.min_by_key(Vec::len)?;
        let steps = shortest.iter().zip(shortest.iter().cycle().skip(1)).map(|(from, to)| {
            let names = &self.arrows[&((*from).to_owned(), (*to).to_owned())];
            format!("{from} uses {} of {to}", names.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        });
        Some(steps.collect::<Vec<_>>().join("\n"))
    }
}

/// The shortest way from a file back to itself.
fn back_to<'a>(start: &'a str, users: &BTreeMap<&'a str, Vec<&'a str>>) -> Option<Vec<&'a str>> {
    let mut ways: VecDeque<Vec<&str>> = VecDeque::from([vec![start]]);
    let mut seen = HashSet::new();
    while let Some(way) = ways.pop_front() {
        for to in way.last().and_then(|last| users.get(last)).into_iter().flatten() {
            if *to == start {
                return Some(way);
            }
            if seen.insert(*to) {
                ways.push_back(way.iter().copied().chain([*to]).collect());
            }
        }
    }
    None
}

fn module(name: &str) -> Segments {
    let path = Path::new(name).with_extension("");
    let mut segments: Segments = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if matches!(segments.last().map(String::as_str), Some("mod" | "lib")) {
        segments.pop();
    }
    segments
}

impl File {
    fn read(name: &str, text: &str, modules: &HashSet<Segments>) -> Self {
        let (tokens, tests) = without_tests(&tokens(text));
        let module = module(name);
        let tests = tests.into_iter().map(|test| module.iter().cloned().chain([test]).collect()).collect();
        let mut file = Self {
            name: name.to_owned(),
            module: module.clone(),
            paths: Vec::new(),
            imports: HashMap::new(),
            handed_on: HashSet::new(),
            words: HashSet::new(),
            tests,
        };
        // The imports come first, because what stands above them may use them.
        file.walk(&tokens, modules, true);
        file.walk(&tokens, modules, false);
        let unused = |name: &String| file.handed_on.contains(name) && !file.words.contains(name);
        let imports: Vec<Segments> =
            file.imports.iter().filter(|(name, _)| !unused(name)).map(|(_, path)| path.clone()).collect();
        file.paths.extend(imports);
        file
    }

    fn walk(&mut self, tokens: &[Token], modules: &HashSet<Segments>, imports: bool) {
        let mut context = self.module.clone();
        // The braces around each module that stands in the file.
        let (mut inner, mut depth, mut at) = (Vec::new(), 0_usize, 0);
        while at < tokens.len() {
            match &tokens[at] {
                Mark('{') => depth += 1,
                Mark('}') => {
                    depth = depth.saturating_sub(1);
                    if inner.last() == Some(&depth) {
                        inner.pop();
                        context.pop();
                    }
                }
                Word(word) if word == "use" => {
                    let end = at + tokens[at..].iter().take_while(|token| **token != Mark(';')).count();
                    if imports {
                        let public = at > 0
                            && (matches!(&tokens[at - 1], Word(word) if word == "pub") || tokens[at - 1] == Mark(')'));
                        self.import(&tokens[at + 1..end], public, &context, modules);
                    }
                    at = end;
                }
                Word(word) if word == "mod" => {
                    if let (Some(Word(name)), Some(Mark('{'))) = (tokens.get(at + 1), tokens.get(at + 2)) {
                        inner.push(depth);
                        context.push(name.clone());
                    }
                    // The name of a module that is declared is no use of it.
                    at += 1;
                }
                Word(word) if !imports => {
                    let before = at.checked_sub(1).map(|before| &tokens[before]);
                    let is_type = word.starts_with(char::is_uppercase);
                    let is_called = tokens.get(at + 1) == Some(&Mark('('))
                        && before != Some(&Mark('.'))
                        && before != Some(&Word("fn".to_owned()));
                    if is_type || is_called {
                        self.words.insert(word.clone());
                    }
                    let in_visibility = matches!(before, Some(Word(word)) if word == "in");
                    if tokens.get(at + 1) == Some(&Separator) && before != Some(&Separator) && !in_visibility {
                        let mut path = vec![word.clone()];
                        while let (Some(Separator), Some(Word(next))) = (tokens.get(at + 1), tokens.get(at + 2)) {
                            path.push(next.clone());
                            at += 2;
                        }
                        let absolute = match self.imports.get(&path[0]) {
                            Some(import) => Some(import.iter().chain(&path[1..]).cloned().collect()),
                            None => absolute(&path, &context, modules),
                        };
                        self.paths.extend(absolute);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn import(&mut self, tree: &[Token], public: bool, context: &Segments, modules: &HashSet<Segments>) {
        for (path, name) in leaves(tree, &[]) {
            let Some(absolute) = absolute(&path, context, modules) else { continue };
            if name == "*" {
                self.paths.push(absolute);
            } else {
                if public && absolute.starts_with(&self.module) {
                    self.handed_on.insert(name.clone());
                }
                self.imports.insert(name, absolute);
            }
        }
    }
}

/// The paths of a tree of imports, each with the name that it gets.
fn leaves(tree: &[Token], prefix: &[String]) -> Vec<(Segments, String)> {
    let (mut path, mut at) = (prefix.to_vec(), 0);
    while at < tree.len() {
        match &tree[at] {
            Word(word) if word == "as" => {
                let Some(Word(alias)) = tree.get(at + 1) else { break };
                return vec![(path, alias.clone())];
            }
            Word(word) if word == "self" && !path.is_empty() => {}
            Word(word) => path.push(word.clone()),
            Mark('*') => path.push("*".to_owned()),
            Mark('{') => {
                let inside = &tree[at + 1..behind_group(tree, at) - 1];
                let (mut found, mut start, mut depth) = (Vec::new(), 0, 0_usize);
                for (index, token) in inside.iter().enumerate() {
                    match token {
                        Mark('{') => depth += 1,
                        Mark('}') => depth -= 1,
                        Mark(',') if depth == 0 => {
                            found.extend(leaves(&inside[start..index], &path));
                            start = index + 1;
                        }
                        _ => {}
                    }
                }
                if start < inside.len() {
                    found.extend(leaves(&inside[start..], &path));
                }
                return found;
            }
            _ => {}
        }
        at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(path, name)]
}

/// A path from the root of the crate, or nothing where it leads out of the crate.
fn absolute(path: &[String], context: &Segments, modules: &HashSet<Segments>) -> Option<Segments> {
    let mut base = context.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                base.pop();
                rest = &rest[1..];
            }
        }
        child => {
            base.push(child.to_owned());
            if !modules.contains(&base) {
                return None;
            }
            base.pop();
        }
    }
    Some(base.into_iter().chain(rest.iter().cloned()).collect())
}
