//! Prints completions, man pages and schemas, which are generated from the
//! definition of the command line and from the columns.

use anyhow::{Context as _, Result, bail};
use clap::{Arg, Command as Clap};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::{SchemaArgs, SchemaDocument, complete, definition};
use crate::exit::Exit;
use crate::render::schema;
use crate::render::template::shipped::ShippedTemplate;
use crate::source::dataset::schema::describe;
use crate::sql::ddl;
use crate::terminal::Terminal;

pub(super) fn completions(shell: clap_complete::Shell, terminal: &mut Terminal) -> Result<Exit> {
    let script = complete::registration(shell).unwrap_or_else(|| {
        let mut root = definition();
        root.build();
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut without_hidden(&root), "patchctl", &mut script);
        script
    });
    terminal.out.write_all(&script)?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}

/// A built command without its hidden arguments, which completion would offer. Its options
/// are only what a script is made of: relations to hidden ones would have no other end.
fn without_hidden(command: &Clap) -> Clap {
    // clap wants names that live as long as the program, which ends here.
    let name = |name: &str| -> &'static str { name.to_owned().leak() };
    let shown = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && !arg.is_positional());
    let options = shown.map(|arg| {
        let mut option = Arg::new(arg.get_id().clone()).action(arg.get_action().clone());
        option = option.help(arg.get_help().cloned().unwrap_or_default());
        if let Some(long) = arg.get_long() {
            option = option.long(name(long));
        }
        match arg.get_short() {
            Some(short) => option.short(short),
            None => option,
        }
    });
    Clap::new(name(command.get_name()))
        .about(command.get_about().cloned().unwrap_or_default())
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .args(options)
        .subcommands(command.get_subcommands().map(without_hidden))
}

pub(super) fn man(path: &[String], terminal: &mut Terminal) -> Result<Exit> {
    let page = man_page(path)?;
    terminal.out.write_all(&page)?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}

pub(super) fn list_templates(terminal: &mut Terminal) -> Result<Exit> {
    let lines = ShippedTemplate::ALL.map(|shipped| {
        let ShippedTemplate { name, about, .. } = shipped;
        format!("{name:9}  {}  {about}\n", shipped.documents.join(", "))
    });
    terminal.print(&lines.concat())
}

/// The man page of a command, such as `["demo", "serve"]`; of patchctl itself
/// if the path is empty.
///
/// # Errors
/// When there is no such command.
pub(crate) fn man_page(path: &[String]) -> Result<Vec<u8>> {
    let mut root = definition();
    // Propagates the global flags into the subcommands.
    root.build();
    let mut command = &root;
    let mut name = "patchctl".to_owned();
    let mut related: Vec<String> = Vec::new();
    for word in path {
        let Some(found) = pages(command).find(|page| page.get_name() == word) else {
            let known: Vec<&str> = pages(command).map(Clap::get_name).collect();
            let place = name.replace('-', " ");
            if known.is_empty() {
                bail!("unknown command {word:?}: {place} has no subcommands");
            }
            bail!(
                "unknown command {word:?} of {place} (allowed: {})",
                known.join(", ")
            );
        };
        related = pages(command)
            .filter(|page| page.get_name() != word)
            .map(|page| format!("{name}-{}", page.get_name()))
            .chain([name.clone()])
            .collect();
        command = found;
        name = format!("{name}-{}", command.get_name());
    }
    related.extend(pages(command).map(|page| format!("{name}-{}", page.get_name())));
    if !path.is_empty() {
        related.push("patchctl".to_owned());
    }
    related.sort();
    related.dedup();

    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_name_section(&mut page)?;
    synopsis(command).to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    commands(command).to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    for section in [
        after_options(command),
        exit_status(&name),
        environment(command),
        files(command),
        see_also(&related),
    ] {
        section.to_writer(&mut page)?;
    }
    // Each section starts with the definition of the apostrophe.
    let (page, apostrophe) = (String::from_utf8(page)?, Roff::new().to_roff());
    let page = page.replace(&apostrophe, "");
    // clap_mangen sets possible values apart by line breaks, which linters reject.
    let page = page.replace("\n.br\n\n.br\n", "\n.sp\n");
    let title = format!(
        ".TH \"{}\" \"1\" \"\" \"patchctl {}\" \"patchctl manual\"\n",
        name.to_uppercase(),
        env!("CARGO_PKG_VERSION")
    );
    Ok([apostrophe, title, page].concat().into_bytes())
}

