//! Documents and objects of JSON: what the formats written in it share.

pub(crate) mod documents;
pub(crate) mod lines;
mod maps;
pub(crate) mod object_table;
pub(crate) mod objects;
pub(crate) mod outline;
mod parallel;
pub(crate) mod skeleton;
pub(crate) mod stream;
pub(crate) mod value;
