//! The command line: what can be typed, and what may go wrong.

mod model;
mod run;
mod user;

use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::path::PathBuf;
use tessera_error::Error as EngineError;
use tessera_postgres::database::Unreachable;

use crate::settings::{self, Settings};
use crate::{jwt_secret, log_writer, logging};

/// Custom objects for many tenants, over REST and GraphQL, from one engine on Postgres.
#[derive(Debug, Parser)]
#[command(name = "tessera", version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API until told to stop
    Serve {
        /// Make the demo tenant first, and print how to sign in
        #[arg(long)]
        demo: bool,
    },
    /// Bring the database to this version: the platform's tables, and the built-in objects of every tenant
    Migrate,
    /// Fill a tenant with believable data, or with data at scale
    Seed(Seed),
    /// Tenants
    #[command(subcommand)]
    Tenant(Tenant),
    /// People
    #[command(subcommand)]
    User(User),
    /// A tenant's model as a file
    #[command(subcommand)]
    Model(Model),
    /// Look whether the database is fit, and whether every tenant's tables agree with its model
    Doctor,
}

#[derive(Debug, clap::Args)]
struct Seed {
    /// The slug of the tenant; made if it is not there
    #[arg(long, default_value = "demo")]
    tenant: String,
    /// So many contacts, in bulk, instead of the small company
    #[arg(long, value_name = "COUNT")]
    contacts: Option<u64>,
    /// So many companies, in bulk
    #[arg(long, value_name = "COUNT")]
    companies: Option<u64>,
    /// So many opportunities, in bulk
    #[arg(long, value_name = "COUNT")]
    opportunities: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum Tenant {
    /// Make a tenant
    Create {
        /// What people type to name it: lower-case letters, digits and hyphens
        slug: String,
        /// Its name for people [default: the slug]
        #[arg(long)]
        name: Option<String>,
    },
    /// List the tenants
    List,
    /// Let nobody into a tenant any more; its data stays
    Suspend {
        /// The tenant's slug
        slug: String,
    },
    /// Let people into a tenant again
    Resume {
        /// The tenant's slug
        slug: String,
    },
}

#[derive(Debug, Subcommand)]
enum User {
    /// Make a person a member of a tenant
    Create {
        /// The person's e-mail address
        email: String,
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
        /// admin, member or read_only
        #[arg(long, default_value = "member")]
        role: String,
        /// Their name for people [default: the address]
        #[arg(long)]
        name: Option<String>,
        /// Needed for an address that is new; a person of another tenant keeps theirs
        #[arg(long, env = "TESSERA_PASSWORD", hide_env_values = true)]
        password: Option<String>,
    },
    /// List people
    List {
        /// Only the members of the tenant with this slug
        #[arg(long)]
        tenant: Option<String>,
    },
    /// Print a link by which a person sets a new password, good once and for 30 minutes; it begins with PUBLIC_URL
    ResetLink(Person),
    /// End all sessions of a person, in every tenant
    EndSessions(Person),
    /// Let a person in no more, in any tenant, and end their sessions
    Disable(Person),
    /// Let a person in again
    Enable(Person),
    /// Turn a person's second factor off, where they have lost it and their recovery codes
    RemoveSecondFactor(Person),
}

#[derive(Debug, clap::Args)]
struct Person {
    /// The person's e-mail address
    email: String,
}

#[derive(Debug, Subcommand)]
enum Model {
    /// Print a tenant's model
    Export {
        /// The tenant's slug
        #[arg(long)]
        tenant: String,
    },
    /// Print what would bring a tenant's model to a file's; exits with 1 where there is anything
    Diff(FromFile),
    /// Bring a tenant's model to a file's, all of it or nothing
    Apply(FromFile),
}

#[derive(Debug, clap::Args)]
struct FromFile {
    /// What `model export` printed
    file: PathBuf,
    /// The tenant's slug
    #[arg(long)]
    tenant: String,
    /// Also remove what the file does not have, with its data
    #[arg(long)]
    remove: bool,
}

/// Why a command did not do what it was asked; the words say what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Settings(#[from] settings::Error),
    #[error("LOG is not a log filter: {0}. Try info, or info,sqlx=debug")]
    Log(#[from] tracing_subscriber::filter::ParseError),
    #[error("SIGNUP is `{0}`: it must be open or closed")]
    Signup(String),
    #[error("`{0}` in TRUSTED_PROXIES is neither an address nor a network like 10.0.0.0/8")]
    TrustedProxies(String),
    #[error("{name} is `{text}`: it must be a rate like 100/s, 6000/m or 50000/h, or off")]
    Rate { name: &'static str, text: String },
    #[error("`{0}` in CORS_ORIGIN is no origin like https://app.example.com")]
    CorsOrigin(String),
    #[error(transparent)]
    JwtSecret(#[from] jwt_secret::Error),
    #[error(transparent)]
    Postgres(#[from] tessera_embedded_postgres::Error),
    #[error("the database cannot be reached: {0}. DATABASE_URL says which database is used")]
    Unreachable(#[from] Unreachable),
    #[error(
        "the database cannot be brought up to date: {0}. The role needs to be allowed to create schemas in it: `tessera doctor` looks"
    )]
    Migration(EngineError),
    #[error(
        "there is no database in {} yet: tessera serve makes one there, or set DATABASE_URL or DATA_DIR to one that is there", .0.display()
    )]
    NoData(PathBuf),
    #[error(
        "the address {address} cannot be listened on: {source}. Is another server running there? Set PORT or HOST"
    )]
    Listen {
        address: std::net::SocketAddr,
        source: std::io::Error,
    },
    #[error("{}", in_full(.0))]
    Refused(#[from] EngineError),
    #[error(transparent)]
    Seed(#[from] tessera_seed::Error),
    #[error("there is no tenant `{0}`: see tessera tenant list")]
    NoTenant(String),
    #[error("nobody has the address `{0}`: see tessera user list")]
    NoUser(String),
    #[error("there is no role `{0}`: take admin, member or read_only")]
    NoRole(String),
    #[error("the file {} is not a model: {source}. tessera model export prints one", path.display())]
    ModelFile {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("the file {} cannot be read: {source}", path.display())]
    File {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the model differs")]
    Differs,
    #[error("there are faults: see above")]
    Faults,
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// Every fault with its place: `password: this is required`.
fn in_full(error: &EngineError) -> String {
    let faults = match error {
        EngineError::User(error) => error.violations(),
        EngineError::Internal(_) => &[],
    };
    if faults.is_empty() {
        return error.to_string();
    }
    let lines = faults.iter().map(|fault| {
        let place = fault.pointer.as_str().trim_start_matches('/');
        format!("{place}: {}", fault.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl Failure {
    pub(crate) const fn migration(error: EngineError) -> Self {
        Self::Migration(error)
    }
}

impl Cli {
    /// Reads the command line. Prints help or an error and ends the process where it names no command.
    #[must_use]
    pub fn read() -> Self {
        let matches = Self::command_line().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    /// The commands, each of which shows the settings that it reads, though it takes all of them.
    fn command_line() -> clap::Command {
        let all = Self::command();
        let of_server = |arg: &&Arg| settings::OF_SERVER.contains(&arg.get_id().as_str());
        let unread = all.get_arguments().filter(of_server);
        let unread: Vec<Arg> = unread.map(|arg| arg.clone().hide(true)).collect();
        all.mut_subcommands(|command| {
            if command.get_name() == "serve" {
                command
            } else {
                command.args(&unread)
            }
        })
    }

    /// Runs the command to its end.
    ///
    /// # Errors
    /// What stood in the way, in words for whoever typed the command.
    pub fn run(self) -> Result<(), Failure> {
        let settings = self.settings.with_file()?;
        logging::start(&settings)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let outcome = runtime.block_on(self.command.run(&settings));
        log_writer::flush();
        outcome
    }
}