/// The subcommands that have a page.
fn pages(command: &Clap) -> impl Iterator<Item = &Clap> {
    let all = command.get_subcommands();
    all.filter(|command| command.get_name() != "help")
}

fn synopsis(command: &Clap) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let (name, arguments) = usage.split_once(" [").unwrap_or((usage, ""));
    let mut roff = Roff::new();
    roff.control("SH", ["SYNOPSIS"]);
    if arguments.is_empty() {
        roff.text([bold(name)]);
    } else {
        roff.text([bold(name), roman(format!(" [{arguments}"))]);
    }
    roff
}

fn commands(command: &Clap) -> Roff {
    let mut roff = Roff::new();
    if pages(command).next().is_some() {
        roff.control("SH", ["COMMANDS"]);
    }
    for page in pages(command) {
        let about = page.get_about().map(ToString::to_string);
        item(&mut roff, page.get_name(), &about.unwrap_or_default());
    }
    roff
}

/// The paragraphs that follow the options in the help. Exit codes have a section
/// of their own; lists and examples keep their line ends.
fn after_options(command: &Clap) -> Roff {
    let help = command.get_after_help().map(ToString::to_string);
    let help = help.unwrap_or_default();
    let mut examples = Roff::new();
    let mut notes = Roff::new();
    for paragraph in help.split("\n\n") {
        if paragraph.starts_with("Exit codes:") {
            continue;
        }
        let (title, lines) = paragraph.split_once(":\n").unwrap_or(("", paragraph));
        let roff = if title == "Examples" {
            examples.control("SH", ["EXAMPLES"]);
            &mut examples
        } else {
            if notes == Roff::new() {
                notes.control("SH", ["NOTES"]);
            } else {
                notes.control("PP", []);
            }
            &mut notes
        };
        if title.is_empty() {
            roff.text([roman(lines.replace('\n', " "))]);
            continue;
        }
        if title != "Examples" {
            roff.text([roman(format!("{}:", title.replace('\n', " ")))]);
        }
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    notes.extend([examples]);
    notes
}

const NOT_STARTED: (&str, &str) = ("2", "Could not start, or nothing could be read or written.");

fn exit_status(name: &str) -> Roff {
    let codes: &[(&str, &str)] = match name {
        "patchctl" => &[
            ("0", "Complete."),
            ("1", "check: the gate failed."),
            NOT_STARTED,
            ("3", "Incomplete, or the gate status is unknown."),
        ],
        "patchctl-states" | "patchctl-patches" | "patchctl-summary" | "patchctl-trend" => &[
            ("0", "Complete."),
            NOT_STARTED,
            (
                "3",
                "Incomplete: a node, region or account could not be read.",
            ),
        ],
        "patchctl-report" => &[
            ("0", "Complete, and no given rule is broken."),
            ("1", "A rule of --fail-on or --policy is broken."),
            NOT_STARTED,
            (
                "3",
                "Incomplete, or the status of a rule is unknown: something could not be read.",
            ),
        ],
        "patchctl-check" => &[
            ("0", "The gate passed."),
            ("1", "The gate failed: a rule is broken."),
            NOT_STARTED,
            (
                "3",
                "The gate status is unknown: data for a rule is missing, and no rule is broken.",
            ),
        ],
        "patchctl-doctor" => &[
            ("0", "Every required call is allowed."),
            ("2", "Could not start, or no call was answered."),
            ("3", "A required call is denied, or a call failed."),
        ],
        _ => &[("0", "Success."), ("2", "The command failed.")],
    };
    let mut roff = Roff::new();
    roff.control("SH", ["EXIT STATUS"]);
    for (code, meaning) in codes {
        item(&mut roff, code, meaning);
    }
    roff
}

fn environment(command: &Clap) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["ENVIRONMENT"]);
    if shows(command, "config") {
        item(
            &mut roff,
            "PATCHCTL_CONFIG",
            "The only configuration file to read.",
        );
        item(
            &mut roff,
            "PATCHCTL_REGION, PATCHCTL_OUTPUT, PATCHCTL_TIMEOUT, PATCHCTL_MAX_AGE, PATCHCTL_WAIVERS, \
             PATCHCTL_FAIL_ON, PATCHCTL_POLICY, PATCHCTL_SLA, PATCHCTL_COLUMNS_COMMAND",
            "Values of the keys of the configuration; COMMAND is STATES, PATCHES and so on.",
        );
    }
    if shows(command, "profiles") {
        for (names, meaning) in [
            (
                "AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION",
                "The profile and the region.",
            ),
            (
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN",
                "Credentials; the other sources of the AWS SDKs work as well.",
            ),
            (
                "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE",
                "The configuration files of AWS.",
            ),
            (
                "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_SERVICE",
                "Endpoints; SERVICE is SSM, EC2, STS or ORGANIZATIONS.",
            ),
            (
                "AWS_MAX_ATTEMPTS, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT",
                "As in the AWS SDKs.",
            ),
            (
                "AWS_CA_BUNDLE, HTTPS_PROXY, NO_PROXY",
                "Certificate authorities and proxy of the connections.",
            ),
        ] {
            item(&mut roff, names, meaning);
        }
    }
    item(
        &mut roff,
        "NO_COLOR",
        "If it is set, output has no colour unless --color always is given.",
    );
    roff
}

