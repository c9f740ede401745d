use clap::Parser;
use std::process::ExitCode;
use tessera_server::command::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tessera: {failure}");
            ExitCode::FAILURE
        }
    }
}
