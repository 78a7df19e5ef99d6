//! Which file of `src/` uses a name that another file defines. Reads the
//! sources as tokens; test code is left out.

use std::collections::{BTreeMap, BTreeSet};

/// The parts of a path: `["crate", "cli", "parse"]`.
type Path = Vec<String>;

/// The names that tie one file to another.
pub(super) type Imports = BTreeMap<(String, String), BTreeSet<String>>;

#[derive(Default)]
struct SourceFile {
    name: String,
    /// Its own items, and the modules written inside it.
    items: BTreeSet<String>,
    bindings: BTreeMap<String, Binding>,
    /// What `use path::*` imports from.
    globs: Vec<Path>,
    /// Paths of two parts or more outside `use` lines.
    paths: BTreeSet<Path>,
    /// Every identifier outside `use` lines.
    words: BTreeSet<String>,
}

/// A name that a `use` line brings in.
struct Binding {
    path: Path,
    is_public: bool,
}

/// What a path leads to.
enum Target {
    /// An item that the file of this module defines.
    Item(Path),
    /// A whole module: no file is used before one of its names is.
    Module,
    /// A name of another crate, or a local one.
    Foreign,
    Unknown,
}

/// Every file, by the path of its module.
pub(super) struct Modules(BTreeMap<Path, SourceFile>);

impl Modules {
    /// `sources` are the names of the files below `src/`, with their texts.
    pub(super) fn parse(sources: &[(String, String)]) -> Self {
        let mut files = BTreeMap::new();
        let mut tests = BTreeSet::new();
        // The binary is a crate of its own, on top of the library.
        for (name, text) in sources.iter().filter(|(name, _)| name != "main.rs") {
            let module = module_of(name);
            let (code, test_modules) = without_tests(&tokens(text));
            tests.extend(test_modules.into_iter().map(|test| child(&module, &test)));
            let mut file = SourceFile {
                name: name.clone(),
                ..SourceFile::default()
            };
            file.read(&code);
            files.insert(module, file);
        }
        files.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        Self(files)
    }

    /// Which file uses which names of which other. A `pub use` that the file
    /// itself makes no use of only passes a name on.
    pub(super) fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (module, file) in &self.0 {
            let bound = file.bindings.iter();
            let bound = bound
                .filter(|(name, binding)| !binding.is_public || file.words.contains(*name))
                .map(|(_, binding)| binding.path.clone());
            let globs = file.globs.iter().map(|path| child(path, "*"));
            // In code, a path may start with a name that a `use` line brought in.
            let of_code = file.paths.iter().map(|path| {
                let start = file.bindings.get(&path[0]);
                let start = start.map_or(&path[..1], |binding| &binding.path);
                [start, &path[1..]].concat()
            });
            for path in bound.chain(globs).chain(of_code) {
                match self.resolve(module, &path, 0) {
                    Target::Item(target) if target != *module => {
                        let ends = (file.name.clone(), self.0[&target].name.clone());
                        imports.entry(ends).or_default().insert(path.join("::"));
                    }
                    Target::Unknown => panic!("{}: no file defines {path:?}", file.name),
                    Target::Item(_) | Target::Module | Target::Foreign => {}
                }
            }
        }
        imports
    }

    /// A path of a `use` line, or one that starts alike.
    fn resolve(&self, from: &Path, path: &[String], depth: usize) -> Target {
        assert!(depth < 30, "{path:?} in {from:?} never ends");
        let parent = || from[..from.len().max(1) - 1].to_vec();
        match &*path[0] {
            "crate" => self.walk(vec!["crate".to_owned()], &path[1..], depth),
            "self" => self.walk(from.clone(), &path[1..], depth),
            "super" => self.walk(parent(), &path[1..], depth),
            // `use serde::Serialize`, in a file that has no module of that name.
            first if !self.0.contains_key(&child(from, first)) => Target::Foreign,
            _ => self.walk(from.clone(), path, depth),
        }
    }

    /// Follows a path down from a module, and through what modules re-export.
    fn walk(&self, mut module: Path, path: &[String], depth: usize) -> Target {
        for (at, name) in path.iter().enumerate() {
            let below = child(&module, name);
            if name == "*" {
                return Target::Item(module);
            }
            if self.0.contains_key(&below) {
                module = below;
                continue;
            }
            let Some(file) = self.0.get(&module) else {
                return Target::Unknown;
            };
            if file.items.contains(name) {
                return Target::Item(module);
            }
            if let Some(binding) = file.bindings.get(name) {
                let path = [&binding.path, &path[at + 1..]].concat();
                return self.resolve(&module, &path, depth + 1);
            }
            for glob in &file.globs {
                let path = [glob, &path[at..]].concat();
                let found = self.resolve(&module, &path, depth + 1);
                if !matches!(found, Target::Unknown) {
                    return found;
                }
            }
            return Target::Unknown;
        }
        Target::Module
    }
}