fn files(command: &Clap) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["FILES"]);
    if !shows(command, "config") {
        roff.text([roman("This command reads no configuration file.")]);
        return roff;
    }
    item(
        &mut roff,
        "patchctl.toml",
        "The configuration of the project, in the current directory or the nearest one above it, \
         up to the root of the repository.",
    );
    item(
        &mut roff,
        "$XDG_CONFIG_HOME/patchctl/patchctl.toml",
        "The configuration of the user; XDG_CONFIG_HOME defaults to ~/.config.",
    );
    if shows(command, "profiles") {
        item(
            &mut roff,
            "~/.aws/config, ~/.aws/credentials",
            "Profiles and credentials of AWS.",
        );
    }
    roff
}

fn see_also(pages: &[String]) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    for (at, page) in pages.iter().enumerate() {
        let end = if at + 1 < pages.len() { "(1)," } else { "(1)" };
        roff.text([bold(page.as_str()), roman(end)]);
    }
    roff
}

fn shows(command: &Clap, id: &str) -> bool {
    let mut shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    shown.any(|arg| arg.get_id() == id)
}

/// One entry of a list: a term and its description.
fn item(roff: &mut Roff, term: &str, description: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(description)]);
}

pub(super) fn schema(args: &SchemaArgs, terminal: &mut Terminal) -> Result<Exit> {
    if let Some(engine) = args.engine {
        return terminal.print(&ddl(engine, &args.location, args.max_age)?);
    }
    // clap requires one of both.
    let document = args.document.context("no document is given")?;
    let schema = match document {
        SchemaDocument::States => schema::states(),
        SchemaDocument::Summary => schema::summary(),
        SchemaDocument::Report => schema::report(),
        SchemaDocument::Collect => schema::collect(),
        SchemaDocument::Verify => schema::verify(),
        SchemaDocument::Doctor => schema::doctor(),
        SchemaDocument::Check => schema::check(),
        SchemaDocument::Config => schema::config(),
        SchemaDocument::Dataset => describe(),
        SchemaDocument::Diff => schema::diff(),
        SchemaDocument::History => schema::history(),
        SchemaDocument::Trend => schema::trend(),
        SchemaDocument::Estimate => schema::estimate(),
        SchemaDocument::Patches => schema::patches(),
        SchemaDocument::Pivot => schema::pivot(),
    };
    writeln!(terminal.out, "{schema:#}")?;
    terminal.out.flush()?;
    Ok(Exit::Success)
}
