//! What patchctl promises, shown on the real binary. One test program: each
//! further one would link the AWS SDK again. No test reaches beyond loopback.

mod support;
mod verdicts;

mod answers;
mod boundaries;
mod check;
mod collect;
mod collect_faults;
mod combined_runs;
mod completion;
mod conditions;
mod config;
mod connect;
mod contradictions;
mod coverage;
mod credentials;
mod data_sync;
mod dataset;
mod demo;
mod diff;
mod docs;
mod doctor;
mod fleet;
mod formats;
mod frame;
mod generated;
mod history;
mod html;
mod interrupt;
mod limits;
mod man;
mod output;
mod output_file;
mod patches;
mod permissions;
mod pivot;
mod places;
mod query;
mod remedies;
mod report;
mod report_history;
mod resilience;
mod secrets;
mod selection;
mod since;
mod states;
mod streams;
mod summary;
mod templates;
mod trend;
mod trust;
mod waivers;
#[cfg(unix)]
mod watch;
mod xlsx;
