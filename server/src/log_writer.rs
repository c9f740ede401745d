//! Where log lines go: standard error. Lines of requests are collected and written many at a time, a tenth of a second later
//! at most; every other line is written at once, with what was collected before it.

use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;
use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use crate::telemetry::REQUESTS;

const WAIT: Duration = Duration::from_millis(100);
/// Bytes after which lines do not wait.
const ENOUGH: usize = 32 * 1024;

static COLLECTED: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Makes a writer for each line.
#[derive(Debug)]
pub(crate) struct LogWriter;

/// Of one line.
#[derive(Debug)]
pub(crate) struct Line {
    waits: bool,
}

impl LogWriter {
    /// Starts the thread that writes what was collected.
    pub(crate) fn start() -> Self {
        thread::spawn(|| {
            loop {
                thread::sleep(WAIT);
                flush();
            }
        });
        Self
    }
}

/// Writes what was collected.
pub(crate) fn flush() {
    write(&mut collected());
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { waits: false }
    }

    fn make_writer_for(&'a self, meta: &Metadata<'_>) -> Line {
        Line {
            waits: meta.target() == REQUESTS,
        }
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut collected = collected();
        collected.extend_from_slice(line);
        if !self.waits || collected.len() >= ENOUGH {
            write(&mut collected);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn collected() -> MutexGuard<'static, Vec<u8>> {
    COLLECTED.lock().expect("nothing panics with the lines")
}

fn write(collected: &mut Vec<u8>) {
    if !collected.is_empty() {
        // There is nowhere to tell that the log cannot be written.
        let _nobody_reads = io::stderr().write_all(collected);
        collected.clear();
    }
}
