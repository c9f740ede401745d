//! Writes of callers with row rules.
