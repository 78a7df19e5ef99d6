//! `patchctl demo`: the demo region for this and other clients.
//!
//! Joins the server with flags and the terminal; knows nothing of the service.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;

use crate::cli::ServeArgs;
use crate::demo::fleet::{Fleet, FleetShape};
use crate::demo::server::{FaultInjection, MutationSettings, bind};
use crate::demo::world::World;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Serves until it is interrupted.
///
/// Clients have clocks of their own, so it is `clock` there unless a time was given: else every scan grew old.
pub(super) async fn serve(
    args: &ServeArgs,
    terminal: &mut Terminal,
    clock: Timestamp,
) -> Result<Exit> {
    let world = match args.nodes {
        None => World::sample(),
        Some(nodes) => World::generated(
            &FleetShape {
                seed: args.seed,
                nodes: nodes as usize,
                patches: args.patches as usize,
                missing_one_in: args.missing_one_in as usize,
                stopped_one_in: args.stopped_one_in as usize,
                unscanned_one_in: args.unscanned_one_in.map_or(0, |one_in| one_in as usize),
            },
            args.regions.as_ref().map_or(&[], |regions| &regions.0),
            args.accounts.map(|accounts| accounts as usize),
        ),
    };
    let fault_injection = FaultInjection {
        latency: Duration::from_millis(args.latency),
        rate: args.rate,
        burst: args.burst,
        rate_falls: args.rate_falls_after.zip(args.rate_falls_to),
        fault_every: args.fault_every,
        reset_every: args.reset_every,
        deny: args.deny.clone(),
        fault_regions: args.fault_regions.clone(),
        slow_regions: args.slow_regions.clone(),
        mutate: args.mutate_one_in.map(|one_in| MutationSettings {
            one_in,
            seed: args.seed,
        }),
    };
    let server = bind(
        world.with_now(args.now.unwrap_or(clock)),
        fault_injection,
        args.port,
    )
    .await?;
    // Scripts wait for this line and read the port from it.
    writeln!(terminal.out, "http://{}", server.address())?;
    terminal.out.flush()?;
    terminal.note("serving the demo; Ctrl-C stops it; GET /stats counts the calls, GET /nodes lists the nodes");
    server
        .run(async {
            // Without a handler there is nothing to wait for but the end.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
        .await?;
    Ok(Exit::Success)
}

/// Prints the ids of the sample fleet.
pub(super) fn print_node_ids(terminal: &mut Terminal) -> Result<Exit> {
    let fleet = Fleet::sample();
    for id in fleet.node_ids() {
        writeln!(terminal.out, "{id}")?;
    }
    terminal.out.flush()?;
    Ok(Exit::Success)
}
