//! The program: real arguments, the real environment, real streams, the real
//! clock. Everything else is in the library.

use std::process::ExitCode;

use jiff::Timestamp;
use patchctl::panics;
use patchctl::settings::Surroundings;
use patchctl::terminal::Terminal;

fn main() -> ExitCode {
    panics::guard_process(|| {
        let around = Surroundings::real();
        patchctl::run(
            std::env::args_os(),
            &around,
            &mut Terminal::real(),
            Timestamp::now,
        )
    })
    .into()
}
