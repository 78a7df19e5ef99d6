//! The program: real arguments, the real environment, real streams, the real
//! clock. Everything else is in the library.

use std::process::ExitCode;

use jiff::Timestamp;
use patchctl::panics;
use patchctl::settings::HostEnv;
use patchctl::terminal::Terminal;

fn main() -> ExitCode {
    panics::guard_process(|| {
        let around = HostEnv::from_process();
        patchctl::run(
            std::env::args_os(),
            &around,
            &mut Terminal::from_process(),
            Timestamp::now,
        )
    })
    .into()
}
