//! `tessera` as a child process, killed with its handle, also when a test panics.

use std::env;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::Client;

/// The longest that a server may take until it is ready.
const PATIENCE: Duration = Duration::from_mins(2);

/// Long enough to be safe, and no sample.
pub(crate) const JWT_SECRET: &str = "zH4rQk9vT2mX7cW1nB6yL0pD5sG8jF3a";

/// The program with nothing set, in a directory of its own.
pub(crate) fn tessera(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    command
        .env_clear()
        .current_dir(directory)
        .stdin(Stdio::null());
    for kept in ["PATH", "POSTGRES_BIN"] {
        command.envs(env::var_os(kept).map(|value| (kept, value)));
    }
    command
}

/// What a command that ends by itself says, and how it ends.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }
}

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
    log: PathBuf,
    /// Held open: the server may have more to say.
    _out: BufReader<ChildStdout>,
}

impl Process {
    /// Runs `tessera serve` on a free port with these settings and waits until it says that it is ready.
    pub(crate) fn serve(directory: &Path, settings: &[(&str, &str)]) -> Self {
        let log = directory.join("log");
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .unwrap();
        let mut child = tessera(directory)
            .args(["serve", "--port", "0"])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Reading cannot be given up, so it has a thread.
        let (ready, is_ready) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            while out.read_line(&mut line).unwrap() > 0 {
                if let Some(url) = line.strip_prefix("Tessera is ready: ") {
                    let _ = ready.send((url.trim_end().to_owned(), out));
                    return;
                }
                line.clear();
            }
        });
        let Ok((url, out)) = is_ready.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            let log = fs::read_to_string(&log).unwrap();
            panic!("the server is not ready, {:?}: {log}", child.wait());
        };
        Self {
            child,
            url,
            log,
            _out: out,
        }
    }

    /// A caller who has not signed in.
    pub(crate) fn guest(&self) -> Client {
        Client::new(&self.url)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the server logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.wait();
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _killed_already = self.child.kill();
        let _waited_for_already = self.child.wait();
    }
}
