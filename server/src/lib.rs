pub mod embedded_postgres;
