//! The program: real arguments, real streams, the real clock. Everything else
//! is in the library.

use std::process::ExitCode;

use jiff::Timestamp;
use patchctl::terminal::Terminal;

fn main() -> ExitCode {
    patchctl::run(std::env::args_os(), &mut Terminal::real(), Timestamp::now).into()
}
