//! `sqlx::migrate!` watches the migrations it has seen; a new one makes cargo look again through this.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
