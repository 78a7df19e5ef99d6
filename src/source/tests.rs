//! Runs commands in this process, for tests of sources.

use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::exit::Exit;
use crate::settings::HostEnv;
use crate::terminal::Terminal;

#[derive(Clone, Default)]
struct SharedOutput(Arc<Mutex<Vec<u8>>>);

impl SharedOutput {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for SharedOutput {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Output, messages and exit status of a command without a terminal.
pub(super) fn run_command(args: &[&str], clock: fn() -> Timestamp) -> (String, String, Exit) {
    let (out, err) = (SharedOutput::default(), SharedOutput::default());
    let mut terminal = Terminal::for_test(b"", Box::new(out.clone()), Box::new(err.clone()), None);
    let args = ["patchctl"].iter().chain(args).map(OsString::from);
    let exit = crate::run(args, &HostEnv::empty(), &mut terminal, clock);
    (out.text(), err.text(), exit)
}
