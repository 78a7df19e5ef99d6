//! A dataset in a bucket: the requests of `object_store`, sent with the credentials, the
//! endpoint and the HTTP client of a session.

pub(super) mod bucket;
mod client;
mod credentials;
mod failure;
#[cfg(test)]
mod tests;
mod transport;
pub(super) mod upload;
