//! Searching: the indexes behind it, and what it finds.

mod indexes;
mod patterns;
mod words;
