//! Commands and arguments that clap's definition has only where they are typed: to define
//! every flag of every command took a third of a start.

use std::ops::Deref;

use clap::{ArgMatches, Args, Command as Clap, FromArgMatches, Id, Subcommand};

/// The arguments of a command, which `lazy_definition` defines.
#[derive(Debug)]
pub(crate) struct LazyArgs<T>(Box<T>);

impl<T> Deref for LazyArgs<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Args> Args for LazyArgs<T> {
    fn group_id() -> Option<Id> {
        T::group_id()
    }

    fn augment_args(command: Clap) -> Clap {
        command
    }

    fn augment_args_for_update(command: Clap) -> Clap {
        command
    }
}

impl<T: FromArgMatches> FromArgMatches for LazyArgs<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Self::from_arg_matches_mut(&mut matches.clone())
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        T::from_arg_matches_mut(matches).map(Box::new).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

/// The commands below another, which `lazy_definition` adds.
#[derive(Debug)]
pub(crate) struct LazyCommands<C>(C);

#[cfg(test)]
impl<C> LazyCommands<C> {
    pub(crate) fn into_inner(self) -> C {
        self.0
    }
}

impl<C> Deref for LazyCommands<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C: Subcommand> Subcommand for LazyCommands<C> {
    fn augment_subcommands(command: Clap) -> Clap {
        command
    }

    fn augment_subcommands_for_update(command: Clap) -> Clap {
        command
    }

    fn has_subcommand(name: &str) -> bool {
        C::has_subcommand(name)
    }
}

impl<C: FromArgMatches> FromArgMatches for LazyCommands<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        C::from_arg_matches(matches).map(Self)
    }

    fn from_arg_matches_mut(matches: &mut ArgMatches) -> Result<Self, clap::Error> {
        C::from_arg_matches_mut(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}
