//! Log lines, on standard error.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

use crate::log_writer::LogWriter;
use crate::settings::{LogFormat, Settings};

/// What the drivers tell beside their warnings is noise.
const DEFAULT: &str = "info,sqlx=warn,tokio_postgres=warn";

pub(crate) fn start(settings: &Settings) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(settings.log.as_deref().unwrap_or(DEFAULT))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(LogWriter::start())
        .with_ansi(std::io::stderr().is_terminal());
    // A second start in one process keeps the first one's.
    let _ = match settings.log_format.unwrap_or_default() {
        LogFormat::Text => lines.with_target(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    Ok(())
}