impl SourceFile {
    fn read(&mut self, code: &[String]) {
        let mut depth = 0_usize;
        let mut at = 0;
        while at < code.len() {
            let next = code.get(at + 1).map_or("", String::as_str);
            match &*code[at] {
                "{" => depth += 1,
                "}" => depth -= 1,
                // `impl Trait + use<'a>` is none.
                "use" if next != "<" => {
                    let is_public = at > 0 && matches!(&*code[at - 1], "pub" | ")");
                    let end = code[at..].iter().position(|token| token == ";");
                    let end = at + end.expect("a use line ends");
                    // A module inside a file uses `super` for the file itself.
                    if depth == 0 || next != "super" {
                        self.read_use(&code[at + 1..end], &[], is_public);
                    }
                    at = end;
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union"
                | "mod"
                    if depth == 0 && is_name(next) && next != "fn" =>
                {
                    // `mod x;` only says that there is another file.
                    if code[at] != "mod" || code.get(at + 2).is_some_and(|token| token == "{") {
                        self.items.insert(next.to_owned());
                    }
                    at += 1;
                }
                "macro_rules" => {
                    self.items.insert(code[at + 2].clone());
                }
                token if depth == 0 && is_name(token) && next == "!" => {
                    // What a macro makes of its words is not known: any of them may be an item.
                    let body = &code[at + 2..];
                    let body = &body[..balanced(body)];
                    let words = body.iter().filter(|token| is_name(token));
                    self.items.extend(words.cloned());
                }
                token if is_name(token) => {
                    self.words.insert(token.to_owned());
                    let is_start = at == 0 || !matches!(&*code[at - 1], "::" | ".");
                    let mut path = vec![token.to_owned()];
                    while let [mark, name, ..] = &code[at + 1..]
                        && mark == "::"
                        && is_name(name)
                    {
                        self.words.insert(name.clone());
                        path.push(name.clone());
                        at += 2;
                    }
                    let is_own_super = depth > 0 && path[0] == "super";
                    if is_start && path.len() > 1 && !is_own_super {
                        self.paths.insert(path);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// One branch of a `use` line, without `use` and `;`.
    fn read_use(&mut self, tree: &[String], prefix: &[String], is_public: bool) {
        let names = tree.iter().filter(|token| *token != "::");
        let names: Path = names.take_while(|token| is_name(token)).cloned().collect();
        let names: Path = names.into_iter().take_while(|name| name != "as").collect();
        let path = [prefix, &names].concat();
        if let Some(open) = tree.iter().position(|token| token == "{") {
            let (mut depth, mut start) = (0, open + 1);
            for (at, token) in tree.iter().enumerate().skip(open) {
                match &**token {
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    _ => {}
                }
                let is_end = (token == "," && depth == 1) || depth == 0;
                if is_end && start < at {
                    self.read_use(&tree[start..at], &path, is_public);
                }
                if is_end {
                    start = at + 1;
                }
            }
            return;
        }
        if tree.last().is_some_and(|token| token == "*") {
            self.globs.push(path);
            return;
        }
        let is_module_itself = path.len() > 1 && path.last().is_some_and(|name| name == "self");
        let path = path[..path.len() - usize::from(is_module_itself)].to_vec();
        let renamed = tree.iter().position(|token| token == "as");
        let name = renamed.map_or(path.last(), |at| tree.get(at + 1));
        let name = name.expect("a use line names something").clone();
        // `use Trait as _` binds no name, and is a use of the trait all the same.
        let name = if name == "_" { path.join("::") } else { name };
        self.bindings.insert(name, Binding { path, is_public });
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
}

fn child(module: &[String], name: &str) -> Path {
    module.iter().cloned().chain([name.to_owned()]).collect()
}

/// `cli/parse.rs` is `crate::cli::parse`; `lib.rs` is `crate`.
fn module_of(file: &str) -> Path {
    let name = file.strip_suffix(".rs").expect("a source file");
    let below = name.split('/').filter(|part| *part != "lib");
    ["crate"]
        .into_iter()
        .chain(below)
        .map(str::to_owned)
        .collect()
}

/// Identifiers, `::`, and other signs one by one; no comments. A literal is `0`.
fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw = rest.trim_start_matches('b');
        let hashes = raw
            .strip_prefix('r')
            .map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
        let is_raw = raw
            .strip_prefix('r')
            .is_some_and(|raw| raw[hashes..].starts_with('"'));
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if is_raw {
            found.push("0".to_owned());
            let start = rest.find('"').expect("it starts with one") + 1;
            let end = format!("\"{}", "#".repeat(hashes));
            start + rest[start..].find(&end).expect("a raw string ends") + end.len()
        } else if first == '"' || rest.starts_with("b\"") {
            found.push("0".to_owned());
            let start = rest.find('"').expect("it starts with one") + 1;
            start + end_of_string(&rest[start..])
        } else if first == '\'' {
            length_of_char_or_lifetime(rest)
        } else if first.is_alphanumeric() || first == '_' {
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            found.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            found.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                found.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    found
}

/// Up to and with the closing quotation mark.
fn end_of_string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn length_of_char_or_lifetime(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    match letters.next() {
        Some((_, '\\')) => {
            let _ = letters.next();
            let end = letters.find(|(_, letter)| *letter == '\'');
            end.map_or(text.len(), |(at, _)| at + 1)
        }
        _ => match letters.next() {
            Some((at, '\'')) => at + 1,
            _ => 1,
        },
    }
}

/// The code without what is compiled for tests only, and the names of the
/// modules of other files that are.
fn without_tests(code: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < code.len() {
        if code[at] != "#" {
            kept.push(code[at].clone());
            at += 1;
            continue;
        }
        let end = at + balanced(&code[at..]);
        let attribute = &code[at..end];
        at = end;
        let has = |word: &str| attribute.iter().any(|token| token == word);
        if !(has("cfg") && has("test")) {
            continue;
        }
        while code.get(at).is_some_and(|token| token == "#") {
            at += balanced(&code[at..]);
        }
        if let [module, name, end, ..] = &code[at..]
            && module == "mod"
            && end == ";"
        {
            modules.push(name.clone());
        }
        // A variant ends with a comma after its fields, or with the enum.
        let mut has_fields = false;
        while let Some(token) = code.get(at) {
            match &**token {
                ";" | "{" | "}" => break,
                "," if has_fields => break,
                "(" | "[" => {
                    has_fields = true;
                    at += balanced(&code[at..]);
                }
                _ => at += 1,
            }
        }
        if code.get(at).is_some_and(|token| token == "}") {
            continue;
        }
        at += if code.get(at).is_some_and(|token| token == "{") {
            balanced(&code[at..])
        } else {
            1
        };
    }
    (kept, modules)
}

/// How many tokens there are up to the end of the first pair of brackets.
fn balanced(code: &[String]) -> usize {
    let mut depth = 0;
    for (at, token) in code.iter().enumerate() {
        match &**token {
            "{" | "[" | "(" => depth += 1,
            "}" | "]" | ")" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    code.len()
}

/// The circles: files each of which uses, in the end, every other one.
pub(super) fn circles(imports: &Imports) -> Vec<Vec<String>> {
    let reached = |start: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start.to_owned()]);
        while let Some(file) = open.pop() {
            for (_, to) in imports.keys().filter(|(from, _)| *from == file) {
                if seen.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        seen
    };
    let files: BTreeSet<&String> = imports.keys().map(|(from, _)| from).collect();
    let reach: BTreeMap<&String, BTreeSet<String>> =
        files.iter().map(|file| (*file, reached(file))).collect();
    let of = |file: &String| -> Vec<String> {
        let mutual = reach[file]
            .iter()
            .filter(|other| reach.get(other).is_some_and(|theirs| theirs.contains(file)));
        mutual.cloned().collect()
    };
    let found: BTreeSet<Vec<String>> = files.into_iter().map(of).collect();
    found
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .collect()
}
