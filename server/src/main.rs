use clap::Parser;
use mimalloc::MiMalloc;
use std::process::ExitCode;
use tessera_server::command::Cli;

/// Gives memory back after a burst, such as a seeding, which the C library's allocator keeps.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("tessera: {failure}");
            ExitCode::FAILURE
        }
    }
}
