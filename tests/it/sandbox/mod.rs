//! The sandbox over real HTTP, without the client it is there to test.

mod api;
mod caller;
mod faults;
mod http;
mod liberties;
mod webhook;
