//! A copy of programs that lie where only root can reach them, such as a repository in root's home.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    os::unix::fs::{MetadataExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use tokio::task::spawn_blocking;

use super::Version;
use crate::reachable;

/// Copies the tree around `programs` to a place open to all and returns its programs there.
///
/// A copy made before is used again. `None` where the tree does not look like a Postgres that can be moved.
pub(super) async fn copy(programs: &Path, version: &Version) -> io::Result<Option<PathBuf>> {
    let Some((prefix, share)) = movable(programs) else {
        return Ok(None);
    };
    let original = fs::metadata(programs.join("postgres"))?;
    let mut hasher = DefaultHasher::new();
    (programs, original.len(), original.mtime()).hash(&mut hasher);
    let copy = reachable::place(&format!("programs-{version}-{:016x}", hasher.finish()))?;
    let copied_programs = copy.join("bin");
    if !copy.exists() {
        spawn_blocking(move || copy_parts(&prefix, share, &copy))
            .await
            .map_err(io::Error::other)??;
    }
    Ok(Some(copied_programs))
}

/// Postgres finds its libraries and its `share` relative to its programs, where all are below one directory.
fn movable(programs: &Path) -> Option<(PathBuf, &'static str)> {
    let prefix = programs.parent().filter(|_| programs.ends_with("bin"))?;
    ["share/postgresql", "share"]
        .into_iter()
        .find(|share| prefix.join(share).join("postgres.bki").is_file())
        .map(|share| (prefix.to_owned(), share))
}

fn copy_parts(prefix: &Path, share: &str, copy: &Path) -> io::Result<()> {
    let unfinished = copy.with_added_extension(std::process::id().to_string());
    for parent in ["", "bin", "share"] {
        reachable::make_open(&unfinished.join(parent))?;
    }
    for part in ["bin/initdb", "bin/postgres", "lib", share] {
        copy_tree(&prefix.join(part), &unfinished.join(part))?;
    }
    match fs::rename(&unfinished, copy) {
        // Another server, starting on other data, was faster.
        Err(_) if copy.exists() => fs::remove_dir_all(&unfinished),
        renamed => renamed,
    }
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    let file_type = fs::symlink_metadata(from)?.file_type();
    if file_type.is_symlink() {
        return symlink(fs::read_link(from)?, to);
    }
    if file_type.is_dir() {
        reachable::make_open(to)?;
        for entry in fs::read_dir(from)? {
            let name = entry?.file_name();
            copy_tree(&from.join(&name), &to.join(&name))?;
        }
        return Ok(());
    }
    fs::copy(from, to)?;
    let executable = fs::metadata(to)?.permissions().mode() & 0o100 != 0;
    let mode = if executable { 0o755 } else { 0o644 };
    fs::set_permissions(to, fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, Permissions},
        os::unix::fs::{PermissionsExt, symlink},
    };

    use super::{copy_parts, movable};

    #[test]
    fn a_closed_tree_is_copied_open() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (prefix, copy) = (
            directory.path().join("closed"),
            directory.path().join("open"),
        );
        for (file, mode) in [
            ("bin/initdb", 0o700),
            ("bin/postgres", 0o700),
            ("lib/libpq.so.5.18", 0o600),
            ("share/postgresql/postgres.bki", 0o600),
            ("share/secret", 0o600),
        ] {
            let file = prefix.join(file);
            fs::create_dir_all(file.parent().expect("it has one")).expect("made");
            fs::write(&file, "contents").expect("written");
            fs::set_permissions(&file, Permissions::from_mode(mode)).expect("closed");
        }
        symlink("libpq.so.5.18", prefix.join("lib/libpq.so.5")).expect("linked");

        let (found, share) = movable(&prefix.join("bin")).expect("this one can be moved");
        copy_parts(&found, share, &copy).expect("it is copied");
        let mode = |path: &str| {
            let metadata = fs::metadata(copy.join(path)).expect("it is there");
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(""), 0o755);
        assert_eq!(mode("bin/postgres"), 0o755);
        assert_eq!(mode("lib/libpq.so.5"), 0o644);
        assert_eq!(mode("share/postgresql/postgres.bki"), 0o644);
        assert!(
            !copy.join("share/secret").exists(),
            "only what Postgres needs"
        );
        assert!(movable(directory.path()).is_none());
    }
}
